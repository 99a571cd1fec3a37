import { describe, expect, test } from '@jest/globals';
import { chapterKind, chapterWitnesses, episodeChapterKind, type ChapterKind } from '../../src/credits/chapters.js';

/** Names of chapters as releases have them. */
const NAMES: Readonly<Record<ChapterKind, readonly string[]>> = {
  credits: [
    'ED',
    'ed',
    'ED1',
    'ED 2',
    'NCED',
    '[ED]',
    '12 ED',
    'ED - Shinkai no Uta',
    'Ending',
    'ENDING THEME',
    'ending_theme',
    'Ending 03',
    '05 - Ending',
    'Ending「Lonely」',
    'Ending (Song Title)',
    'Credits',
    'Credits & Bloopers',
    'Credits Roll',
    'End Credits',
    'End-Credits',
    'End_Credits',
    '8. End Titles',
    'Chapter 5: End Credits',
    'ED 02 v2',
    'ED2 Song 3',
    'Ending Theme Version II',
    'ED12',
    'ED 12',
    '♪ ED ♪',
    'End’_.Credits',
    'Credits ,',
    '( Credits )',
    'Ch. 09 – Credits',
    'Closing Credits',
    'Closing Credits / Outro',
    'Outro',
    'Outro (Credits)',
    '"Outro"',
    '00:21:30 Outro',
    'Staff Roll',
    'Abspann',
    'Kapitel 7 - Abspann',
    'Nachspann',
    'Générique',
    'Générique de fin',
    'GÉNÉRIQUE DE FIN',
    'Chapitre 8 : Générique de fin',
    'Créditos',
    'Capítulo 10: Créditos',
    'Créditos finales',
    'Créditos finais',
    'Encerramento',
    'Cierre',
    'Titoli di coda',
    'Sigla finale',
    'Aftiteling',
    'Eftertexter',
    'Rulletekster',
    'Lopputekstit',
    'Napisy końcowe',
    'Tyłówka',
    'Závěrečné titulky',
    'Stáblista',
    'Титры',
    '«Титры»',
    'Финальные титры',
    'Эндинг',
    'Bitiş Jeneriği',
    'Τίτλοι τέλους',
    'エンディング',
    '第5章 エンディング',
    'エンドロール',
    '片尾曲',
    '片尾',
    '엔딩',
    '엔딩 크레딧',
  ],
  opening: [
    'OP',
    'OP1',
    'OP 2',
    'NCOP',
    'OP - Guren no Yumiya',
    'Opening',
    'Opening Credits',
    'Opening Titles',
    'Intro',
    '01. Intro',
    'Cold Open',
    'Teaser',
    'Avant',
    'Avant Title',
    'Prologue',
    'Recap',
    'Previously on Lost',
    'Vorspann',
    'Générique de début',
    'Générique d’ouverture',
    'Titoli di testa',
    'Sigla iniziale',
    'Abertura',
    'Förtexter',
    'Czołówka',
    'Опенинг',
    'Начальные титры',
    'オープニング',
    'アバン',
    '片头曲',
    '오프닝',
  ],
  preview: [
    'Preview',
    'Next Episode',
    'Next Episode Preview',
    'Next Time',
    'Next Time on Lost',
    'Next',
    'Preview (next ep)',
    'Preview of Episode 4',
    'Coming Up',
    'Vorschau',
    'Nächste Folge',
    'Prochain épisode',
    'Bande-annonce',
    'Próximo episodio',
    'Avances',
    'Prossimo episodio',
    'Следующая серия',
    'Анонс',
    'Gelecek Bölüm',
    '次回予告',
    '予告',
    '下集预告',
    '예고',
  ],
  scene: [
    'Post-Credits Scene',
    'Post Credits',
    'Post credits scene 2',
    'After Credits',
    'Mid-Credits Scene',
    'Stinger',
    'Scène post-générique',
    'Сцена после титров',
    '彩蛋',
  ],
  other: [
    'Chapter 12',
    'Version 2',
    '2',
    'Song',
    '-',
    'My ED',
    'Chapter 01',
    'Kapitel 3',
    '00:21:30.000',
    '',
    'Part A',
    'Part B',
    'Part C',
    'Scene 12',
    'A Happy Ending',
    'The Ending',
    'Closing Time',
    'Edward',
    'The Credit Card',
    'Next of Kin',
    'The End',
    'Fin',
    'Introducing Anna',
    'Openings',
    'Operation Mincemeat',
    'Tagging Along',
    'Epilogue',
    'The Outroad',
  ],
};

describe('the name of a chapter', () => {
  for (const [kind, names] of Object.entries(NAMES))
    test.each(names)(`%s: ${kind}`, (name) => expect(chapterKind(name)).toBe(kind));

  test('says nothing where there is none', () => expect(chapterKind(null)).toBe('other'));
});

describe('where a chapter lies', () => {
  const kinds = (...chapters: readonly (readonly [number, number, string])[]): string[] =>
    chapterWitnesses(
      chapters.map(([start, end, title]) => ({ start, end, title })),
      1400,
    ).map(({ kind }) => kind);

  test('tells the credits at the opening from those at the end', () => {
    expect(kinds([0, 90, 'Credits'], [90, 1300, 'Episode'], [1300, 1400, 'Credits'])).toEqual([
      'opening',
      'other',
      'credits',
    ]);
    expect(kinds([60, 150, 'Générique'], [150, 1310, 'Acte 1'], [1310, 1400, 'Générique'])).toEqual([
      'opening',
      'other',
      'credits',
    ]);
  });

  test('tells a third part after the ending from one of the story', () => {
    expect(
      kinds(
        [0, 600, 'Part A'],
        [600, 1200, 'Part B'],
        [1200, 1290, 'ED'],
        [1290, 1380, 'Part C'],
        [1380, 1400, 'Preview'],
      ),
    ).toEqual(['other', 'other', 'credits', 'scene', 'preview']);
    expect(kinds([0, 600, 'Part A'], [600, 900, 'Part B'], [900, 1310, 'Part C'], [1310, 1400, 'ED'])).toEqual([
      'other',
      'other',
      'other',
      'credits',
    ]);
    expect(kinds([0, 1200, 'Part B'], [1200, 1290, 'Ending'], [1290, 1400, 'Epilogue'])).toEqual([
      'other',
      'credits',
      'scene',
    ]);
  });

  test('takes no opening near the end for one', () => {
    expect(kinds([0, 90, 'Intro'], [90, 1300, 'Chapter 2'], [1300, 1400, 'Intro'])).toEqual([
      'opening',
      'other',
      'other',
    ]);
  });
});

test.each([
  ['Intro', 'intro'],
  ['OP 2', 'intro'],
  ['Recap', 'recap'],
  ['Previously on Lost', 'recap'],
  ['Preview', 'preview'],
  ['次回予告', 'preview'],
  ['ED', null],
  ['Post Credits', null],
  ['Part A', null],
  [null, null],
])('episodes have a chapter “%s” in common as %s', (title, kind) => {
  expect(episodeChapterKind(title)).toBe(kind);
});

test('a name that repeats what decorates it is the same name', () => {
  for (const title of ['~~ ED ~~', '«« Credits »»', 'End--Credits', 'Credits!!', '12  ED', 'GROẞE ED', 'ED ♪♪ Song'])
    expect([title, chapterKind(title)]).toEqual([title, title.startsWith('GRO') ? 'other' : 'credits']);
});
