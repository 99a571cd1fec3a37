import { SvelteMap } from 'svelte/reactivity';
import { readTracks } from './titles.js';
import type { Box, PersonDetail, Track } from './types.js';

/** A face of somebody: a track, where it is turned and lit as it mostly is. */
export interface FaceOfPerson {
  /** Unlike any other of theirs. */
  readonly key: string;
  readonly title: string;
  readonly titleName: string;
  readonly track: string;
  readonly at: number;
  readonly box: Box;
}

/** All faces of somebody, by title, the longest seen first: looked up when asked for. */
export class FacesOfPerson {
  readonly byTitle = new SvelteMap<string, readonly FaceOfPerson[]>();

  async load({ id, seenIn }: Pick<PersonDetail, 'id' | 'seenIn'>): Promise<void> {
    await Promise.all(
      seenIn.map(async ({ title, name }) => {
        const tracks = await readTracks(title, id);
        const faces = [...tracks]
          .sort((a, b) => b.end - b.start - (a.end - a.start))
          .flatMap((track) => faceOfTrack(title, name, track) ?? []);
        this.byTitle.set(title, faces);
      }),
    );
  }
}

function faceOfTrack(title: string, titleName: string, { id, samples }: Track): FaceOfPerson | null {
  const [at, x, y, width, height] = samples[Math.floor(samples.length / 2)] ?? [];
  if (at === undefined || x === undefined || y === undefined || width === undefined || height === undefined)
    return null;
  return { key: `${title} ${id}`, title, titleName, track: id, at, box: [x, y, width, height] };
}
