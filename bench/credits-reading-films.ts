/** Films of nothing but credits, of which every name is known: drawn rolls and cards in many fonts and layouts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { between, overlay, pick, plain, type Random, type Sheet } from '../notebooks-ts/credits-films/drawing.js';
import type { Media } from '../src/frames/media.js';
import type { RgbImage } from '../src/frames/types.js';
import { openVideoWriter } from '../src/frames/writer.js';

const FONTS = '/usr/share/fonts';
/**
 * Family and file below /usr/share/fonts, of Debian's fonts-dejavu-core, -lato, -crosextra-caladea, -quattrocento, -hack-ttf, -sil-gentium, -sil-andika,
 * -paratype, -junicode, -play, -inter, -fanwood, -urw-base35. The recogniser's last layer was learnt from others.
 */
export const MEASURED_FONTS = [
  ['DejaVu Sans', 'truetype/dejavu/DejaVuSans.ttf'],
  ['DejaVu Serif', 'truetype/dejavu/DejaVuSerif.ttf'],
  ['Lato', 'truetype/lato/Lato-Regular.ttf'],
  ['Caladea', 'truetype/crosextra/Caladea-Regular.ttf'],
  ['Quattrocento', 'opentype/quattrocento/Quattrocento-Regular.otf'],
  ['Hack', 'truetype/hack/Hack-Regular.ttf'],
  ['Gentium', 'truetype/gentium/Gentium-R.ttf'],
  ['Andika', 'truetype/andika/Andika-Regular.ttf'],
  ['PT Sans', 'truetype/paratype/PTS55F.ttf'],
  ['PT Serif', 'truetype/paratype/PTF55F.ttf'],
  ['Junicode Two Beta', 'opentype/junicode/JunicodeTwoBeta-Regular.otf'],
  ['Play', 'truetype/play/Play-Regular.ttf'],
  ['Inter', 'opentype/inter/Inter-Regular.otf'],
  ['Fanwood', 'truetype/fanwood/Fanwood.otf'],
  ['Nimbus Sans', 'opentype/urw-base35/NimbusSans-Regular.otf'],
  ['Nimbus Roman', 'opentype/urw-base35/NimbusRoman-Regular.otf'],
  ['P052', 'opentype/urw-base35/P052-Roman.otf'],
  ['C059', 'opentype/urw-base35/C059-Roman.otf'],
  ['URW Gothic', 'opentype/urw-base35/URWGothic-Book.otf'],
  ['URW Bookman', 'opentype/urw-base35/URWBookman-Light.otf'],
] as const;
/** For choosing: fonts that the last layer has learnt from. */
export const CHOOSING_FONTS = [
  ['Liberation Sans', 'truetype/liberation/LiberationSans-Regular.ttf'],
  ['Liberation Serif', 'truetype/liberation/LiberationSerif-Regular.ttf'],
  ['Noto Sans', 'truetype/noto/NotoSans-Regular.ttf'],
  ['Noto Serif', 'truetype/noto/NotoSerif-Regular.ttf'],
  ['FreeSans', 'truetype/freefont/FreeSans.ttf'],
  ['FreeSerif', 'truetype/freefont/FreeSerif.ttf'],
] as const;
export type Font = readonly [family: string, file: string];

export const hasFont = ([, file]: Font): boolean => existsSync(join(FONTS, file));

export const LAYOUTS = [
  'role | NAME',
  'character | ACTOR',
  'NAME | character',
  'role above names',
  'groups in columns',
] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface Truth {
  readonly cast: { readonly character: string; readonly actor: string }[];
  readonly crew: { readonly role: string; readonly name: string }[];
}

/** A line of the sheet: texts with where they stand and how they are aligned there, as a share of the width. */
interface Line {
  readonly texts: readonly {
    readonly text: string;
    readonly at: number;
    readonly align: 'left' | 'centre' | 'right';
  }[];
  /** Lines of space above it. */
  readonly gap: number;
}

export interface Film {
  readonly font: Font;
  readonly layout: Layout;
  readonly ground: 'black' | 'footage';
  readonly height: 360 | 720;
  readonly truth: Truth;
  readonly pages: readonly (readonly Line[])[];
}

export const JOBS =
  'Gaffer|Best Boy Electric|Key Grip|Dolly Grip|Camera Operator|First Assistant Camera|Boom Operator|Sound Mixer|Set Decorator|Costume Designer|Key Make-up Artist|Script Supervisor|Location Manager|Production Coordinator|Stunt Coordinator|Foley Artist|Dialogue Editor|Colorist|Casting Director|Unit Publicist|Property Master|Art Director|Line Producer|Music Supervisor'.split(
    '|',
  );
export const GROUPS =
  'Electricians|Grips|Set Dressers|Animators|Compositors|Drivers|Carpenters|Camera Assistants'.split('|');

export class Names {
  private readonly names: readonly string[];
  private readonly foreign: readonly string[];
  private readonly characters: readonly string[];

  /** Of every second title: the others have taught what names look like. */
  constructor(data: string, half: 0 | 1) {
    const rows: Record<string, string>[] = parse(
      gunzipSync(readFileSync(join(data, 'credits-reading/cast-roles.csv.gz'))),
      { columns: true, relaxQuotes: true, skipEmptyLines: true },
    );
    const own = rows.filter(({ imdb_id: id }) => Number(id!.at(-1)) % 2 === half);
    const fine = (text: string | undefined): text is string =>
      text !== undefined && text.length > 2 && text.length < 26 && /^[\p{Script=Latin}\s.'’-]+$/u.test(text);
    this.names = [...new Set(own.map(({ name }) => name).filter(fine))].filter((name) => name.includes(' '));
    this.foreign = this.names.filter((name) => /(?![A-Za-z])\p{L}/u.test(name));
    this.characters = [...new Set(own.map(({ role }) => role).filter(fine))];
  }

  /** One in five has an accent. */
  name(random: Random): string {
    return pick(random, random() < 0.2 ? this.foreign : this.names);
  }

  character(random: Random): string {
    return pick(random, this.characters);
  }
}

function columns(
  rows: readonly (readonly [left: string, right: string, more?: readonly string[]])[],
  at: number,
  heading: string | null,
): Line[] {
  const lines: Line[] = heading === null ? [] : [{ texts: [{ text: heading, at: 0.5, align: 'centre' }], gap: 0 }];
  for (const [left, right, more = []] of rows) {
    lines.push({
      texts: [
        { text: left, at: at - 0.015, align: 'right' },
        { text: right, at: at + 0.015, align: 'left' },
      ],
      gap: lines.length === 1 && heading !== null ? 1 : 0,
    });
    for (const text of more) lines.push({ texts: [{ text, at: at + 0.015, align: 'left' }], gap: 0 });
  }
  return lines;
}

/** Of three columns: longer names would run into each other, as no credits' do. */
const SHORT = 18;
function short(name: () => string): string {
  for (;;) {
    const one = name();
    if (one.length <= SHORT) return one;
  }
}

function drawText(random: Random, names: Names, layout: Layout): Pick<Film, 'truth' | 'pages'> {
  const cast: Truth['cast'] = [];
  const crew: Truth['crew'] = [];
  const capital = random() < 0.5;
  const cased = (text: string): string => (capital ? text.toUpperCase() : text);
  const name = (): string => cased(names.name(random).normalize('NFC').replaceAll("'", '’'));
  const character = (): string => names.character(random).normalize('NFC').replaceAll("'", '’');
  const jobs = [...JOBS].sort(() => random() - 0.5);
  const at = between(random, 0.42, 0.56);
  switch (layout) {
    case 'role | NAME': {
      const rows = jobs.slice(0, 16).map((role) => {
        const own = Array.from({ length: random() < 0.25 ? 2 : 1 }, name);
        for (const one of own) crew.push({ role, name: one });
        return [role, own[0]!, own.slice(1)] as const;
      });
      return { truth: { cast, crew }, pages: [columns(rows, at, null)] };
    }
    case 'character | ACTOR':
    case 'NAME | character': {
      const rows = Array.from({ length: 20 }, () => {
        const pair = { character: character(), actor: name() };
        cast.push(pair);
        return layout === 'NAME | character'
          ? ([pair.actor, pair.character] as const)
          : ([pair.character, pair.actor] as const);
      });
      return {
        truth: { cast, crew },
        pages: [columns(rows, at, random() < 0.7 ? pick(random, ['Cast', 'CAST', 'Cast of Characters']) : null)],
      };
    }
    case 'role above names': {
      const pages = Array.from({ length: 6 }, (_, page): Line[] => {
        const lines: Line[] = [];
        for (const role of jobs.slice(page * 2, page * 2 + 2)) {
          lines.push({ texts: [{ text: role, at: 0.5, align: 'centre' }], gap: lines.length === 0 ? 0 : 1 });
          for (const one of Array.from({ length: random() < 0.3 ? 2 : 1 }, name)) {
            crew.push({ role, name: one });
            lines.push({ texts: [{ text: one, at: 0.5, align: 'centre' }], gap: 0 });
          }
        }
        return lines;
      });
      return { truth: { cast, crew }, pages };
    }
    case 'groups in columns': {
      const lines: Line[] = [];
      for (const role of [...GROUPS].sort(() => random() - 0.5).slice(0, 3)) {
        lines.push({ texts: [{ text: role, at: 0.5, align: 'centre' }], gap: lines.length === 0 ? 0 : 1 });
        for (let row = 0; row < 3; row++) {
          const own = Array.from({ length: 3 }, () => short(name));
          for (const one of own) crew.push({ role, name: one });
          lines.push({ texts: own.map((text, k) => ({ text, at: 0.2 + 0.3 * k, align: 'centre' })), gap: 0 });
        }
      }
      return { truth: { cast, crew }, pages: [lines] };
    }
  }
}

export function drawFilm(
  random: Random,
  names: Names,
  what: Pick<Film, 'font' | 'layout' | 'ground' | 'height'>,
): Film {
  return { ...what, ...drawText(random, names, what.layout) };
}

async function textSheet(text: string, [family, file]: Font, size: number): Promise<Sheet> {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="#ebebeb">${escaped}</span>`,
      font: `${family} ${size}`,
      fontfile: join(FONTS, file),
      rgba: true,
      dpi: 72,
    },
  })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

interface Placed {
  readonly sheet: Sheet;
  readonly x: number;
  readonly y: number;
}

/** Sharp cuts a text to its ink: where its baseline lies is told by what a text of high and deep letters adds. */
async function onBaseline(text: string, font: Font, size: number): Promise<{ sheet: Sheet; down: number }> {
  const [alone, framed] = await Promise.all([textSheet(text, font, size), textSheet(`Åg${text}`, font, size)]);
  return { sheet: alone, down: inkTop(framed, framed.width - alone.width) };
}

/** Rows above the first ink at or behind a column. */
function inkTop({ width, height, data }: Sheet, from: number): number {
  for (let y = 0; y < height; y++)
    for (let x = Math.max(0, from); x < width; x++) if (data[(y * width + x) * 4 + 3]! > 40) return y;
  return 0;
}

const RATE = 8;
const CARD_SECONDS = 3;

/** The largest size, not above this one, at which the columns of each line are at least a letter's height apart. */
async function sizeOf(film: Film, largest: number): Promise<number> {
  for (let size = largest; ; size--) {
    const pages = await Promise.all(film.pages.map((lines) => placed(lines, film, size)));
    const isCrowded = pages.some(({ texts }) =>
      texts.some((a) =>
        texts.some((b) => a !== b && Math.abs(a.y - b.y) < size / 2 && a.x <= b.x && a.x + a.sheet.width + size > b.x),
      ),
    );
    if (!isCrowded || film.layout !== 'groups in columns') return size;
  }
}

async function placed(lines: readonly Line[], film: Film, size: number): Promise<{ texts: Placed[]; height: number }> {
  const width = (film.height * 16) / 9;
  const texts: Placed[] = [];
  let y = 0;
  for (const line of lines) {
    y += size * 1.45 * line.gap;
    for (const { text, at, align } of line.texts) {
      const { sheet, down } = await onBaseline(text, film.font, size);
      const x = at * width - (align === 'left' ? 0 : align === 'right' ? sheet.width : sheet.width / 2);
      texts.push({ sheet, x, y: y + down });
    }
    y += size * 1.45;
  }
  return { texts, height: y };
}

function darkened({ width, height, data }: RgbImage): RgbImage {
  const out = new Uint8Array(data.length);
  for (let k = 0; k < data.length; k++) out[k] = data[k]! * 0.6;
  return { width, height, data: out };
}

/** Real film, darkened, eight pictures a second, at a size. */
export async function footageOf(media: Media, file: string, start: number, height: number): Promise<RgbImage[]> {
  const times = Array.from({ length: 12 * RATE }, (_, k) => start + k / RATE);
  const pictures: RgbImage[] = [];
  const size = { width: (height * 16) / 9, height, fit: 'fill' } as const;
  for await (const { images } of media.source.frames(file, { plan: { kind: 'exactAt', times }, sizes: [size] }))
    pictures.push(darkened(images[0]!));
  return pictures;
}

/** Writes the film; answers how long it is, seconds. */
export async function writeFilm(
  film: Film,
  random: Random,
  footage: readonly RgbImage[],
  file: string,
): Promise<number> {
  const width = (film.height * 16) / 9;
  const size = await sizeOf(film, Math.round((film.height / 360) * between(random, 14, 20)));
  const writer = await openVideoWriter(file, {
    width,
    height: film.height,
    frameRate: RATE,
    encoderOptions: { crf: '24', g: '40' },
  });
  let frames = 0;
  const ground = (): RgbImage => {
    const from = film.ground === 'black' ? null : footage[frames % footage.length]!;
    return from === null ? plain(width, film.height, [4, 4, 4]) : { ...from, data: from.data.slice() };
  };
  const draw = async (texts: readonly Placed[], up: number, opacity = 1): Promise<void> => {
    const image = ground();
    for (const { sheet, x, y } of texts)
      if (y - up < film.height && y + sheet.height > up) overlay(image, sheet, x, y - up, opacity);
    await writer.write(image);
    frames++;
  };
  const speed = between(random, 0.09, 0.18) * film.height;
  for (const lines of film.pages) {
    const { texts, height } = await placed(lines, film, size);
    if (film.pages.length === 1) for (let up = -film.height; up < height; up += speed / RATE) await draw(texts, up);
    else {
      const up = -(film.height - height) / 2;
      for (let k = 0; k < CARD_SECONDS * RATE; k++)
        await draw(texts, up, Math.min(1, (k + 1) / 4, (CARD_SECONDS * RATE - k) / 4));
    }
  }
  await writer.close();
  return frames / RATE;
}

/** Of each font one film of each size; round by round with other layouts and grounds. */
export function casesOf(fonts: readonly Font[], rounds = 1): Pick<Film, 'font' | 'layout' | 'ground' | 'height'>[] {
  return Array.from({ length: rounds }, (_, round) =>
    fonts.flatMap((font, f) =>
      ([360, 720] as const).map((height, h) => ({
        font,
        height,
        layout: LAYOUTS[(f + 2 * h + round) % LAYOUTS.length]!,
        ground: (f + Math.floor(f / 5) + h + round) % 2 === 0 ? ('black' as const) : ('footage' as const),
      })),
    ),
  ).flat();
}
