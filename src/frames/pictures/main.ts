/**
 * The program of a process that decodes pictures, which strangers may have sent: it takes one job after the other, and answers in
 * records, all at descriptor 3. A picture that costs too much ends the process.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import type { Point } from '../../core/boxes.js';
import { asKinoscopeError, KinoscopeError } from '../../core/errors.js';
import type { Dimensions } from '../geometry.js';
import type { PictureJob } from '../media-jobs.js';
import { readRecordSync, writeRecordSync } from '../records.js';
import type { RgbImage } from '../types.js';
import { takenOf } from './exif.js';
import { formatOf, HEAD_BYTES } from './format.js';
import { findScreen } from './screen/find-screen.js';
import { soften } from './screen/soften.js';
import { type Straightened, straighten } from './screen/straighten.js';

/** Of a picture's file, bytes. */
const MAX_BYTES = 100 * 2 ** 20;
/** What the process itself takes, and what one pixel may: decoders of interlaced and progressive pictures hold all of it, and more. */
const MAX_MEMORY = { base: 300e6, pixel: 14 };
/** Longest that one picture may take, and how often that and the memory are looked at. */
const MAX_MS = 30_000;
const WATCH_MS = 25;

// Nothing but the formats of `format.ts` reaches a decoder, whatever libvips would recognise; nothing is kept of a picture.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((loader) => `VipsForeignLoad${loader}`) });
sharp.cache(false);

const unreadable = (reason: string, cause?: unknown): KinoscopeError =>
  new KinoscopeError('unreadable', reason, { cause });

function readContent(file: string): Buffer {
  let fd: number;
  try {
    // neither a pipe nor a device is waited for
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(`it cannot be opened (${(error as NodeJS.ErrnoException).code})`, error);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw unreadable('it is no regular file');
    if (found.size > MAX_BYTES) throw unreadable(`it is larger than ${MAX_BYTES / 2 ** 20} MB`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** @throws KinoscopeError `unreadable` when it is none of the formats that are read */
function open(content: Buffer, maxPixels: number): Sharp {
  if (content.length === 0) throw unreadable('it is empty');
  const format = formatOf(content.subarray(0, HEAD_BYTES));
  if (!format?.read)
    throw unreadable(`${format ? format.name : 'unknown format'}, which is not read: save it as JPEG or PNG`);
  return sharp(content, { limitInputPixels: maxPixels, failOn: 'error' });
}

/** What sharp's error about a picture comes from. */
function explain(content: Buffer, { maxPixels }: PictureJob, cause: unknown): KinoscopeError {
  if (/pixel limit/i.test(cause instanceof Error ? cause.message : ''))
    return unreadable(`it has more than ${maxPixels} pixels`, cause);
  if (
    formatOf(content.subarray(0, HEAD_BYTES))?.name === 'HEIC' &&
    !sharp.format.heif.input.fileSuffix?.includes('.heic')
  )
    return unreadable('HEIC, which the libvips of this machine does not decode (HEVC): save it as JPEG', cause);
  return unreadable('it is broken or incomplete', cause);
}

async function measure(picture: Sharp): Promise<Dimensions> {
  const { width, height, orientation = 1 } = await picture.metadata();
  return orientation > 4 ? { width: height, height: width } : { width, height };
}

/** Turned as its EXIF orientation says, transparency on black. */
async function decode(picture: Sharp): Promise<{ size: Dimensions; data: Uint8Array }> {
  const { data, info } = await picture
    .rotate()
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { size: { width: info.width, height: info.height }, data: info.channels === 3 ? data : spread(data) };
}

/** Grey pixels as RGB. */
function spread(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  grey.forEach((value, index) => data.fill(value, index * 3, index * 3 + 3));
  return data;
}

/** Longer side of the picture in which a screen is looked for, pixels. */
const SCREEN_SIDE = 400;

async function straightenScreen(photo: RgbImage): Promise<Straightened | null> {
  const { width, height } = photo;
  const { data, info } = await sharp(photo.data, { raw: { width, height, channels: 3 } })
    .resize(SCREEN_SIDE, SCREEN_SIDE, { fit: 'inside', withoutEnlargement: true })
    .greyscale()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const found = findScreen({ width: info.width, height: info.height, data });
  if (!found) return null;
  const [across, down] = [width / info.width, height / info.height];
  const [p, q, r, s] = found.corners.map(([x, y]): Point => [x * across, y * down]);
  const screen = straighten(photo, [p!, q!, r!, s!]);
  soften(screen.picture);
  return screen;
}

/** Ends the process when a picture takes too long, or too much memory, to decode. @returns what ends the watch */
function watch({ maxPixels }: PictureJob): () => void {
  const [started, mostMemory] = [performance.now(), MAX_MEMORY.base + maxPixels * MAX_MEMORY.pixel];
  const fail = (message: string): never => {
    writeRecordSync({ type: 'error', bytes: 0, code: 'unreadable', message });
    process.exit(1);
  };
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > mostMemory) fail('it takes too much memory to decode');
    if (performance.now() - started > MAX_MS) fail('it takes too long to decode');
  }, WATCH_MS);
  return () => clearInterval(timer);
}

async function run(job: PictureJob): Promise<void> {
  const content = readContent(job.file);
  const picture = open(content, job.maxPixels);
  const end = watch(job);
  try {
    if (job.kind === 'measure') {
      const size = await measure(picture);
      // sharp itself refuses what is too large only when it decodes
      if (size.width * size.height > job.maxPixels) throw new Error('pixel limit');
      const taken = job.taken ? takenOf((await picture.metadata()).exif) : undefined;
      writeRecordSync({ type: 'size', bytes: 0, size, ...(taken && { taken }) });
    } else {
      const { size, data } = await decode(picture);
      const screen = job.screen ? await straightenScreen({ ...size, data }) : null;
      end();
      const bodies = screen ? [data, screen.picture.data] : [data];
      const bytes = bodies.reduce((sum, { length }) => sum + length, 0);
      const { width, height } = screen?.picture ?? size;
      writeRecordSync(
        {
          type: 'pixels',
          bytes,
          size,
          ...(screen && { screen: { size: { width, height }, toPhoto: screen.toPhoto } }),
        },
        bodies,
      );
    }
  } catch (cause) {
    throw explain(content, job, cause);
  } finally {
    end();
  }
}

for (let next = readRecordSync(); next?.record.type === 'picture-job'; next = readRecordSync()) {
  try {
    await run(next.record.job);
  } catch (error) {
    const { code, message } = asKinoscopeError(error);
    writeRecordSync({ type: 'error', bytes: 0, code, message });
  }
}
