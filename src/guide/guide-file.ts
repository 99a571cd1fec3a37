import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { TextReader } from '../core/encoding.js';
import { KinoscopeError } from '../core/errors.js';
import { type ReadGuide, XmltvReader } from './xmltv.js';

/** Of a guide as text, whatever its size when compressed: a hundred times what a broad guide has. */
const MAX_BYTES = 4 * 2 ** 30;

/** Endings of files of a folder that are guides. */
export const isGuideName = (name: string): boolean => /\.(?:xml|xmltv)(?:\.gz)?$/i.test(name);

/**
 * Reads an XMLTV file, packed by gzip or not, whatever its name. Of one that breaks off, what is there.
 * @throws KinoscopeError `unreadable` when it is no guide, `too-large`
 */
export async function readGuideFile(path: string): Promise<ReadGuide> {
  const name = basename(path);
  const reader = new XmltvReader(name);
  const text = new TextReader();
  let size = 0;
  try {
    for await (const bytes of openGuide(path)) {
      size += bytes.length;
      if (size > MAX_BYTES) throw new KinoscopeError('too-large', `${name} is larger than a guide may be`);
      reader.write(text.write(bytes));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What was unpacked before the fault is told as a guide that breaks off.
    if (!code?.startsWith('Z_')) throw error;
  }
  reader.write(text.end());
  return reader.end();
}

/** The file's bytes, unpacked: gzip is told by its first bytes. */
async function* openGuide(path: string): AsyncIterable<Uint8Array> {
  const start = createReadStream(path, { end: 1 });
  const magic = Buffer.concat((await start.toArray()) as Buffer[]);
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const isPacked = magic[0] === 0x1f && magic[1] === 0x8b;
  yield* (isPacked ? file.compose(createGunzip()) : file) as AsyncIterable<Uint8Array>;
}
