import { createHash } from 'node:crypto';
const { makeFilm } = await import('/tmp/kino/house/notebooks-ts/credits-films/film-maker.ts');
const footage = { at: async ([name, low]: any, frame: number) => ({ width: 640, height: 360, data: new Uint8Array(640 * 360 * 3).map((_, i) => (i * 7 + frame * 13 + low + name.length) & 255) }) };
const all = createHash('sha256');
for (let seed = 0; seed < 84; seed++) {
  const film = await makeFilm(footage as any, seed);
  const h = createHash('sha256').update(JSON.stringify([film.truth, film.frames, film.keyframes]));
  for (let i = 0; i < 6; i++) h.update((await film.picture(Math.floor((film.frames * (i + 0.5)) / 6))).data);
  h.update((await film.picture(film.frames - 1)).data);
  console.log(seed, film.truth.archetype, h.digest('hex').slice(0, 16));
}
