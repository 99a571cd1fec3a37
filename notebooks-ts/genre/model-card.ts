import { NETWORKS, OUTPUTS } from './features.js';
import { FIGURES_HEAD, figuresRow } from './figures.js';
import type { Trained } from './genre-training.js';
import { DIMENSIONS, HEAD_OPTIONS, SEED } from './train.js';

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** models/genre.md. @param words data/genre-words.bin */
export function modelCard({ file, meta, figures }: Trained, words: Uint8Array, descriptions: number): string {
  const counts = meta.training['data'] as Record<string, { titles: number; pictures: number }>;
  const { forest, network } = HEAD_OPTIONS.scene;
  const outputs = NETWORKS.map((id) => {
    const own = OUTPUTS.filter((output) => output.network === id).map(({ name }) => name);
    return `\`${id}\` (${own.join(', ')})`;
  });
  return [
    '# Genre model',
    '',
    `\`genre-pictures.onnx\` (${mebibytes(file.length)} MiB) says what pictures look like: linear evidence for each of 26 genres in what two networks`,
    `see: ${outputs.join(' and ')},`,
    `standardised by domain (film, still, poster); a forest of ${forest.trees} extremely randomised trees over that evidence; and ${network.networks} networks of`,
    `${network.units} hidden units over the same values, of different seeds, which answer with their mean. Forest and networks are mixed, shrunk by the`,
    'number of independent pictures, and calibrated by genre. Scenes and posters have heads of their own. The three answered are the most probable.',
    '',
    `\`data/genre-words.bin\` (${mebibytes(words.length)} MiB) says what a title, a description and tags tell: tf-idf of words and of pieces of words, and a logistic`,
    "regression for each genre; beside it networks of one hidden layer over the mean of the words' vectors (GloVe, by the frequency of the",
    'words in descriptions), which know words that no film was told with. Texts of few known words or of another language than English say nothing; so do lists of names, links and what channels',
    'write around a description. Genres that a catalogue names are not read. The answer is the calibrated product of the odds of both witnesses.',
    '',
    `Both are made by \`npm run notebook -- genre\`, seed ${SEED}; linear part and networks were fitted in ${DIMENSIONS} principal components.`,
    '',
    `Trained on ${counts['stills']?.pictures} stills of ${counts['stills']?.titles} films and series, ${counts['posters']?.pictures} posters, and ${descriptions} descriptions; the frames of`,
    `${counts['trailers']?.titles} trailers standardise the film domain, their labels take no part. None of it is part of the project. Genres are those of`,
    'IMDb, partly from memory; where a table tells only some genres of a film the others are unknown, not absent. Rare genres (Film-Noir, Game-Show, News,',
    'Reality-TV, Short) had next to no examples: they are hardly ever answered.',
    '',
    'Measured by `npm run bench -- genre` on films that took no part in training, in calibration or in any choice; "sure" answers as well (bench/RESULTS.md).',
    '',
    ...FIGURES_HEAD,
    ...Object.entries(figures).map(([name, own]) => figuresRow(name, own)),
    '',
  ].join('\n');
}
