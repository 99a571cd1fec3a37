import { wordsOf } from './api.js';
import { foldersOf } from './dropped.js';
import { messages } from './messages.svelte.js';
import { addPhotos, createPerson, known } from './people.svelte.js';
import type { PersonDetail } from './types.js';

type Photo = PersonDetail['photoList'][number];

/** Somebody who is being learnt from a folder of photos. */
export interface Enrolled {
  readonly name: string;
  readonly photos: number;
  readonly state: 'waiting' | 'learning' | 'done' | 'failed';
  readonly hints: readonly string[];
}

const FLAGS: Readonly<Record<string, string>> = {
  'no-face': 'no face seen',
  'several-faces': 'two faces or more',
  'duplicate': 'there already',
  'outlier': 'looks like somebody else',
  'unreadable': 'cannot be read',
  'rejected': 'not them',
};
const HINTS: Readonly<Record<string, string>> = {
  'too-small': 'the face is too small',
  'blurred': 'blurred',
  'turned-away': 'turned to the side',
};

/** What is wrong with a photo, in words; null where nothing is. */
export function hintOf({ flag, hint }: Photo): string | null {
  if (flag !== null) return FLAGS[flag] ?? flag;
  return hint === null ? null : (HINTS[hint] ?? hint);
}

/** Browsers do not know every type of what was dropped. */
const isPicture = ({ type, name }: File): boolean =>
  type.startsWith('image/') || /\.(jpe?g|png|webp|avif|gif)$/i.test(name);

class Enrolment {
  people = $state<Enrolled[]>([]);

  /** A folder of folders: each is named after somebody and holds photos of them. */
  async folders(files: readonly File[]): Promise<void> {
    await this.learnAll(Map.groupBy(files, ({ webkitRelativePath }) => webkitRelativePath.split('/').at(-2) ?? ''));
  }

  /** The same, dropped. */
  async drop(transfer: DataTransfer): Promise<void> {
    await this.learnAll(await foldersOf(transfer));
  }

  private async learnAll(named: ReadonlyMap<string, readonly File[]>): Promise<void> {
    const folders = [...named]
      .map(([name, list]) => [name, list.filter(isPicture)] as const)
      .filter(([name, list]) => name !== '' && list.length > 0);
    if (folders.length === 0) return messages.fail(new Error('There is no folder with photos in it'));
    this.people = folders.map(([name, list]) => ({ name, photos: list.length, state: 'waiting', hints: [] }));
    await known.load();
    for (const [name, list] of folders) await this.learn(name, list);
  }

  async learn(name: string, photos: readonly File[]): Promise<void> {
    if (!this.people.some((one) => one.name === name))
      this.people = [...this.people, { name, photos: photos.length, state: 'waiting', hints: [] }];
    this.change(name, { state: 'learning' });
    try {
      const there = known.called(name);
      const person = there ? await addPhotos(there.id, photos) : await createPerson(name, photos);
      const own = new Set(photos.map((photo) => photo.name));
      const hints = person.photoList.flatMap((photo) => {
        const hint = own.has(photo.file) ? hintOf(photo) : null;
        return hint === null ? [] : [`${photo.file}: ${hint}`];
      });
      this.change(name, { state: 'done', hints });
    } catch (error) {
      this.change(name, { state: 'failed', hints: [wordsOf(error)] });
    }
  }

  private change(name: string, changes: Partial<Enrolled>): void {
    this.people = this.people.map((one) => (one.name === name ? { ...one, ...changes } : one));
  }
}
export const enrolment = new Enrolment();
