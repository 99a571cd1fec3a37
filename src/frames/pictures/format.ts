/** What a picture's first bytes say that it is; null where they are those of nothing that we know. */
export interface PictureFormat {
  readonly name: string;
  /** Only these are handed to a decoder. */
  readonly read: boolean;
}

/** Bytes that `formatOf` looks at. */
export const HEAD_BYTES = 512;

const AVIF = { name: 'AVIF', read: true };
/** libvips as sharp brings it decodes AVIF, but not HEVC; one of the system's may do both. */
const HEIC = { name: 'HEIC', read: true };

const BEGINNINGS: readonly (readonly [RegExp, PictureFormat])[] = [
  [/^\xff\xd8\xff/, { name: 'JPEG', read: true }],
  [/^\x89PNG\r\n[^]\n/, { name: 'PNG', read: true }],
  [/^GIF8[79]a/, { name: 'GIF', read: true }],
  [/^RIFF[^]{4}WEBP/, { name: 'WebP', read: true }],
  [/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/, { name: 'TIFF', read: false }],
  [/^BM[^]{4}\0\0\0\0/, { name: 'BMP', read: false }],
  [/^([^]{4}JXL \r\n|\xff\n)/, { name: 'JPEG XL', read: false }],
  [/^([^]{4}jP {2}\r\n|\xff\x4f\xff\x51)/, { name: 'JPEG 2000', read: false }],
  [/^%PDF-/, { name: 'PDF', read: false }],
  [/^(\xef\xbb\xbf)?\s*(<\?xml[^]*)?(<!--[^]*)?(<!DOCTYPE svg[^]*)?<svg[\s>]/, { name: 'SVG', read: false }],
];

/** Major and compatible brands of an ISO base media file's first box; none where it has no such box. */
function brandsOf(head: Buffer): string[] {
  if (head.toString('latin1', 4, 8) !== 'ftyp') return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString('latin1', at, at + 4));
  return brands;
}

export function formatOf(head: Buffer): PictureFormat | null {
  const brands = brandsOf(head);
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return AVIF;
  if (brands.some((brand) => /^(he(ic|ix|im|is|vc|vx|vm|vs)|mif1|msf1)$/.test(brand))) return HEIC;
  const text = head.toString('latin1', 0, HEAD_BYTES);
  return BEGINNINGS.find(([beginning]) => beginning.test(text))?.[1] ?? null;
}

/** A single picture in the container of films; not a sequence of them. */
const LONE_BRAND = /^(avif|mif1|hei[cxms])$/;

/** Which picture a file is that is no film either: an animated GIF, and what MP4 holds besides, may be one. */
export function pictureIn(head: Buffer): string | null {
  const format = formatOf(head);
  if (format === null || format.name === 'GIF' || format.name === 'PDF') return null;
  const [major] = brandsOf(head);
  return major === undefined || LONE_BRAND.test(major) ? format.name : null;
}
