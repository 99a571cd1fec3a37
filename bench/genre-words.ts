/**
 * What descriptions tell of the genres: tf-idf of words and their pieces, vectors of words, and both, on descriptions of films that
 * took no part. Takes no picture.
 *
 *   npm run bench -- genre-words
 */
import { logOdds } from '../notebooks-ts/genre/calibrate.js';
import { labelsOf } from '../notebooks-ts/genre/corpus.js';
import { readItems } from '../notebooks-ts/genre/dataset.js';
import { describe, readDescriptions } from '../notebooks-ts/genre/descriptions.js';
import { sharesOf } from '../notebooks-ts/genre/evaluate.js';
import { figuresOf, FIGURES_HEAD, figuresRow } from '../notebooks-ts/genre/figures.js';
import { readGlove } from '../notebooks-ts/genre/glove.js';
import { DATA } from '../notebooks-ts/genre/places.js';
import { add, fitWordsScale, holdWords, scaled, wordsOf, type WordsScale } from '../notebooks-ts/genre/witnesses.js';
import { trainWords } from '../notebooks-ts/genre/words-trainer.js';
import { wordsModel } from '../src/genre/words-model.js';
import { writeSection } from './results.js';

const pictured = readItems(DATA).filter(({ set }) => set !== 'posters');
const stills = pictured.filter(({ set }) => set === 'stills');
const descriptions = readDescriptions(DATA);
const apart = new Set(pictured.map(({ title }) => title));
const others = descriptions.filter(({ title }) => !apart.has(title));
const glove = await readGlove();
const held = await holdWords(others, glove);
const both = fitWordsScale(held);
// One alone says less surely what it says.
const scales: Readonly<Record<string, WordsScale>> = {
  'words and their pieces': { ...both, slopes: { terms: 0.8, vectors: 0 } },
  'vectors of words': { ...both, slopes: { terms: 0, vectors: 0.8 } },
  '**both, as served**': both,
};
const heads = await trainWords(others, glove);
const base = Float32Array.from(sharesOf(held.labels), logOdds);
const rows = Object.entries(scales).flatMap(([name, scale]) => {
  const told = wordsOf(describe(stills, descriptions), heads, scale);
  const spoken = stills.flatMap((item, n) => (told[n] ? [{ logits: add(base, told[n]), labels: labelsOf(item) }] : []));
  return [
    figuresRow(
      `descriptions, ${name}`,
      figuresOf(
        held.evidence.map((raw) => add(base, scaled(raw, scale))),
        held.labels,
      ),
    ),
    figuresRow(
      `film stills by title, ${name}`,
      figuresOf(
        spoken.map(({ logits }) => logits),
        spoken.map(({ labels }) => labels),
      ),
    ),
  ];
});

/** Share of the descriptions that are taken for English and say something, cut to so many words. */
const speaking = (words: number): string => {
  const cut = descriptions.map(({ text }) => text.split(/\s+/).slice(0, words).join(' '));
  return `${((100 * cut.filter((text) => wordsModel().evidence(text)).length) / cut.length).toFixed(1)} %`;
};

writeSection(
  'genre-words',
  [
    '### What descriptions tell of the genres',
    '',
    `${others.length} descriptions, five folds by title, most of them cut to their last 4 to 20 words; and the titles of film stills that have one, by heads that`,
    'saw no description of such a title. The genres count as common as among the descriptions. `genre` measures the words beside the pictures.',
    '',
    ...FIGURES_HEAD,
    ...rows.sort(),
    '',
    `Of all ${descriptions.length} descriptions ${speaking(Infinity)} are taken for English of a film and say something; cut to twelve words ${speaking(12)}, to eight ${speaking(8)}.`,
  ].join('\n'),
);
