import type { Schemas } from '../../client/index.js';
import { answer, client, sendFormSlowly, wordsOf } from './api.js';
import { jobs } from './jobs.svelte.js';
import { messages } from './messages.svelte.js';
import { analyze } from './titles.js';
import type { Title } from './types.js';

export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly state: 'waiting' | 'sending' | 'reading' | 'done' | 'failed';
  /** 0 to 1. */
  readonly progress: number;
  readonly reason: string;
  readonly titleId: string | null;
}

/** What a browser may not know by type, but a film is called. */
const FILMS = /\.(mp4|m4v|mkv|webm|mov|avi|ts|m2ts|mts|mpg|mpeg|vob|wmv|flv|ogv|mxf|3gp|divx)$/i;
const AT_ONCE = 2;

type Added = Schemas['TitleWithJob'];

/** Films on their way into the library. */
class Adding {
  dialog = $state(false);
  uploads = $state<Upload[]>([]);
  /** Counts what has come, for those who show the library. */
  arrived = $state(0);
  private next = 1;
  private readonly aborts = new Map<number, AbortController>();

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
      messages.fail(new Error(`${files.length === 1 ? files[0]?.name : 'None of these files'} is no film`));
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
    this.aborts.get(id)?.abort();
    this.uploads = this.uploads.filter((one) => one.id !== id);
    this.advance();
  }

  retry(id: number): void {
    this.change(id, { state: 'waiting', reason: '', progress: 0 });
    this.advance();
  }

  clear(): void {
    this.uploads = this.uploads.filter(({ state }) => state !== 'done' && state !== 'failed');
  }

  /** A link, or a path on the service's machine. @throws Refusal */
  async source(text: string): Promise<Title> {
    const body = /^(https?|s3):\/\//i.test(text) ? { link: text } : { path: text };
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
    const abort = new AbortController();
    this.aborts.set(id, abort);
    this.change(id, { state: 'sending' });
    const form = new FormData();
    form.append('file', file);
    try {
      const onProgress = (progress: number): void =>
        this.change(id, { progress, state: progress < 1 ? 'sending' : 'reading' });
      const added = await sendFormSlowly<Added>('/v1/titles', form, onProgress, abort.signal);
      await this.begin(added);
      this.change(id, { state: 'done', progress: 1, titleId: added.title.id });
    } catch (error) {
      if (!abort.signal.aborted) this.change(id, { state: 'failed', reason: wordsOf(error) });
    } finally {
      this.aborts.delete(id);
      this.advance();
    }
  }

  private change(id: number, changes: Partial<Upload>): void {
    this.uploads = this.uploads.map((one) => (one.id === id ? { ...one, ...changes } : one));
  }
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
