import { readFile, writeFile } from 'node:fs/promises';

/** Copies an MP4 or MOV whose headers then claim another duration, seconds. */
export async function claimMp4(film: string, file: string, seconds: number): Promise<void> {
  const bytes = await readFile(film);
  const patch = (type: string, scaleAt: number | null, durationAt: number): void => {
    for (let at = bytes.indexOf(type); at >= 0; at = bytes.indexOf(type, at + 1)) {
      const scale = scaleAt === null ? movieScale : bytes.readUInt32BE(at + scaleAt);
      bytes.writeUInt32BE(Math.min(0xffff_fffe, Math.round(seconds * scale)), at + durationAt);
    }
  };
  const movieScale = bytes.readUInt32BE(bytes.indexOf('mvhd') + 16);
  // Version 0 of each: their times have 32 bits.
  patch('mvhd', 16, 20);
  patch('mdhd', 16, 20);
  patch('tkhd', null, 24);
  await writeFile(file, bytes);
}

/** Copies a Matroska file whose header then claims another duration, seconds. */
export async function claimMatroska(film: string, file: string, seconds: number): Promise<void> {
  const bytes = await readFile(film);
  // Element Duration with eight bytes of double; the scale is the usual millisecond.
  const at = bytes.indexOf(Buffer.from([0x44, 0x89, 0x88]));
  if (at < 0) throw new Error('no duration in the header');
  bytes.writeDoubleBE(seconds * 1000, at + 3);
  await writeFile(file, bytes);
}

/** Joins transport or program streams end to end: the clock starts again at each. */
export async function joinStreams(films: readonly string[], file: string): Promise<void> {
  await writeFile(file, Buffer.concat(await Promise.all(films.map((film) => readFile(film)))));
}
