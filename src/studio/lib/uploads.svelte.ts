import type { Schemas } from '../../client/index.js';
import { answer, client, wordsOf } from './api.js';
import { jobs } from './jobs.svelte.js';
import { messages } from './messages.svelte.js';
import { analyze } from './titles.js';
import type { Transfer } from './transfer.js';
import type { Title } from './types.js';

export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly state: 'waiting' | 'sending' | 'paused' | 'reading' | 'done' | 'failed';
  /** 0 to 1. */
  readonly progress: number;
  readonly reason: string;
  readonly titleId: string | null;
}

/** What a browser may not know by type, but a film is called. */
const FILMS = /\.(mp4|m4v|mkv|webm|mov|avi|ts|m2ts|mts|mpg|mpeg|vob|wmv|flv|ogv|mxf|3gp|divx)$/i;
const AT_ONCE = 2;

type Added = Schemas['TitleWithJob'];

/** An upload of this browser that was broken off: a page that was loaded again cannot open its file by itself. */
export type Unfinished = Schemas['Upload'];

/** Films on their way into the library. */
class Adding {
  dialog = $state(false);
  uploads = $state<Upload[]>([]);
  /** Counts what has come, for those who show the library. */
  arrived = $state(0);
  private next = 1;
  /** What is to be chosen again, so that it goes on. */
  unfinished = $state<Unfinished[]>([]);
  private readonly transfers = new Map<number, Transfer>();

  open(): void {
    this.dialog = true;
  }

  /** Files and whole folders. */
  async drop(transfer: DataTransfer): Promise<void> {
    const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
    const files = (await Promise.all(entries.map(filesOf))).flat();
    this.send(files);
  }

  send(files: readonly File[]): void {
    const films = files.filter(({ name, type }) => type.startsWith('video/') || FILMS.test(name));
    if (films.length === 0 && files.length > 0)
      messages.fail(new Error(files.length === 1 ? `${files[0]?.name} is no film` : 'None of these files is a film'));
    this.uploads = [
      ...this.uploads,
      ...films.map((file): Upload => ({
        id: this.next++,
        file,
        state: 'waiting',
        progress: 0,
        reason: '',
        titleId: null,
      })),
    ];
    this.dialog = false;
    this.advance();
  }

  cancel(id: number): void {
    void this.transfers.get(id)?.cancel();
    this.transfers.delete(id);
    this.uploads = this.uploads.filter((one) => one.id !== id);
    this.advance();
  }

  /** What has left stays on the service. */
  pause(id: number): void {
    this.transfers.get(id)?.pause();
    this.change(id, { state: 'paused' });
    this.advance();
  }

  /** It goes on from where it was, when its turn comes. */
  resume(id: number): void {
    this.change(id, { state: 'waiting' });
    this.advance();
  }

  /** Looks for uploads that a page before this one has left, and makes titles of those that are whole. */
  async recall(): Promise<void> {
    const mine = keptUploads();
    if (mine.size === 0) return;
    const { items } = await answer(client.GET('/v1/uploads'));
    for (const one of items.filter(({ id }) => mine.has(id))) {
      if (one.offset < one.size) this.unfinished = [...this.unfinished, one];
      else await this.take(one.id).catch((error: unknown) => messages.fail(error));
    }
  }

  async discard({ id }: Unfinished): Promise<void> {
    this.unfinished = this.unfinished.filter((one) => one.id !== id);
    await answer(client.DELETE('/v1/uploads/{id}', { params: { path: { id } } }));
  }

  retry(id: number): void {
    this.change(id, { state: 'waiting', reason: '' });
    this.advance();
  }

  clear(): void {
    this.uploads = this.uploads.filter(({ state }) => state !== 'done' && state !== 'failed');
  }

  /** A link, or a path on the service's machine. @param description what is told of the film @throws Refusal */
  async source(text: string, description: string | null): Promise<Title> {
    const place = /^(https?|s3):\/\//i.test(text) ? { link: text } : { path: text };
    const body = { ...place, ...(description !== null && { description }) };
    const added = await answer(client.POST('/v1/titles', { body }));
    await this.begin(added);
    return added.title;
  }

  private async begin({ title, job, analysis }: Added): Promise<void> {
    for (const one of [job, analysis]) if (one) jobs.take(one);
    if (!analysis) await analyze(title.id);
    this.arrived++;
  }

  private advance(): void {
    const busy = this.uploads.filter(({ state }) => state === 'sending' || state === 'reading').length;
    const waiting = this.uploads.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, AT_ONCE - busy));
    for (const upload of waiting) void this.carry(upload);
  }

  private async carry({ id, file }: Upload): Promise<void> {
    this.change(id, { state: 'sending' });
    try {
      const { Transfer } = await import('./transfer.js');
      const transfer = this.transfers.get(id) ?? new Transfer(file);
      this.transfers.set(id, transfer);
      const sent = await transfer.send((progress) => this.change(id, { progress }));
      // it was paused or cancelled
      if (sent === null) return;
      this.change(id, { state: 'reading', progress: 1 });
      const added = await this.take(sent);
      this.change(id, { state: 'done', titleId: added.title.id });
      this.transfers.delete(id);
    } catch (error) {
      this.change(id, { state: 'failed', reason: wordsOf(error) });
    } finally {
      this.advance();
    }
  }

  /** Has a title made of an upload that is there whole. */
  private async take(upload: string): Promise<Added> {
    const header = { 'Idempotency-Key': upload };
    const added = await answer(client.POST('/v1/titles', { params: { header }, body: { upload } }));
    this.unfinished = this.unfinished.filter(({ id }) => id !== upload);
    forgetUpload(upload);
    await this.begin(added);
    return added;
  }

  private change(id: number, changes: Partial<Upload>): void {
    this.uploads = this.uploads.map((one) => (one.id === id ? { ...one, ...changes } : one));
  }
}

/** The ids of uploads that this browser remembers, as tus-js-client notes them. */
function keptUploads(): Set<string> {
  const notes = Object.keys(localStorage)
    .filter((key) => key.startsWith('tus::'))
    .map((key) => localStorage.getItem(key) ?? '');
  return new Set(notes.flatMap((note) => /\/v1\/uploads\/(\w+)/.exec(note)?.[1] ?? []));
}

function forgetUpload(id: string): void {
  for (const key of Object.keys(localStorage))
    if (key.startsWith('tus::') && localStorage.getItem(key)?.includes(id)) localStorage.removeItem(key);
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // a reader gives a hundred at a time
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    for (const one of entries) files.push(...(await filesOf(one)));
  }
}

export const adding = new Adding();
