/** Paints text that is of no credits: overlays that stay, documents, chats, slides, code, lyrics and captions all through. */
import type { RgbImage } from '../../src/frames/types.js';
import { between, overlay, pick, plain, textSheet, type Random, type Sheet } from './drawing.js';
import { copy, HEIGHT, style, WHITE, WIDTH, type Picture, type Section } from './sections.js';

const PROSE = (
  'when nobody on this street could sleep the rain had stopped before midnight and everyone was waiting for news from the harbour ' +
  'we never asked why she would leave without her coat but it seemed that nothing else was missing from the room so they closed the file ' +
  'please read all pages carefully because your answer will decide what happens next if you agree sign below and return it to the office'
).split(' ');
const BUSINESS =
  'revenue growth margin costs target quarter customers market pipeline hiring churn budget roadmap launch forecast support backlog scope delivery risk'.split(
    ' ',
  );
const SPOKEN = [
  'where are you',
  'on my way',
  'did you see it?',
  'no way',
  'call me',
  'i told you so',
  'what happened',
  'be careful',
  'not yet',
  'ok',
  'haha',
  'is it too late now?',
  'they know',
  'stay there',
  'who is this?',
  'it was not me',
  'open the door',
  'see you soon',
  'nothing',
  'I can explain',
  'wait for me',
  'don’t go',
  'you should not have come here',
];
const SUNG = [
  'I was running through the night',
  'hold me closer than before',
  'and the river knows my name',
  'oh we never come back down',
  'tell me where the summer goes',
  'you are the light on the water',
  'nobody hears us singing',
  'carry me over the hills',
  'my heart is a broken radio',
  'we dance until the morning comes',
];
const CODE = [
  'function total(items) {',
  '  let sum = 0;',
  '  for (const item of items) {',
  '    sum += item.price * item.count;',
  '  }',
  '  return sum;',
  '}',
  'import { useState } from "react";',
  'const [open, setOpen] = useState(false);',
  'def main(args):',
  '    for line in sys.stdin:',
  '        print(line.strip())',
  '    if not args.path:',
  '        raise ValueError("path")',
  '#include <stdio.h>',
  'int main(void) {',
  '  printf("%d\\n", x);',
  'SELECT name, COUNT(*) FROM users',
  'WHERE age > 30 GROUP BY name;',
  '// TODO later',
  'npm install express',
  'app.get("/", (req, res) => {',
  '  res.send({ ok: true });',
  '});',
  'class Node(object):',
  '    def __init__(self, value):',
  '        self.value = value',
];
const FOREIGN = [
  'Что ты здесь делаешь?',
  'Он уже ушёл домой',
  'Давай быстрее!',
  'Это невозможно',
  'Я тебе не верю',
  'Подожди меня',
  'Πού πας τώρα;',
  'Δεν το πιστεύω',
  'Έλα γρήγορα',
  'Не может быть!!',
];

const words = (random: Random, from: readonly string[], count: number): string => {
  const first = Math.floor(random() * from.length);
  return Array.from({ length: count }, (_, k) => from[(first + k) % from.length]!).join(' ');
};
const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;
const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/** Something that is laid over a film all the time; `time` is the film's, seconds. */
export type Overlay = (image: Picture, time: number) => void;

type Corner = readonly [right: boolean, foot: boolean];
const CORNERS: readonly Corner[] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];
const EDGE = 10;

function inCorner(image: Picture, sheet: Sheet, [right, foot]: Corner, lift = 0): void {
  overlay(
    image,
    sheet,
    right ? WIDTH - EDGE - sheet.width : EDGE,
    foot ? HEIGHT - EDGE - lift - sheet.height : EDGE + lift,
  );
}

async function standing(random: Random, corner: Corner, lift: number): Promise<Overlay> {
  const text = pick(random, [
    'KANAL 4',
    'cinetv',
    'NEWS 24',
    'arena HD',
    '12+',
    '16',
    'FSK 12',
    'TV-MA',
    'LIVE',
    '3 March 2019',
    '14.07.2021',
    '#thequiz',
    'Tuesday',
    'REC',
    'Episode 7',
    'kinostudio.tv',
    'Berlin',
    'Lisbon, Portugal',
    'Weather 14 °C',
    'repeat',
    'Sports One',
  ]);
  const sheet = await textSheet([text], style(random, 8, 13, WHITE));
  return (image) => inCorner(image, sheet, corner, lift);
}

/** A clock or a match's score and time: its letters change at their place. */
async function ticking(random: Random, corner: Corner, lift: number): Promise<Overlay> {
  const [begin, unit] = [between(random, 3600, 80_000), pick(random, [1, 60])];
  const teams =
    random() < 0.4
      ? `${pick(random, ['FCB', 'RMA', 'USA', 'LIV'])} ${Math.floor(random() * 4)}:${Math.floor(random() * 4)} ${pick(random, ['BVB', 'JUV', 'GER', 'ARS'])}  `
      : '';
  const look = style(random, 9, 13, WHITE);
  const digits = await Promise.all(Array.from('0123456789:', (digit) => textSheet([digit], { ...look, face: 8 })));
  const front = teams === '' ? null : await textSheet([teams], look);
  const pitch = Math.max(...digits.map(({ width }) => width)) + 2;
  return (image, time) => {
    const now = begin + time;
    const text = unit === 1 ? `${two((now / 60) % 60)}:${two(now % 60)}` : `${two(now / 3600)}:${two((now / 60) % 60)}`;
    const width = (front?.width ?? 0) + pitch * text.length;
    const y = corner[1] ? HEIGHT - EDGE - lift - look.size : EDGE + lift;
    let x = corner[0] ? WIDTH - EDGE - width : EDGE;
    if (front !== null) overlay(image, front, x, y);
    x += front?.width ?? 0;
    for (const digit of text) {
      const sheet = digits[digit === ':' ? 10 : Number(digit)]!;
      overlay(image, sheet, x, y + (digit === ':' ? 2 : 0));
      x += pitch;
    }
  };
}

/** News that move along the foot, on a band or over the picture. */
async function ticker(random: Random): Promise<Overlay> {
  const text = Array.from({ length: 6 }, () => capital(words(random, PROSE, 9))).join('  +++  ');
  const sheet = await textSheet([random() < 0.3 ? text.toUpperCase() : text], style(random, 9, 12, WHITE));
  const [speed, band] = [between(random, 20, 60), random() < 0.6 ? plain(WIDTH, sheet.height + 8, [10, 20, 60]) : null];
  const y = HEIGHT - sheet.height - 6;
  return (image, time) => {
    if (band !== null) image.data.set(band.data.subarray(0, (HEIGHT - y + 4) * WIDTH * 3), (y - 4) * WIDTH * 3);
    const along = (time * speed) % (sheet.width + WIDTH);
    overlay(image, sheet, WIDTH - along, y);
  };
}

/** One to four of them, each at a place of its own. */
export async function overlays(random: Random): Promise<Overlay> {
  const [count, all] = [pick(random, [1, 2, 2, 3, 4]), [] as Overlay[]];
  const corners = [...CORNERS].sort(() => random() - 0.5);
  const withTicker = count > 1 && random() < 0.4;
  if (withTicker) all.push(await ticker(random));
  while (all.length < count) {
    const corner = corners.pop()!;
    all.push(await (random() < 0.35 ? ticking : standing)(random, corner, withTicker && corner[1] ? 26 : 0));
  }
  return (image, time) => {
    for (const one of all) one(image, time);
  };
}

/** Sections with overlays: over the story only, or over the credits too. */
export function overlaid(sections: readonly Section[], over: Overlay, credits: boolean): Section[] {
  let start = 0;
  return sections.map((section) => {
    const from = start;
    start += section.seconds;
    if (section.what !== 'story' && !credits) return section;
    return {
      ...section,
      paint: (t, share, clip) => {
        const image = copy(section.paint(t, share, clip) as RgbImage);
        over(image, from + t);
        return image;
      },
    };
  });
}

/** Grounds and letters of a screen. */
const SCREENS = [
  [
    [245, 244, 240],
    [25, 25, 25],
  ],
  [
    [214, 206, 188],
    [40, 30, 20],
  ],
  [
    [14, 18, 24],
    [215, 220, 225],
  ],
  [
    [30, 34, 50],
    [235, 235, 235],
  ],
  [
    [0, 0, 0],
    [90, 230, 110],
  ],
] as const;

const page = (seconds: number, paint: Section['paint']): Section => ({ what: 'story', seconds, footage: false, paint });

/** A letter, a file or a report that somebody reads. */
export async function documentPage(random: Random, seconds: number): Promise<Section> {
  const [ground, ink] = pick(random, SCREENS);
  const code = (): string =>
    `${pick(random, ['No.', 'Ref.', 'Case', 'File', 'Date:'])} ${Math.floor(random() * 9000)}/${Math.floor(random() * 90)}-${pick(random, ['A', 'B', 'K'])}`;
  const named = (): string =>
    `${pick(random, ['Witness', 'Signed', 'Officer', 'Patient', 'To', 'From', 'Address'])}: ${pick(random, ['M. Hart', 'Dr. Elis', 'J. Novak', '14 Mill Lane', 'R. Stone'])}`;
  const lines = Array.from({ length: pick(random, [5, 7, 9, 11]) }, () => {
    const kind = random();
    if (kind < 0.65) return words(random, PROSE, 4 + Math.floor(random() * 5)) + pick(random, ['', '', '.', ',']);
    return kind < 0.8 ? code() : named();
  });
  lines.unshift(
    pick(random, [
      'CONFIDENTIAL',
      'Dear Sir,',
      'MEDICAL REPORT',
      'Last will',
      'POLICE STATEMENT',
      'Contract',
      'To whom it may concern',
    ]),
  );
  const sheet = await textSheet(
    lines.map((line, k) => (k === 0 ? line : capital(line))),
    style(random, 9, 13, ink, pick(random, ['left', 'left', 'centre'])),
  );
  const [back, scrolls, x] = [
    plain(WIDTH, HEIGHT, ground),
    random() < 0.25,
    between(random, 20, Math.max(21, WIDTH - sheet.width - 20)),
  ];
  return page(seconds, (t) => {
    const image = copy(back);
    overlay(image, sheet, x, scrolls ? HEIGHT * 0.6 - t * 18 : Math.max(10, (HEIGHT - sheet.height) / 2));
    return image;
  });
}

/** Messages that come one after the other, those of one side at the left, those of the other at the right. */
export async function chat(random: Random, seconds: number): Promise<Section> {
  const [ground, ink] = pick(random, SCREENS);
  const look = style(random, 9, 12, ink, 'left');
  const every = between(random, 1.5, 3);
  const sheets: Sheet[] = [];
  for (let k = 0; k < Math.min(7, seconds / every); k++) sheets.push(await textSheet([pick(random, SPOKEN)], look));
  const sides = sheets.map(() => random() < 0.5);
  const back = plain(WIDTH, HEIGHT, ground);
  return page(seconds, (t) => {
    const image = copy(back);
    sheets
      .slice(0, 1 + Math.floor(t / every))
      .forEach((sheet, k) => overlay(image, sheet, sides[k] ? WIDTH * 0.8 - sheet.width : WIDTH * 0.2, 24 + k * 32));
    return image;
  });
}

/** A talk: a heading and points, a page after the other. */
export async function slides(random: Random, seconds: number): Promise<Section> {
  const [ground, ink] = pick(random, SCREENS);
  const each = between(random, 8, 20);
  const [head, body, bullet] = [
    style(random, 16, 22, ink, 'left'),
    style(random, 9, 13, ink, 'left'),
    pick(random, ['- ', '• ', '']),
  ];
  const made: [Sheet, Sheet][] = [];
  for (let k = 0; k < seconds / each; k++) {
    const points = Array.from(
      { length: pick(random, [3, 4, 5, 6]) },
      () =>
        bullet +
        (random() < 0.5
          ? words(random, BUSINESS, 3 + Math.floor(random() * 3))
          : words(random, PROSE, 4 + Math.floor(random() * 4))),
    );
    made.push([
      await textSheet([`${random() < 0.4 ? `${k + 1}. ` : ''}${capital(pick(random, BUSINESS))}`], head),
      await textSheet(points, { ...body, spacing: 6 }),
    ]);
  }
  const back = plain(WIDTH, HEIGHT, ground);
  return page(seconds, (t) => {
    const image = copy(back);
    const [title, points] = made[Math.min(made.length - 1, Math.floor(t / each))]!;
    overlay(image, title, 30, 22);
    overlay(image, points, 40, 64);
    return image;
  });
}

/** A programming lesson: lines are typed below each other, and the page moves up when it is full. */
export async function codeLesson(random: Random, seconds: number): Promise<Section> {
  const [ground, ink] = pick(random, SCREENS.slice(0, 1).concat(SCREENS.slice(2)));
  const look = { ...style(random, 9, 12, ink, 'left'), face: 8 };
  const [every, first] = [between(random, 1.5, 4), Math.floor(random() * CODE.length)];
  const sheets: Sheet[] = [];
  for (let k = 0; k < 6 + seconds / every; k++)
    sheets.push(await textSheet([CODE[(first + k) % CODE.length]!.trim()], look));
  const indents = sheets.map(
    (_, k) => 8 * (CODE[(first + k) % CODE.length]!.length - CODE[(first + k) % CODE.length]!.trimStart().length),
  );
  const back = plain(WIDTH, HEIGHT, ground);
  const [lines, pitch] = [13, 19];
  return page(seconds, (t) => {
    const image = copy(back);
    const typed = 6 + Math.floor(t / every);
    const top = Math.max(0, typed - lines);
    for (let k = top; k < Math.min(typed, sheets.length); k++)
      overlay(image, sheets[k]!, 24 + indents[k]!, 12 + (k - top) * pitch);
    return image;
  });
}

/** Lines of a song over the picture or over one colour, all through. */
export async function lyrics(random: Random, seconds: number, footage = random() < 0.6): Promise<Section> {
  const [each, foot] = [between(random, 3, 6), random() < 0.5];
  const look = style(random, 13, 18, pick(random, [WHITE, [250, 220, 60]] as const));
  const sheets: Sheet[] = [];
  for (let k = 0; k < seconds / each; k++)
    sheets.push(
      await textSheet(
        Array.from({ length: pick(random, [1, 2, 2, 3]) }, () => pick(random, SUNG)),
        look,
      ),
    );
  const back = plain(WIDTH, HEIGHT, [between(random, 0, 60), between(random, 0, 60), between(random, 0, 90)]);
  return {
    what: 'story',
    seconds,
    footage,
    paint: (t, _share, clip) => {
      const image = copy(footage ? clip : back);
      const sheet = sheets[Math.min(sheets.length - 1, Math.floor(t / each))]!;
      if (t % each < each * 0.9)
        overlay(
          image,
          sheet,
          (WIDTH - sheet.width) / 2,
          foot ? HEIGHT - 16 - sheet.height : (HEIGHT - sheet.height) / 2,
        );
      return image;
    },
  };
}

const BRIGHT = [
  [255, 235, 60],
  [90, 230, 110],
  [255, 120, 200],
  [235, 235, 235],
] as const;

/** What a show writes over its pictures all through: short remarks at any place, in any colour, some in letters that nobody here reads. */
export async function remarks(random: Random, seconds: number): Promise<Section> {
  const [each, foreign] = [between(random, 2, 4), random() < 0.6];
  const shown: { sheets: Sheet[]; places: number[][] }[] = [];
  for (let k = 0; k < seconds / each; k++) {
    const sheets: Sheet[] = [];
    for (let n = pick(random, [0, 1, 1, 2, 3]); n > 0; n--) {
      sheets.push(
        await textSheet([pick(random, foreign ? FOREIGN : SPOKEN)], style(random, 9, 16, pick(random, BRIGHT))),
      );
    }
    shown.push({
      sheets,
      places: sheets.map(({ width, height }) => [
        between(random, 10, WIDTH - width - 10),
        between(random, 20, HEIGHT - height - 20),
      ]),
    });
  }
  return {
    what: 'story',
    seconds,
    footage: true,
    paint: (t, _share, clip) => {
      const image = copy(clip);
      const { sheets, places } = shown[Math.min(shown.length - 1, Math.floor(t / each))]!;
      sheets.forEach((sheet, k) => overlay(image, sheet, places[k]![0]!, places[k]![1]!));
      return image;
    },
  };
}

/** Subtitles or the lines of a song go on at the foot of everything, the credits too. */
export async function captionsUntilTheEnd(random: Random, seconds: number): Promise<Overlay> {
  const each = between(random, 3, 4.5);
  const look = style(random, 12, 15, WHITE);
  const sheets: Sheet[] = [];
  for (let k = 0; k < seconds / each; k++)
    sheets.push(await textSheet([random() < 0.5 ? pick(random, SUNG) : capital(words(random, PROSE, 6))], look));
  return (image, time) => {
    if (time % each > each * 0.75) return;
    const sheet = sheets[Math.floor(time / each) % sheets.length]!;
    overlay(image, sheet, (WIDTH - sheet.width) / 2, HEIGHT - 12 - sheet.height);
  };
}
