import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type Entry, openPromise } from 'yauzl';
import { TextReader } from '../core/encoding.js';
import { KinoscopeError } from '../core/errors.js';
import { type ReadGuide, XmltvReader } from './xmltv.js';

/** The beginning of a zip archive that holds a file. */
const ZIP = Buffer.from('PK\x03\x04', 'latin1');

/** What is packed otherwise, by its first bytes. */
const UNREAD: readonly (readonly [string, string])[] = [
  ['xz', 'fd377a58'],
  ['bzip2', '425a68'],
  ['Zstandard', '28b52ffd'],
  ['7-Zip', '377abcaf'],
  ['RAR', '52617221'],
];

/** Of an archive, files that are looked at. */
const MOST_FILES = 1000;
/** Of a guide as text, whatever its size when compressed: a hundred times what a broad guide has. */
const MAX_BYTES = 4 * 2 ** 30;

/** Endings of files of a folder that are guides. */
export const isGuideName = (name: string): boolean => /\.(?:xml|xmltv)(?:\.gz|\.zip)?$|\.zip$/i.test(name);

/**
 * Reads an XMLTV file, packed by gzip or zip or not, whatever its name. Of one that breaks off, what is there.
 * @param name what messages call it
 * @throws KinoscopeError `unreadable` when it is no guide, `too-large`; `not-found`
 */
export async function readGuideFile(path: string, name = basename(path)): Promise<ReadGuide> {
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
    if (code === 'ENOENT')
      throw new KinoscopeError('not-found', `There is no broadcast guide at ${path}`, { cause: error });
    // What was unpacked before the fault is told as a guide that breaks off.
    if (!code?.startsWith('Z_')) throw error;
  }
  reader.write(text.end());
  return reader.end();
}

/** The file's bytes, unpacked: gzip and zip are told by their first bytes. */
async function* openGuide(path: string): AsyncIterable<Uint8Array> {
  const start = createReadStream(path, { end: 3 });
  const magic = Buffer.concat((await start.toArray()) as Buffer[]);
  if (magic.equals(ZIP)) return yield* openZip(path);
  const packed = UNREAD.find(([, bytes]) => magic.toString('hex').startsWith(bytes));
  if (packed)
    throw new KinoscopeError(
      'unreadable',
      `${basename(path)} is packed by ${packed[0]}, which is not read: gzip and zip are`,
    );
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const isPacked = magic[0] === 0x1f && magic[1] === 0x8b;
  yield* (isPacked ? file.compose(createGunzip()) : file) as AsyncIterable<Uint8Array>;
}

/** The first guide of an archive; of one without any, its first file. @throws KinoscopeError `unreadable` */
async function* openZip(path: string): AsyncIterable<Uint8Array> {
  const name = basename(path);
  const unreadable = (cause?: unknown): KinoscopeError =>
    new KinoscopeError('unreadable', `${name} is no zip archive with a guide that can be read`, { cause });
  const archive = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  try {
    const files: Entry[] = [];
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/') || files.length >= MOST_FILES) continue;
      files.push(entry);
    }
    const guide = files.find(({ fileName }) => /\.(?:xml|xmltv)$/i.test(fileName)) ?? files[0];
    if (!guide) throw unreadable();
    yield* await archive.openReadStreamPromise(guide);
  } catch (cause) {
    throw cause instanceof KinoscopeError ? cause : unreadable(cause);
  } finally {
    archive.close();
  }
}
