/** What strangers send to break a service, made here: one after the other, again and again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blackPng, photoForm, SLOW_SVG } from '../test/attack/files.js';
import { steady, writeClip } from '../test/clips/bar-code.js';
import { claimMatroska } from '../test/films/claims.js';
import { manyPictures, sparseMatroska } from '../test/films/hostile.js';

const HOUR = 3600;

export interface Hostile {
  readonly name: string;
  /** Sends it and takes the answer, whatever it is; its status, or what broke. */
  send(url: string): Promise<string>;
}

function filmForm(bytes: Uint8Array, name: string): FormData {
  const form = new FormData();
  form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  return form;
}

/** @param folder for the films */
export async function hostileUploads(folder: string): Promise<Hostile[]> {
  const claim = join(folder, 'claim.mkv');
  await claimMatroska((await writeClip(join(folder, 'plain.mkv'), steady(75, 25))).file, claim, 1e12);
  const films = {
    'three frames in 100 hours': await sparseMatroska([0, 50 * HOUR, 100 * HOUR]),
    'a header of 1e12 seconds': await readFile(claim),
    'an index of 85 million pictures': await manyPictures(85_000_000, 1),
    'sound ten years after the pictures': await sparseMatroska([0, 1, 2], { sound: [0, 0.1, 87_600 * HOUR] }),
    '50,000 chapters': await sparseMatroska([0, 1, 2], { chapters: 50_000 }),
    'text named .mp4': Buffer.from('Once upon a time.\n'.repeat(50_000)),
    'a playlist named .mp4': Buffer.from('#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:9/part.ts\n#EXT-X-ENDLIST\n'),
  };
  const pictures = {
    'a drawing of 10,000 x 10,000 with noise': SLOW_SVG,
    'a PNG of 400 megapixels': blackPng(20_000, 20_000),
    'a PNG of 1 x 1,000,000': blackPng(1, 1_000_000),
  };
  let sent = 0;
  const post = async (url: string, body: FormData, signal?: AbortSignal): Promise<Response> =>
    fetch(url, { method: 'POST', body, ...(signal ? { signal } : {}) });
  return [
    ...Object.entries(films).map(([name, bytes]): Hostile => ({
      name,
      async send(url) {
        // Bytes after the end make it another film each time.
        const answer = await post(
          `${url}/v1/titles`,
          filmForm(Buffer.concat([bytes, Buffer.from(`${sent++}`)]), 'film.mp4'),
        );
        if (!answer.ok) return `${answer.status}`;
        const { title } = (await answer.json()) as { title: { id: string } };
        await fetch(`${url}/v1/titles/${title.id}/analyses`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        });
        return `${answer.status}, analysed`;
      },
    })),
    ...Object.entries(pictures).map(([name, bytes]): Hostile => ({
      name,
      send: async (url) => `${(await post(`${url}/v1/identify`, photoForm(bytes))).status}`,
    })),
    {
      name: 'a film that breaks off',
      async send(url) {
        const abort = AbortSignal.timeout(300);
        return post(`${url}/v1/titles`, filmForm(Buffer.alloc(64 << 20), 'film.mp4'), abort).then(
          ({ status }) => `${status}`,
          () => 'broken off',
        );
      },
    },
  ];
}
