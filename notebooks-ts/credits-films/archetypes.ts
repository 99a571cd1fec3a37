import { between, pick, type Random } from './drawing.js';
import {
  black,
  captions,
  cards,
  faded,
  onBlack,
  overFootage,
  roll,
  smallNames,
  speakers,
  story,
  WHITE,
  type Section,
} from './sections.js';
import {
  captionsUntilTheEnd,
  chat,
  codeLesson,
  documentPage,
  lyrics,
  overlaid,
  overlays,
  remarks,
  slides,
} from './texts.js';

/** The kinds of films that are made. Which numbers of `random` a recipe takes, and in which order, decides what its films are. */

/** What a film may be made of: drawn for every film before its recipe draws more. */
interface Ingredients {
  readonly random: Random;
  /** A story. */
  readonly body: Section;
  /** Black between the story and the credits, in half of the films. */
  readonly gap: readonly Section[];
  /** Of a roll, seconds. */
  readonly length: number;
}

type Recipe = (ingredients: Ingredients) => Section[] | Promise<Section[]>;

const WITH = {
  roll: async ({ random, body, gap, length }) => [body, ...gap, await roll(random, length, onBlack)],
  'roll, two parts': async ({ random, body }) => [
    body,
    await roll(random, 18, onBlack),
    black(1),
    await roll(random, 18, onBlack),
  ],
  cards: async ({ random, body, gap }) => [body, ...gap, await cards(random, 8, between(random, 2.5, 4), onBlack, 0)],
  'cards then roll': async ({ random, body, gap, length }) => [
    body,
    ...gap,
    await cards(random, 4, 3, onBlack, 0.4),
    await roll(random, length, onBlack),
  ],
  'side credits over footage': async ({ random, body, length }) => [
    body,
    await roll(random, length, overFootage, pick(random, [0, 1])),
  ],
  'cards over footage': async ({ random, body }) => [
    body,
    await cards(random, 8, 3.5, overFootage, 0.3, pick(random, [0, 0.5, 1])),
  ],
  'bright ground': async ({ random, body, gap, length }) => [
    body,
    ...gap,
    await roll(random, length, { colour: [240, 238, 230], text: [20, 20, 20], dim: 1 }),
  ],
  'coloured cards': async ({ random, body }) => {
    const colour = [between(random, 20, 200), between(random, 20, 120), between(random, 20, 200)] as const;
    return [body, await cards(random, 8, 3.5, { colour, text: WHITE, dim: 1 }, 0)];
  },
  'epilogue before': async ({ random, body, length }) => [
    body,
    await captions(random, 12, 6, 'epilogue', false),
    black(1),
    await roll(random, length, onBlack),
  ],
  'burnt-in subtitles': async ({ random, gap, length }) => [
    await captions(random, 32, 3.5, 'subtitle', true),
    ...gap,
    await roll(random, length, onBlack),
  ],
  short: async ({ random, body, gap }) => [body, ...gap, await cards(random, 3, between(random, 2, 3.5), onBlack, 0)],
  faded: async ({ random, body }) => [faded(body, 2), black(1), await cards(random, 8, 4, onBlack, 1)],
  'scene inside': async ({ random, body, length }) => [
    body,
    await cards(random, 5, 3, onBlack, 0),
    story(between(random, 10, 25), 'scene'),
    await roll(random, length, onBlack),
  ],
  'scene after': async ({ random, body, gap, length }) => [
    body,
    ...gap,
    await roll(random, length, onBlack),
    black(0.5),
    story(between(random, 10, 25), 'scene'),
    black(1),
  ],
  'logo after': async ({ random, body, gap, length }) => {
    const logo = await captions(random, 4, 4, 'title', false);
    return [body, ...gap, await roll(random, length, onBlack), black(1), { ...logo, what: 'logo' }];
  },
  'real roll': ({ body }) => [
    body,
    black(0.5),
    { ...story(30, 'roll'), from: ['video/big-buck-bunny-360p.mp4', 534, 566] },
  ],
  'real cards': ({ body }) => [body, { ...story(9, 'cards'), from: ['video/credits-cards-10s.mp4', 0.95, 10] }],
  'small names over the story': async ({ random, body }) => [
    body,
    await smallNames(random, pick(random, [6, 9, 12]), between(random, 2.5, 4)),
  ],
  'overlays, then a roll': async ({ random, gap, length }) =>
    overlaid(
      [story(between(random, 60, 110)), ...gap, await roll(random, length, onBlack)],
      await overlays(random),
      random() < 0.5,
    ),
  'overlays, then cards': async ({ random, gap }) =>
    overlaid(
      [story(between(random, 60, 110)), ...gap, await cards(random, 8, 3.5, onBlack, 0.3)],
      await overlays(random),
      random() < 0.5,
    ),
  'overlays, cards over footage': async ({ random }) => {
    const sections = [
      story(between(random, 60, 110)),
      await cards(random, 8, 3.5, overFootage, 0.3, pick(random, [0, 0.5, 1])),
    ];
    return overlaid(sections, await overlays(random), random() < 0.7);
  },
  'captions until the end': async ({ random, gap, length }) =>
    overlaid(
      [story(between(random, 60, 110)), ...gap, await roll(random, length, onBlack)],
      await captionsUntilTheEnd(random, 120),
      true,
    ),
  'lyrics, then a roll': async ({ random, body, gap, length }) => [
    body,
    await lyrics(random, between(random, 20, 40), true),
    ...gap,
    await roll(random, length, onBlack),
  ],
  'a document, then cards': async ({ random, body, gap }) => [
    body,
    await documentPage(random, between(random, 5, 12)),
    story(between(random, 8, 30)),
    ...gap,
    await cards(random, 8, 3.5, onBlack, 0),
  ],
  'remarks, then a roll': async ({ random, gap, length }) => [
    await remarks(random, between(random, 60, 110)),
    ...gap,
    await roll(random, length, onBlack),
  ],
} satisfies Readonly<Record<string, Recipe>>;

const WITHOUT = {
  none: ({ body }) => [body, story(20)],
  'none, ends on black': ({ body }) => [faded(body, 2), black(4)],
  'none, kinetic type': async ({ random }) => [story(18), await captions(random, 24, 1.6, 'kinetic', false), story(8)],
  'none, opening titles': async ({ random }) => [story(6), await captions(random, 5, 5, 'title', true), story(30)],
  'none, subtitles': async ({ random }) => [await captions(random, 42, 3.5, 'subtitle', true)],
  'none, speakers’ names': async ({ random }) => [
    story(10),
    await speakers(random, 3, between(random, 10, 16), 4),
    story(8),
  ],
  'none, overlays': async ({ random }) => overlaid([story(between(random, 60, 140))], await overlays(random), true),
  'none, many overlays': async ({ random }) =>
    overlaid(overlaid([story(between(random, 60, 140))], await overlays(random), true), await overlays(random), true),
  'none, a document': async ({ random }) => [
    story(between(random, 60, 120)),
    await documentPage(random, between(random, 5, 14)),
    story(between(random, 10, 40)),
  ],
  'none, a chat': async ({ random }) => [
    story(between(random, 60, 120)),
    await chat(random, between(random, 7, 16)),
    story(between(random, 8, 30)),
  ],
  'none, slides': async ({ random }) => [await slides(random, between(random, 90, 240))],
  'none, a code lesson': async ({ random }) => [await codeLesson(random, between(random, 90, 240))],
  'none, lyrics': async ({ random }) => [
    story(between(random, 6, 15)),
    await lyrics(random, between(random, 70, 160)),
    story(between(random, 0.5, 8)),
  ],
  'none, remarks': async ({ random }) => [await remarks(random, between(random, 80, 200))],
} satisfies Readonly<Record<string, Recipe>>;

const RECIPES = { ...WITH, ...WITHOUT };
export type Archetype = keyof typeof RECIPES;

const WITH_CREDITS = Object.keys(WITH) as (keyof typeof WITH)[];
const WITHOUT_CREDITS = Object.keys(WITHOUT) as (keyof typeof WITHOUT)[];
export const ARCHETYPES: readonly Archetype[] = [...WITH_CREDITS, ...WITHOUT_CREDITS];

/** Two films with credits, then one without. */
export function archetypeOf(seed: number): Archetype {
  const [group, place] = [Math.floor(seed / 3), seed % 3];
  return place === 2
    ? WITHOUT_CREDITS[group % WITHOUT_CREDITS.length]!
    : WITH_CREDITS[(2 * group + place) % WITH_CREDITS.length]!;
}

/** What a film shows, one after the other. */
export async function sectionsOf(archetype: Archetype, random: Random): Promise<Section[]> {
  const body = story(between(random, 20, 45));
  const gap = random() < 0.5 ? [black(between(random, 0.4, 1.5))] : [];
  const length = between(random, 14, 32);
  return RECIPES[archetype]({ random, body, gap, length });
}
