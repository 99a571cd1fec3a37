import sharp from 'sharp';

/** A picture as Motion JPEG has it. */
const picture = (): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: '#456' } })
    .jpeg()
    .toBuffer();

const uint = (value: number, bytes: number): Buffer => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out.subarray(8 - bytes);
};
const words = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => uint(value, 4)));

function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([words(8 + body.length), Buffer.from(type, 'latin1'), body]);
}

const MATRIX = words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function track(id: number, pictures: number, bytes: number, at: number): Buffer {
  const entry = box(
    'jpeg',
    ...[Buffer.alloc(6), uint(1, 2), Buffer.alloc(16), uint(64, 2), uint(48, 2), words(0x480000, 0x480000, 0)],
    ...[uint(1, 2), Buffer.alloc(32), uint(24, 2), uint(0xffff, 2)],
  );
  const samples = box(
    'stbl',
    box('stsd', words(0, 1), entry),
    box('stts', words(0, 1, pictures, 1)),
    box('stsc', words(0, 1, 1, pictures, 1)),
    box('stsz', words(0, bytes, pictures)),
    box('stco', words(0, 1, at)),
  );
  const reference = box('dinf', box('dref', words(0, 1), box('url ', words(1))));
  return box(
    'trak',
    box('tkhd', words(3, 0, 0, id, 0, pictures, 0, 0, 0, 0), MATRIX, words(64 << 16, 48 << 16)),
    box(
      'mdia',
      box('mdhd', words(0, 0, 0, 25, pictures, 0)),
      box('hdlr', words(0, 0), Buffer.from('vide'), Buffer.alloc(13)),
      box('minf', box('vmhd', words(1, 0, 0)), reference, samples),
    ),
  );
}

/** An MP4 of some kilobytes whose index says in four bytes a track how many pictures it has. */
export async function manyPictures(pictures: number, tracks: number): Promise<Buffer> {
  const data = await picture();
  const head = box('ftyp', Buffer.from('isom'), words(0x200), Buffer.from('isommp41'));
  const at = head.length + 8;
  const movie = box(
    'mvhd',
    ...[words(0, 0, 0, 25, pictures, 0x10000, 0x1000000, 0, 0), MATRIX, Buffer.alloc(24), words(tracks + 1)],
  );
  const each = Array.from({ length: tracks }, (_, k) => track(k + 1, pictures, data.length, at));
  return Buffer.concat([head, box('mdat', data, data, data), box('moov', movie, ...each)]);
}

/** An element of Matroska. */
function element(id: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const name = uint(id, id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);
  return Buffer.concat([name, uint(1, 1), uint(body.length, 7), body]);
}

const text = (id: number, value: string): Buffer => element(id, Buffer.from(value));
const number = (id: number, value: number): Buffer => element(id, uint(value, 8));

interface Content {
  /** Seconds at which a tenth of a second of sound begins. */
  readonly sound?: readonly number[];
  /** How many, a minute each. */
  readonly chapters?: number;
  /** Samples a second, channels, and what a tenth of a second from here on holds, in 16 bits; silence unless somebody says so. */
  readonly rate?: number;
  readonly channels?: number;
  /** `tenth` gives floats of 32 bits instead. */
  readonly floats?: boolean;
  readonly tenth?: (seconds: number) => Buffer;
}

/** A Matroska film of pictures and, where it has any, of sound, at these seconds. */
export async function sparseMatroska(
  pictures: readonly number[],
  { sound = [], chapters = 0, rate: samples = 8000, channels = 1, floats = false, tenth }: Content = {},
): Promise<Buffer> {
  const jpeg = await picture();
  const cluster = (trackNumber: number, seconds: number, data: Buffer): Buffer =>
    element(
      0x1f43b675,
      number(0xe7, Math.round(seconds * 1000)),
      element(0xa3, Buffer.from([0x80 | trackNumber, 0, 0, 0x80]), data),
    );
  const video = element(
    0xae,
    ...[number(0xd7, 1), number(0x73c5, 1), number(0x83, 1), text(0x86, 'V_MJPEG')],
    element(0xe0, number(0xb0, 64), number(0xba, 48)),
  );
  const rate = Buffer.alloc(8);
  rate.writeDoubleBE(samples);
  const audio = element(
    0xae,
    ...[number(0xd7, 2), number(0x73c5, 2), number(0x83, 2), text(0x86, floats ? 'A_PCM/FLOAT/IEEE' : 'A_PCM/INT/LIT')],
    element(0xe1, element(0xb5, rate), number(0x9f, channels), number(0x6264, floats ? 32 : 16)),
  );
  const atoms = Array.from({ length: chapters }, (_, k) =>
    element(
      0xb6,
      ...[number(0x73c4, k + 1), number(0x91, k * 60e9), number(0x92, (k + 1) * 60e9)],
      element(0x80, text(0x85, `Chapter of a film ${k}`), text(0x437c, 'eng')),
    ),
  );
  const blocks = [
    ...pictures.map((seconds) => ({ seconds, data: cluster(1, seconds, jpeg) })),
    ...sound.map((seconds) => ({
      seconds,
      data: cluster(2, seconds, tenth?.(seconds) ?? Buffer.alloc((samples * channels) / 5)),
    })),
  ].sort((a, b) => a.seconds - b.seconds);
  return Buffer.concat([
    element(0x1a45dfa3, text(0x4282, 'matroska'), number(0x4287, 4), number(0x4285, 2)),
    element(
      0x18538067,
      element(0x1549a966, number(0x2ad7b1, 1e6), text(0x4d80, 'test'), text(0x5741, 'test')),
      element(0x1654ae6b, video, ...(sound.length > 0 ? [audio] : [])),
      ...(chapters > 0 ? [element(0x1043a770, element(0x45b9, number(0x45bc, 1), ...atoms))] : []),
      ...blocks.map(({ data }) => data),
    ),
  ]);
}
