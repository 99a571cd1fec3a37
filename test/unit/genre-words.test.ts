import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { tellingText, withWords } from '../../src/genre/answer.js';
import { probabilitiesOf } from '../../src/genre/probabilities.js';
import type { GenreResult } from '../../src/genre/types.js';
import { decodeWords, encodeWords, wordsModel } from '../../src/genre/words-model.js';
import { tellingSentences, wordsOf } from '../../src/genre/words.js';
import { contentOf, DATA } from '../../src/parameters/learnt.js';

const model = wordsModel();
const { genres } = model.meta;
const PLOT =
  'A masked killer stalks a group of teenagers who spend the night in an abandoned asylum haunted by the ghosts of its victims.';

/** Pictures that look like a drama, and like nothing else. */
const pictures: GenreResult = {
  ...probabilitiesOf(
    genres,
    genres.map((genre) => (genre === 'Drama' ? 0.4 : -2)),
    0.9,
  ),
  model: 'test',
  frames: 10,
  dropped: 0,
  evidence: [],
};
const first = (text: string): string => withWords(pictures, { description: text }).witnesses.words!.top3[0]!.genre;

describe('what is told of a film', () => {
  it('speaks for its genre', () => {
    expect(first(PLOT)).toBe('Horror');
    expect(
      first('Two estranged sisters meet at a wedding in Rome, and both fall in love with the same charming chef.'),
    ).toBe('Romance');
  });

  it.each([
    'A masked killer stalks teenagers and babysitters in a small town on Halloween night.',
    'A shy teenager becomes a superhero after a spider bite, fights crime in New York, falls in love.',
    'Four friends go on a road trip across America.',
    'Teenage vampire romance in a rainy American town.',
    'Two cowboys rob a bank in Texas.',
  ])('is heard in few words, without grammar: %s', (text) => {
    expect(model.evidence(text)).not.toBeNull();
  });

  it.each([
    'A trailer park family wins the lottery and moves to Beverly Hills.',
    'Four friends find out that the tickets to the show are from the killer.',
    'The house they follow us into is haunted, and nobody can check out of the hotel.',
    'After she meets a stranger through Facebook, an accountant is lured into espionage.',
    'A teenage singer becomes a YouTube sensation after a video in which she hides.',
    'A couple in marital discord steals a hundred DVD players and a new website.',
    'He lives in a rusty trailer and sells the biggest box office hit of the year.',
  ])('is a story, though channels use its words: %s', (text) => {
    expect(tellingSentences(text)).toEqual([text]);
  });

  it.each([
    ['Comedy starring Ada Abel as a truck driver who takes revenge.', 'Comedy as a truck driver who takes revenge.'],
    ['From producer Bo Berg (Snow Land) comes a story of love.', 'comes a story of love.'],
    ['A film directed by Cid Cole about the riots of 2002.', 'A film about the riots of 2002.'],
    ['Ada Abel stars as the ghost of a king.', 'Ada Abel stars as the ghost of a king.'],
    ['They sit by candle light and hear the story by heart.', 'They sit by candle light and hear the story by heart.'],
  ])('loses the names of credits, and nothing behind them: %s', (text, left) => {
    expect(tellingSentences(text)).toEqual([left]);
  });

  it('is the same in a page’s tags and entities', () => {
    const page = `<div class="description"><p style="font-size:12px"><strong>${PLOT} Ghosts &amp; killers&#8230;</strong></p><br/>&nbsp;</div>`;
    const plain = model.evidence(`${PLOT} Ghosts & killers…`);
    expect(model.evidence(page)).toEqual(plain);
    expect(model.evidence(page.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))).toEqual(plain);
  });

  // Few training films were told in these words; films were told in words that are used alike.
  it.each([
    [
      'War',
      'The infantry and the artillery of the battalion hold the trench, and the lieutenant is shot by the sniper.',
    ],
    ['Sport', 'The quarterback and the linebacker of a touchdown team train under their coach.'],
    [
      'Music',
      'The cellist, the violinist and the soprano rehearse the sonata for their recital with the philharmonic.',
    ],
    [
      'Western',
      'The homesteaders and the ranchers of a frontier town fight the rustlers who hide in the saloon of the prairie.',
    ],
  ])('hears %s in words it hardly knows', (genre, text) => {
    expect(first(text)).toBe(genre);
  });

  it('is weighed with the pictures, and all three answers are told', () => {
    const { genres: both, witnesses } = withWords(pictures, { title: 'Night Ward', description: PLOT });
    expect(witnesses.pictures).toEqual({ top3: pictures.top3, genres: pictures.genres, sure: pictures.sure });
    expect(both['Horror']).toBeGreaterThan(pictures.genres['Horror']! + 0.2);
    expect(both['Drama']).not.toBe(witnesses.words!.genres['Drama']);
    expect(witnesses.words!.model).toMatch(/^genre-words@/);
  });

  it.each([
    ['nothing', {}],
    ['a title alone', { title: 'Sintel' }],
    [
      'what a channel writes',
      { title: 'Joker - Official Trailer (HD)', description: 'SUBSCRIBE: https://youtube.com/x\nFollow us on Twitter' },
    ],
    [
      'names',
      { description: 'Starring Tom Hardy, Emma Stone and Brad Pitt.\nAda Abel, Carla Castel, Ines Ilves, Bo Berg' },
    ],
    ['genres', { description: 'Genre: Horror, Thriller', tags: ['Horror', 'comedy', 'DRAMA'] }],
    [
      'German',
      {
        description:
          'Ein junger Polizist wird in eine kleine Stadt geschickt, um den Mord an einem Mädchen aufzuklären.',
      },
    ],
    [
      'French',
      { description: "Un jeune policier est envoyé dans une petite ville pour résoudre le meurtre d'une fille." },
    ],
    [
      'Spanish',
      { description: 'Un joven policía es enviado a un pequeño pueblo para resolver el asesinato de una niña.' },
    ],
    ['Italian', { description: 'Un giovane poliziotto viene mandato in una piccola città per risolvere un omicidio.' }],
    ['Portuguese', { description: 'Um jovem policial é enviado a uma pequena cidade para resolver um assassinato.' }],
    ['Dutch', { description: 'Een jonge agent wordt naar een klein stadje gestuurd om een moord op te lossen.' }],
    ['Danish', { description: 'En ung betjent bliver sendt til en lille by for at opklare mordet på en pige.' }],
    ['Polish', { description: 'Młody policjant zostaje wysłany do małego miasta, aby wyjaśnić morderstwo.' }],
    ['Turkish', { description: 'Genç bir polis, bir kızın cinayetini çözmek için küçük bir kasabaya gönderilir.' }],
    [
      'Hindi in Latin letters',
      { description: 'Ek jawan police afsar ko ek chhote shahar mein bheja jata hai, ek khoon ka raaz suljhane.' },
    ],
    ['Russian', { description: 'Молодой полицейский отправлен в маленький город расследовать убийство девушки.' }],
  ])('%s leaves the answer to the pictures', (_, described) => {
    expect(withWords(pictures, described)).toEqual({
      ...pictures,
      witnesses: { pictures: { top3: pictures.top3, genres: pictures.genres, sure: pictures.sure }, words: null },
    });
  });

  it('says the same with what channels, shops and credits put around it', () => {
    const around = `${PLOT}
SUBSCRIBE for more trailers: https://youtube.com/abc
Follow us on Twitter: @studio #comedy #romance
Genre: Romance, Comedy
Cast: Will Love, Rose Valentine
Directed by Joy Laughter.
In theaters February 14. Official Trailer #2 (HD) © 2019 Studio.
Will Love, Rose Valentine, Ann Heart, Bo Kiss`;
    expect(withWords(pictures, { description: around })).toEqual(withWords(pictures, { description: PLOT }));
  });

  it.each([
    ['an address', 'ada@abel.org'],
    ['an address with dots and a plus', 'ada.abel+films@mail.abel.co.uk'],
    ['an address of another alphabet', 'zoé@példa.org'],
    ['an address whose host is in no list', 'ada@abel.studio'],
    ['a link', 'https://abel.org/films?of=ada#top'],
    ['a link with a name in it', 'https://ada@abel.org/films'],
    ['a link with an address in it', 'https://abel.org/?mail=ada@abel.org&films'],
    ['a link to a handle', 'youtube.com/@ada'],
    ['a host', 'www.abel.org'],
    ['a host of a host', 'films.ada.abel.com/one'],
    ['a handle', '@ada_abel'],
    ['a tag', '#ada'],
  ])('reads nothing of %s', (_, text) => {
    expect(wordsOf(tellingSentences(`He waits ${text} there`).join(' '))).toEqual(['he', 'waits', 'there']);
  });

  it('reads on behind a sentence that ends without a space', () => {
    expect(wordsOf(tellingSentences('He left.She stays').join(' '))).toEqual(['he', 'left', 'she', 'stays']);
  });

  it('never reads a catalogue’s genres', () => {
    const metadata = { title: 'Night Ward', description: PLOT, genres: ['Comedy'] };
    expect(tellingText(metadata, genres)).not.toContain('Comedy');
    expect(tellingText({ tags: ['comedy', 'asylum'] }, genres)).toBe('asylum');
  });

  it('is compared without case, accents and possessives; years by their decade', () => {
    expect(wordsOf("Zoé's 1944 FIANCÉ")).toEqual(['zoe', '1940s', 'fiance']);
  });

  it('takes time in proportion to its length', () => {
    for (const piece of [
      'a',
      'a.',
      'a@a.',
      'Ada, ',
      'www.',
      'starring ',
      'starring Ada ',
      'story by ',
      '<a',
      '&amp;lt;',
      'a youtube ',
      '@',
      'é',
      '\n',
      '. ',
    ]) {
      expect(() => withWords(pictures, { description: piece.repeat(200_000) })).not.toThrow();
    }
  });
});

it('the parameters of the words are small, and refused when they are damaged', () => {
  const file = contentOf(join(DATA, 'genre-words.bin'));
  expect(file.length).toBeLessThan(3 * 2 ** 20);
  const parameters = decodeWords(file);
  // More than a million numbers: Jest would compare them one by one, for seconds.
  expect(isDeepStrictEqual(decodeWords(encodeWords(parameters)), parameters)).toBe(true);
  expect(() => decodeWords(file.subarray(0, file.length - 100))).toThrow(/damaged/);
  const { terms, vectors } = parameters;
  for (const wrong of [{ terms: terms.slice(1) }, { vectors: { ...vectors, words: vectors.words.slice(1) } }])
    expect(() => decodeWords(encodeWords({ ...parameters, ...wrong }))).toThrow(/damaged/);
});
