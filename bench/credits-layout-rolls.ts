/** Rolls as rows of text with their places, without pictures: several layouts below each other on one page, as real credits have them. */
import { between, pick, type Random } from '../notebooks-ts/credits-films/drawing.js';
import type { PlacedText, Row } from '../src/credits/billing/types.js';
import { GROUPS, JOBS, type Names } from './credits-reading-films.js';

export const SECTIONS = [
  'role | name',
  'character | actor',
  'actor | character',
  'role above names, centred',
  'role above names, on the left',
  'role above names, indented',
  'names side by side',
  'names running on',
  'role: name',
  'role far from name',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface RollPair {
  readonly section: Section;
  readonly role: string;
  readonly name: string;
}

export interface Roll {
  readonly rows: Row[];
  readonly pairs: RollPair[];
}

/** How a film writes its credits, all through. */
interface Style {
  readonly role: (text: string) => string;
  readonly name: (text: string) => string;
  readonly heading: (text: string) => string;
  /** Height of a box, picture heights. */
  readonly size: number;
  /** Distance of rows, boxes. */
  readonly pitch: number;
  readonly isGapped: boolean;
}

const upper = (text: string): string => text.toUpperCase();
const same = (text: string): string => text;

function styleOf(random: Random): Style {
  const [role, name] = pick(random, [
    [upper, same],
    [same, upper],
    [same, same],
    [upper, upper],
    [same, upper],
    [upper, same],
  ] as const);
  return {
    role,
    name,
    heading: pick(random, [upper, same]),
    size: between(random, 0.035, 0.06),
    pitch: between(random, 0.82, 1.15),
    isGapped: random() < 0.7,
  };
}

/** Widths of letters, heights of a box: narrow ones, capitals, others. */
const letterWidth = (letter: string): number =>
  /[ijlftr.,:;'’· ]/u.test(letter) ? 0.2 : /[\p{Lu}mw]/u.test(letter) ? 0.45 : 0.35;
const ASPECT = 16 / 9;

type Align = 'left' | 'centre' | 'right';

class Page {
  readonly rows: Row[] = [];
  readonly pairs: RollPair[] = [];
  private y = 1;

  constructor(
    private readonly random: Random,
    readonly style: Style,
    private readonly number: number,
  ) {}

  gap(lines: number): void {
    this.y += lines * this.style.pitch * this.style.size;
  }

  widthOf(text: string, size = this.style.size): number {
    return ([...text].reduce((sum, letter) => sum + letterWidth(letter), 0) * size) / ASPECT;
  }

  /** A text from its left edge, middle or right edge. */
  text(text: string, at: number, align: Align, size = this.style.size): PlacedText {
    const width = this.widthOf(text, size);
    const jitter = between(this.random, -0.002, 0.002);
    const x = at + jitter - (align === 'left' ? 0 : align === 'right' ? width : width / 2);
    const spaces = [...text].flatMap((letter, k) =>
      letter === ' ' ? [x + this.widthOf(text.slice(0, k), size) + this.widthOf(' ', size) / 2] : [],
    );
    const start = Math.round(this.y * 7);
    const confidence = between(this.random, 0.85, 0.99);
    return { text, confidence, start, end: start + 6, page: this.number, x, width, spaces, y: this.y, height: size };
  }

  row(...parts: PlacedText[]): void {
    const [first] = parts;
    const { start, end, height } = first!;
    this.rows.push({ page: this.number, y: this.y, height, start, end, parts: this.asRead(parts) });
    this.y += this.style.pitch * Math.max(height, this.style.size);
  }

  /** Texts that nearly touch are read as one. */
  private asRead(parts: readonly PlacedText[]): PlacedText[] {
    const read: PlacedText[] = [];
    for (const part of parts) {
      const last = read.at(-1);
      const gap = last === undefined ? Infinity : part.x - last.x - last.width;
      if (last === undefined || gap > (0.9 * part.height) / ASPECT) {
        read.push(part);
        continue;
      }
      read[read.length - 1] = {
        ...last,
        text: `${last.text} ${part.text}`,
        width: part.x + part.width - last.x,
        spaces: [...last.spaces, last.x + last.width + gap / 2, ...part.spaces],
      };
    }
    return read;
  }

  pair(section: Section, role: string, name: string): void {
    this.pairs.push({ section, role, name });
  }
}

const HEADINGS = { cast: ['Cast', 'CAST', 'Starring', 'The Cast'], thanks: ['Special Thanks', 'Thanks to', 'Very Special Thanks to'] }; // prettier-ignore

const counted = (random: Random, least: number, most: number): number => Math.floor(between(random, least, most + 1));

/** The names of a role: mostly one, at times several. */
const namesFor = (random: Random, name: () => string): string[] =>
  Array.from({ length: random() < 0.3 ? counted(random, 2, 5) : 1 }, name);

function drawSection(random: Random, names: Names, page: Page, section: Section): void {
  const { style } = page;
  const name = (): string => style.name(names.name(random).normalize('NFC'));
  const jobs = [...JOBS].sort(() => random() - 0.5).map(style.role);
  const groups = [...GROUPS].sort(() => random() - 0.5).map(style.role);
  const headed = (heading: string): string => {
    const text = style.heading(heading);
    page.row(page.text(text, 0.5, 'centre', style.size * pick(random, [1, 1.2])));
    page.gap(pick(random, [0, 1]));
    return text;
  };
  switch (section) {
    case 'role | name':
    case 'role far from name': {
      const isFar = section === 'role far from name';
      const [left, right] = isFar ? [between(random, 0.08, 0.2), between(random, 0.6, 0.68)] : [0.49, 0.51];
      const shift = isFar ? 0 : between(random, -0.06, 0.06);
      const align = isFar ? 'left' : 'right';
      for (const role of jobs.slice(0, counted(random, 5, 12))) {
        const own = namesFor(random, name);
        own.forEach((one, k) => {
          const told = page.text(one, right + shift, 'left');
          page.row(...(k === 0 ? [page.text(role, left + shift, align)] : []), told);
          page.pair(section, role, one);
        });
      }
      return;
    }
    case 'character | actor':
    case 'actor | character': {
      if (random() < 0.8) headed(pick(random, HEADINGS.cast));
      const gap = pick(random, [0.008, 0.015, 0.03]);
      const shift = between(random, -0.06, 0.06);
      for (let k = counted(random, 8, 20); k > 0; k--) {
        const [character, actor] = [style.role(names.character(random).normalize('NFC')), name()];
        const [left, right] = section === 'actor | character' ? [actor, character] : [character, actor];
        page.row(page.text(left, 0.5 + shift - gap, 'right'), page.text(right, 0.5 + shift + gap, 'left'));
        page.pair(section, character, actor);
      }
      return;
    }
    case 'role above names, centred':
    case 'role above names, on the left':
    case 'role above names, indented': {
      const left = between(random, 0.1, 0.4);
      const [at, indent, align] =
        section === 'role above names, centred'
          ? ([0.5, 0, 'centre'] as const)
          : ([left, section === 'role above names, indented' ? between(random, 0.03, 0.09) : 0, 'left'] as const);
      // Without another case, size, place or space nobody could tell them apart.
      const isPlain = indent === 0 && style.role('aA') === style.name('aA');
      const gap = style.isGapped || isPlain ? 1 : 0;
      for (const role of jobs.slice(0, counted(random, 4, 10))) {
        page.row(page.text(role, at, align));
        for (const one of namesFor(random, name)) {
          page.row(page.text(one, at + indent, align));
          page.pair(section, role, one);
        }
        page.gap(gap);
      }
      return;
    }
    case 'names side by side': {
      const columns = counted(random, 2, 3);
      for (const group of groups.slice(0, counted(random, 1, 3))) {
        const role = headed(group);
        for (let k = counted(random, 2, 5); k > 0; k--) {
          const own = Array.from({ length: columns }, name).filter((one) => page.widthOf(one) < 0.75 / columns);
          page.row(...own.map((one, c) => page.text(one, columns === 2 ? 0.3 + 0.4 * c : 0.18 + 0.32 * c, 'centre')));
          for (const one of own) page.pair(section, role, one);
        }
        page.gap(1);
      }
      return;
    }
    case 'names running on': {
      const role = headed(pick(random, HEADINGS.thanks));
      const between_ = pick(random, [', ', ' · ', ' • ']);
      const own = Array.from({ length: counted(random, 10, 40) }, name);
      const words = own.flatMap((one, k) => `${one}${k < own.length - 1 ? between_ : ''}`.split(/(?<=\s)/u));
      let line = '';
      const [width, align] = [between(random, 0.6, 0.84), pick(random, ['left', 'centre'] as const)];
      const flush = (): void => {
        const text = line.trim();
        line = '';
        if (text !== '') page.row(page.text(text, align === 'left' ? 0.5 - width / 2 : 0.5, align));
      };
      for (const word of words) {
        if (page.widthOf(line + word) > width) flush();
        line += word;
      }
      flush();
      for (const one of own) page.pair(section, role, one);
      return;
    }
    case 'role: name': {
      for (const role of jobs.slice(0, counted(random, 3, 8))) {
        const one = name();
        page.row(page.text(`${role}: ${one}`, 0.5, 'centre'));
        page.pair(section, role, one);
      }
    }
  }
}

/** A roll of several sections, one of each kind at most. */
export function drawRoll(random: Random, names: Names): Roll {
  const page = new Page(random, styleOf(random), 0);
  const sections = [...SECTIONS].sort(() => random() - 0.5).slice(0, counted(random, 3, 7));
  for (const section of sections) {
    drawSection(random, names, page, section);
    page.gap(counted(random, 1, 4));
  }
  return { rows: page.rows, pairs: page.pairs };
}
