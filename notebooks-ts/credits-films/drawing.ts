/** Draws what closing credits are made of, and what is taken for them, from a seed. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '../../src/frames/types.js';

const FONTS = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const FACES = [
  ['DejaVu Sans', 'DejaVuSans.ttf'],
  ['DejaVu Sans Bold', 'DejaVuSans-Bold.ttf'],
  ['DejaVu Sans Condensed', 'DejaVuSansCondensed.ttf'],
  ['DejaVu Sans Condensed Bold', 'DejaVuSansCondensed-Bold.ttf'],
  ['DejaVu Serif', 'DejaVuSerif.ttf'],
  ['DejaVu Serif Bold', 'DejaVuSerif-Bold.ttf'],
  ['DejaVu Serif Italic', 'DejaVuSerif-Italic.ttf'],
  ['DejaVu Serif Condensed', 'DejaVuSerifCondensed.ttf'],
  ['DejaVu Sans Mono', 'DejaVuSansMono.ttf'],
  ['DejaVu Sans ExtraLight', 'DejaVuSans-ExtraLight.ttf'],
] as const;

export type Random = () => number;
export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
export const between = (random: Random, low: number, high: number): number => low + random() * (high - low);

/** Text with its own transparency, `data` is RGBA. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface TextStyle {
  readonly face: number;
  /** Height of a capital and its descender, about, in pixels. */
  readonly size: number;
  readonly colour: readonly [number, number, number];
  readonly align: 'left' | 'centre' | 'right';
  /** Extra space between lines, pixels. */
  readonly spacing: number;
}

const hex = (colour: readonly number[]): string =>
  `#${colour.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;
const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

export async function textSheet(lines: readonly string[], style: TextStyle): Promise<Sheet> {
  const [font, file] = FACES[style.face % FACES.length]!;
  const text = `<span foreground="${hex(style.colour)}">${escape(lines.map((line) => (line === '' ? ' ' : line)).join('\n'))}</span>`;
  const { data, info } = await sharp({
    text: {
      text,
      font: `${font} ${Math.max(5, Math.round(style.size))}`,
      fontfile: join(FONTS, file),
      rgba: true,
      dpi: 72,
      align: style.align,
      spacing: Math.round(style.spacing),
    },
  })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** Two sheets side by side, `gap` pixels apart, tops level. */
export function beside(left: Sheet, right: Sheet, gap: number): Sheet {
  const width = left.width + gap + right.width;
  const height = Math.max(left.height, right.height);
  const data = new Uint8Array(width * height * 4);
  for (const [sheet, x] of [
    [left, 0],
    [right, left.width + gap],
  ] as const) {
    for (let y = 0; y < sheet.height; y++) {
      data.set(sheet.data.subarray(y * sheet.width * 4, (y + 1) * sheet.width * 4), (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

/** Lays a sheet over a picture in place; parts outside are cut. `opacity` 0 to 1. */
export function overlay(
  image: { width: number; height: number; data: Uint8Array },
  sheet: Sheet,
  x: number,
  y: number,
  opacity = 1,
): void {
  const [left, top] = [Math.round(x), Math.round(y)];
  for (let sy = Math.max(0, -top); sy < Math.min(sheet.height, image.height - top); sy++) {
    for (let sx = Math.max(0, -left); sx < Math.min(sheet.width, image.width - left); sx++) {
      const from = (sy * sheet.width + sx) * 4;
      const alpha = (sheet.data[from + 3]! / 255) * opacity;
      if (alpha === 0) continue;
      const to = ((top + sy) * image.width + left + sx) * 3;
      for (let c = 0; c < 3; c++)
        image.data[to + c] = image.data[to + c]! * (1 - alpha) + sheet.data[from + c]! * alpha;
    }
  }
}

export function plain(width: number, height: number, colour: readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) data.set(colour, i);
  return { width, height, data };
}

export function dimmed(image: RgbImage, factor: number): RgbImage {
  const levels = Uint8Array.from({ length: 256 }, (_, level) => level * factor);
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = levels[image.data[i]!]!;
  return { ...image, data };
}

const FIRST = [
  'Anna',
  'Tom',
  'Maria',
  'Jean-Luc',
  'Priya',
  'Oleg',
  'Kim',
  'Ahmed',
  'Lucía',
  'Björn',
  'Grace',
  'Ivo',
  'Wei',
  'Sofie',
  'Paul',
  'Nadia',
];
const LAST = [
  'Keller',
  'Okafor',
  'Sandoval',
  'Byrne',
  'Takahashi',
  'Novak',
  'de Vries',
  'Hall',
  'Lindqvist',
  'Marchetti',
  'Singh',
  'Abrams',
  'Costa',
  'O’Neil',
  'Wu',
  'Petit',
];
const CYRILLIC = ['Анна Белова', 'Олег Титов', 'Мария Громова', 'Павел Ким', 'Ирина Власова', 'Юрий Сомов'];
const GREEK = ['Νίκος Παππάς', 'Ελένη Δήμου', 'Γιώργος Λάμπρου', 'Μαρία Κώστα'];
const JOBS = [
  'Director',
  'Producer',
  'Executive Producer',
  'Written by',
  'Editor',
  'Music by',
  'Casting',
  'Gaffer',
  'Key Grip',
  'Sound Mixer',
  'Costume Designer',
  'Production Designer',
  'First Assistant Director',
  'Visual Effects Supervisor',
  'Camera Operator',
  'Script Supervisor',
  'Make-up',
  'Colourist',
];
const WORDS =
  'the a years later after war city never returned home and was found in by of his her their they lived until trial court with family people river film story true events'.split(
    ' ',
  );
const BIG = [
  'ECHO',
  'RISE',
  'Hands',
  'We are',
  'here',
  'NOW',
  'the way',
  'TOGETHER',
  'Summer',
  'every step',
  'of us',
  'coming soon',
  'MIDNIGHT',
  'Beyond',
  'LIGHT',
];

export function personName(random: Random): string {
  const kind = random();
  if (kind < 0.08) return pick(random, CYRILLIC);
  if (kind < 0.12) return pick(random, GREEK);
  return `${pick(random, FIRST)} ${pick(random, LAST)}`;
}

export function sentence(random: Random, words: number): string {
  const text = Array.from({ length: words }, () => pick(random, WORDS)).join(' ');
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

export const bigWord = (random: Random): string => pick(random, BIG);

const upper = (random: Random, lines: string[]): string[] =>
  random() < 0.4 ? lines.map((line) => line.toUpperCase()) : lines;

/** A rolling list of `rows` rows, in one, two or three columns. */
export async function rollSheet(random: Random, rows: number, style: Omit<TextStyle, 'align'>): Promise<Sheet> {
  const shape = pick(random, ['single', 'pair', 'pair', 'names'] as const);
  const jobs: string[] = [];
  const names: string[] = [];
  while (jobs.length < rows) {
    const group = 1 + Math.floor(random() ** 2 * 6);
    for (let k = 0; k < group; k++) {
      jobs.push(k === 0 ? pick(random, JOBS) : '');
      names.push(personName(random));
    }
    if (random() < 0.4) {
      jobs.push('');
      names.push('');
    }
  }
  if (shape === 'single') {
    const lines = jobs.flatMap((job, k) => (job === '' ? [names[k]!] : ['', job, names[k]!]));
    return textSheet(upper(random, lines.slice(0, rows)), { ...style, align: 'centre' });
  }
  const left = shape === 'pair' ? jobs : names.map(() => personName(random));
  return beside(
    await textSheet(upper(random, left), { ...style, align: shape === 'pair' ? 'right' : 'left' }),
    await textSheet(upper(random, names), { ...style, align: 'left' }),
    Math.round(style.size * between(random, 0.8, 3)),
  );
}

/** A card of a few jobs and names; `few`: of one job. */
export async function cardSheet(random: Random, style: TextStyle, few = false): Promise<Sheet> {
  const lines: string[] = [];
  for (let k = few ? 1 : pick(random, [1, 1, 1, 2, 3]); k > 0; k--) {
    lines.push(
      pick(random, JOBS),
      ...Array.from({ length: few ? pick(random, [1, 1, 2]) : pick(random, [1, 1, 2, 3, 5]) }, () =>
        personName(random),
      ),
    );
    if (k > 1) lines.push('');
  }
  return textSheet(upper(random, lines), style);
}
