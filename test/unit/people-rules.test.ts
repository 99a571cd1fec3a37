import { describe, expect, test } from '@jest/globals';
import { normalize, similarity } from '../../src/faces/embed.js';
import { decodeEmbedding, encodeEmbedding } from '../../src/faces/embedding-text.js';
import { assign, type Decision, NEWCOMER, type Stranger, type UnnamedAppearance } from '../../src/people/assign.js';
import { CALIBRATIONS } from '../../src/people/calibration.js';
import { MOST_EXEMPLARS } from '../../src/people/documents.js';
import { chooseFaces, flagPhotos, type Read } from '../../src/people/enrol.js';
import { FaceMatrix } from '../../src/people/face-matrix.js';
import { Gallery, isCannotLink, type KnownPerson, sameProbability } from '../../src/people/gallery.js';
import { titleCast } from '../../src/people/in-title.js';
import { galleryMean, learn } from '../../src/people/mean.js';

/** Cosines to the axes of these numbers, the rest along one that nobody else has. */
let lastRest = 40;
function like(cosines: Record<number, number>): Float32Array {
  const vector = new Float32Array(1024);
  let squares = 0;
  for (const [axis, cosine] of Object.entries(cosines)) {
    vector[Number(axis)] = cosine;
    squares += cosine * cosine;
  }
  vector[lastRest++] = Math.sqrt(Math.max(0, 1 - squares));
  return vector;
}
const axis = (number: number): Float32Array => like({ [number]: 1 });

const person = (id: string, mean: Float32Array, cannotLinkFaces: readonly Float32Array[] = []): KnownPerson => ({
  id,
  name: id,
  mean,
  cannotLinkFaces,
});
const galleryOf = (...people: KnownPerson[]): Gallery => new Gallery('face-embed-512', people);
const [ADA, GRACE] = [person('ada', axis(0)), person('grace', axis(1))];

const shown = (key: string, embedding: Float32Array | null, about: Partial<UnnamedAppearance> = {}) => ({
  key,
  embedding,
  weight: 3,
  quality: 0.8,
  meets: [],
  personId: null,
  mustLink: false,
  cannotLink: [],
  ...about,
});
const stranger = (id: string, face: Float32Array, about: Partial<Stranger> = {}): Stranger => ({
  id,
  mean: face,
  exemplars: [face],
  cannotLinkFaces: [],
  cannotLink: [],
  ...about,
});

/** Who each appearance was given to. */
function named(
  appearances: readonly UnnamedAppearance[],
  gallery = galleryOf(ADA, GRACE),
  strangers: readonly Stranger[] = [],
): (string | null)[] {
  const { decisions } = assign(appearances, gallery, strangers);
  return appearances.map(({ key }) => nameOf(decisions.get(key)!));
}
const nameOf = ({ person: who }: Decision): string | null => (who === NEWCOMER ? 'newcomer' : who);

describe('an appearance gets the name of somebody of the gallery', () => {
  test.each([
    ['whose likeness makes it more likely than not', 0.41, 'ada'],
    ['nobody’s, where it does not', 0.38, 'newcomer'],
  ])('%s', (_, cosine, expected) => {
    expect(named([shown('u1', like({ 0: cosine }))])).toEqual([expected]);
  });

  test('not of two who are equally like it', () => {
    expect(named([shown('u1', like({ 0: 0.6, 1: 0.6 }))])).toEqual(['newcomer']);
  });

  test('once in a frame: the surer appearance has it, the other may be the next likely', () => {
    const [better, worse] = [shown('u1', like({ 0: 0.9 }), { meets: ['u2'] }), shown('u2', like({ 0: 0.7 }), { meets: ['u1'] })]; // prettier-ignore
    expect(named([better, worse])).toEqual(['ada', 'newcomer']);
    expect(named([worse, better])).toEqual(['newcomer', 'ada']);
    expect(named([{ ...better, meets: [] }, { ...worse, meets: [] }])).toEqual(['ada', 'ada']); // prettier-ignore
  });

  test('not where a user said that it is somebody else', () => {
    expect(named([shown('u1', like({ 0: 0.9 }), { cannotLink: ['ada'] })])).toEqual(['newcomer']);
    expect(named([shown('u1', like({ 0: 0.9 }), { cannotLink: ['grace'] })])).toEqual(['ada']);
  });

  test('and keeps the one that a user gave it, whatever it looks like', () => {
    const stated = shown('u1', axis(0), { mustLink: true, personId: 'grace', meets: ['u2'] });
    const { decisions } = assign([stated], galleryOf(ADA, GRACE), []);
    expect(decisions.get('u1')).toEqual({ person: 'grace', confidence: 1 });
    // Then nobody beside it is that person.
    expect(named([stated, shown('u2', axis(1), { meets: ['u1'] })])).toEqual(['grace', 'newcomer']);
    expect(named([shown('u1', axis(0), { mustLink: true })])).toEqual(['ada']);
    expect(named([shown('u1', axis(0), { mustLink: true, personId: 'grace' })], galleryOf(ADA))).toEqual(['grace']);
  });

  test('with the probability of the name; of a stranger, that it is nobody of the gallery', () => {
    const gallery = galleryOf(ADA, GRACE);
    const [sure, unsure] = [like({ 0: 0.6 }), like({ 0: 0.37 })];
    const { decisions } = assign([shown('u1', sure), shown('u2', unsure)], gallery, []);
    expect(decisions.get('u1')!.confidence).toBeCloseTo(gallery.identify(sure)[0]!.confidence, 9);
    expect(decisions.get('u2')!.confidence).toBeCloseTo(1 - gallery.identify(unsure)[0]!.confidence, 9);
    expect(assign([shown('u1', sure)], galleryOf(), []).decisions.get('u1')!.confidence).toBe(1);
  });
});

describe('the title’s own cast is preferred for its poorer faces', () => {
  /** Too little like Ada's photos for her name, but as the title shows her. */
  const poor = like({ 0: 0.34, 20: 0.25 });
  const sure = shown('u1', normalize(like({ 0: 0.8, 20: 0.6 })));
  const face = shown('u2', poor, { quality: 0.5 });

  test.each([
    ['where she is in it for certain', [sure, face], 'ada'],
    ['not where she is not', [face], 'newcomer'],
    ['not better faces, which would be like her photos', [sure, { ...face, quality: 0.55 }], 'newcomer'],
    [
      'not beside her',
      [
        { ...sure, meets: ['u2'] },
        { ...face, meets: ['u1'] },
      ],
      'newcomer',
    ],
    ['not where a user said that it is not her', [sure, { ...face, cannotLink: ['ada'] }], 'newcomer'],
    [
      'not where she is in it hardly for certain',
      [{ ...sure, embedding: normalize(like({ 0: 0.42, 20: 0.9 })) }, face],
      'newcomer',
    ],
    [
      'nor where only a face that was erased is hers',
      [{ ...sure, embedding: null, mustLink: true, personId: 'ada' }, face],
      'newcomer',
    ],
  ])('%s', (_, appearances, expected) => {
    expect(named(appearances).at(-1)).toBe(expected);
  });

  test('the title shows her as her surest appearances do, the better seen the more', () => {
    const [one, other] = [normalize(like({ 0: 0.8, 20: 0.6 })), normalize(like({ 0: 0.8, 21: 0.6 }))];
    const poorer = shown('u3', like({ 0: 0.3, 20: 0.35 }), { quality: 0.5 });
    const last = (first: number, second: number): string | null =>
      named([shown('u1', one, { weight: first }), shown('u2', other, { weight: second }), poorer]).at(-1)!;
    expect([last(9, 1), last(1, 9)]).toEqual(['ada', 'newcomer']);
  });

  test('half her photos, half what the title shows; against a stranger, and who else is likely', () => {
    const gallery = galleryOf(ADA, GRACE);
    const { slope, middle } = CALIBRATIONS['face-embed-512'].inTitle;
    const film = normalize(like({ 0: 0.8, 20: 0.6 }));
    const cast = titleCast(gallery, new Map([['ada', film]]));
    const reference = normalize(ADA.mean.map((value, i) => value + film[i]!));
    const odds = Math.exp(slope * (similarity(reference, poor) - middle));
    const [alone] = cast(poor, []);
    expect(alone).toMatchObject({ personId: 'ada', name: 'ada' });
    expect(alone!.similarity).toBeCloseTo(0.34, 6);
    expect(alone!.confidence).toBeCloseTo(odds / (1 + odds), 6);
    const candidate = (id: string) => ({ personId: id, name: id, confidence: 0.25, similarity: 0.3 });
    // Somebody who is not known to be in the title takes their part; her own candidacy does not.
    expect(cast(poor, [candidate('grace'), candidate('ada')])[0]!.confidence).toBeCloseTo(
      (0.75 * odds) / (1 + odds),
      6,
    );
    expect(titleCast(gallery, new Map())(poor, [])).toEqual([]);
    expect(titleCast(gallery, new Map([['nobody', film]]))(poor, [])).toEqual([]);
  });

  test('of two of the cast the likelier comes first, and a face that is not hers is not hers', () => {
    const cast = titleCast(galleryOf(ADA, GRACE), new Map([['ada', axis(0)], ['grace', axis(1)]])); // prettier-ignore
    const between = like({ 0: 0.35, 1: 0.4 });
    expect(cast(between, []).map(({ personId }) => personId)).toEqual(['grace', 'ada']);
    expect(cast(between, []).reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThan(1);
    const rejecting = titleCast(galleryOf(person('ada', axis(0), [poor])), new Map([['ada', axis(0)]]));
    expect(rejecting(poor, [])).toEqual([]);
  });
});

describe('“not this person”', () => {
  test.each([
    ['holds for a face as like the one that is not hers as this', 0.51, 0.4, true],
    ['not for one that is less like it', 0.49, 0.4, false],
    ['not where it is more like their own faces', 0.6, 0.7, false],
    ['where it is less like their own faces', 0.7, 0.6, true],
  ])('%s', (_, cosine, likeness, expected) => {
    expect(isCannotLink(like({ 0: cosine }), likeness, [axis(5), axis(0)])).toBe(expected);
  });

  test('of nothing rejects nothing', () => {
    expect(isCannotLink(axis(0), 0.1, [])).toBe(false);
  });
});

describe('a stranger is the same in every film', () => {
  const known = [stranger('s1', axis(10)), stranger('s2', axis(11))];
  const none = galleryOf();

  test.each([
    ['where the face is like theirs', like({ 10: 0.46 }), {}, 's1'],
    ['not where it is less like it', like({ 10: 0.44 }), {}, 'newcomer'],
    ['more is wanted of poor faces', like({ 10: 0.59 }), { quality: 0.175 }, 'newcomer'],
    ['not what was erased', null, {}, null],
    ['not where a user said that it is not them', like({ 10: 0.9 }), { cannotLink: ['s1'] }, 'newcomer'],
    ['the nearer of two', like({ 10: 0.6, 11: 0.7 }), {}, 's2'],
    ['a passer-by is nobody', like({ 10: 0.3 }), { weight: 0.79 }, null],
    ['somebody who is seen for longer is somebody new', like({ 10: 0.3 }), { weight: 0.8 }, 'newcomer'],
  ])('%s', (_, face, about, expected) => {
    expect(named([shown('u1', face, about)], none, known)).toEqual([expected]);
  });

  test('like any of their surest faces, if it is like what they look like on the whole', () => {
    const faces = (mean: number): Stranger[] => [
      stranger('s1', axis(10), { exemplars: [axis(10), axis(12)], mean: like({ 12: mean }) }),
    ];
    expect(named([shown('u1', axis(12))], none, faces(0.46))).toEqual(['s1']);
    expect(named([shown('u1', axis(12))], none, faces(0.44))).toEqual(['newcomer']);
    expect(named([shown('u1', axis(10))], none, [stranger('s1', axis(10), { mean: null })])).toEqual(['newcomer']);
  });

  test('not where the face is like one of which was said that it is not theirs', () => {
    const face = like({ 10: 0.7 });
    expect(named([shown('u1', face)], none, [stranger('s1', axis(10), { cannotLinkFaces: [face] })])).toEqual([
      'newcomer',
    ]);
  });

  test('stays who they were in this film, the longest seen first', () => {
    const before = (key: string, weight: number, meets: string[] = []) =>
      shown(key, like({ 13: 0.9 }), { personId: 's1', weight, meets });
    expect(named([before('u1', 3)], none, known)).toEqual(['s1']);
    expect(named([before('u1', 3)], none, [])).toEqual(['newcomer']);
    expect(named([before('u1', 3, ['u2']), before('u2', 5, ['u1'])], none, known)).toEqual(['newcomer', 's1']);
    expect(named([before('u1', 5, ['u2']), before('u2', 3, ['u1'])], none, known)).toEqual(['s1', 'newcomer']);
  });

  test('never two on screen at once', () => {
    const [near, nearer] = [shown('u1', like({ 10: 0.6 }), { meets: ['u2'] }), shown('u2', like({ 10: 0.8 }), { meets: ['u1'] })]; // prettier-ignore
    expect(named([near, nearer], none, known)).toEqual(['newcomer', 's1']);
  });

  describe('and two strangers turn out to be one', () => {
    const face = like({ 10: 0.7, 11: 0.65 });
    const alike = (a: Partial<Stranger> = {}, b: Partial<Stranger> = {}) => [
      stranger('s1', axis(10), { mean: like({ 10: 0.7, 11: 0.6 }), ...a }),
      stranger('s2', axis(11), { mean: like({ 10: 0.7, 11: 0.6 }), ...b }),
    ];
    const joins = (strangers: Stranger[], about: Partial<UnnamedAppearance> = {}, gallery = none) =>
      assign([shown('u1', face, about)], gallery, strangers).joins;

    test.each([
      ['where an appearance of weight is like both', alike(), {}, [['s1', 's2']]],
      ['not where it is seen too little', alike(), { weight: 1.49 }, []],
      ['where it is seen just enough', alike(), { weight: 1.5 }, [['s1', 's2']]],
      ['not where a user said that it is not one of them', alike(), { cannotLink: ['s2'] }, []],
      ['not where a user said that they are two', alike({ cannotLink: ['s2'] }), {}, []],
      ['whichever of them it was said of', alike({}, { cannotLink: ['s1'] }), {}, []],
      [
        'not where they look unlike on the whole',
        alike({ mean: like({ 10: 0.7 }) }, { mean: like({ 11: 0.7 }) }),
        {},
        [],
      ],
    ])('%s', (_, strangers, about, expected) => {
      expect(joins(strangers, about)).toEqual(expected);
    });

    test('not by somebody who has a name', () => {
      expect(joins(alike(), {}, galleryOf(person('ada', face)))).toEqual([]);
    });
  });
});

describe('what a person’s photos and films come to', () => {
  const photo = (number: number, quality = 0.8, flag: 'outlier' | null = null) => ({
    flag,
    quality,
    embedding: encodeEmbedding(axis(number)),
  });

  test('good photos count more, flagged ones and those without a face not at all', () => {
    const { mean, photos } = learn(
      [photo(0, 0.9), photo(1, 0.4), photo(2, 0.9, 'outlier'), { ...photo(3), embedding: null }],
      [],
    );
    expect(photos).toBe(2);
    const face = decodeEmbedding(mean!);
    // 1 : .5
    expect([0, 1, 2, 3].map((i) => face[i]! / face[0]!).map((value) => Math.round(value * 50) / 50)).toEqual([1, 0.5, 0, 0]); // prettier-ignore
    const even = galleryMean([axis(0), axis(1)]);
    expect(even[0]).toBeCloseTo(even[1]!, 6);
  });

  test('the surest faces of films are kept, each once, and count as much as a good photo at most', () => {
    const faces = Array.from({ length: MOST_EXEMPLARS + 2 }, (_, i) => ({
      embedding: encodeEmbedding(axis(i)),
      weight: i / 2,
    }));
    const { exemplars, mean, photos } = learn([], [...faces, faces[3]!]);
    expect(photos).toBe(0);
    expect(exemplars.map(({ weight }) => weight)).toEqual([4.5, 4, 3.5, 3, 2.5, 2, 1.5, 1]);
    const face = decodeEmbedding(mean!);
    for (let i = 3; i < 10; i++) expect(face[i]! / face[9]!).toBeCloseTo(1, 1);
    const [half] = learn([], [{ embedding: encodeEmbedding(axis(0)), weight: 0.4 }, { embedding: encodeEmbedding(axis(1)), weight: 7 }]).mean!.split(','); // prettier-ignore
    expect(decodeEmbedding(half!)[0]! / decodeEmbedding(half!)[1]!).toBeCloseTo(0.5 / 1.1, 2);
  });

  test('nothing comes to nobody', () => {
    expect(learn([photo(0, 0.8, 'outlier')], [])).toEqual({ mean: null, photos: 0, exemplars: [] });
  });
});

test.each([
  ['face-embed-512', 0.2659],
  ['face-embed-128', 0.3109],
] as const)(
  'two faces are one person’s as likely as not at a cosine that belongs to the recogniser: %s',
  (id, middle) => {
    expect(sameProbability(middle, id)).toBeCloseTo(0.5, 9);
    expect(sameProbability(middle + 0.1, id)).toBeGreaterThan(0.7);
  },
);

describe('photos of one person', () => {
  /** Faces from the left, each with its size and its cosine to the person. */
  const read = (
    file: string,
    faces: readonly (readonly [size: number, cosine: number])[],
    about: Partial<Read> = {},
  ): Read => ({
    file,
    name: file,
    hash: file,
    fault: null,
    size: [100, 100],
    faces: faces.map(([size, cosine], i) => ({
      box: [i * 30, 0, size, size],
      score: 1,
      landmarks: [[0, 0], [0, 0], [0, 0], [0, 0], [0, 0]], // prettier-ignore
      quality: { size: 1, sharpness: 1, pose: 1, visible: 1, score: 0.8 },
      embedding: like({ 0: cosine }),
    })),
    ...about,
  });
  const chosen = (photos: readonly Read[], told: Record<string, number> = {}): number[] =>
    chooseFaces(photos, (file) => told[file]).map((face, i) => (face ? photos[i]!.faces.indexOf(face) : -1));

  test.each([
    ['none', [read('a', [])], [-1]],
    ['the only one', [read('a', [[10, 0.9]])], [0]],
    ['one four times as large as the next', [read('a', [[5, 0.9], [10, 0.9]])], [1]], // prettier-ignore
    ['not one less than that', [read('a', [[5.1, 0.9], [10, 0.9]])], [-1]], // prettier-ignore
    ['the one like those that stand alone', [read('a', [[20, 0.1], [10, 0.8]]), read('b', [[9, 0.9]])], [1, 0]], // prettier-ignore
    ['or the largest, where none is like them', [read('a', [[20, 0.1], [10, 0.2]]), read('b', [[9, 0.9]])], [0, 0]], // prettier-ignore
    ['those much larger, where none stands alone', [read('a', [[20, 0.8], [10, 0.1]]), read('b', [[9, 0.1], [8, 0.9]])], [0, 1]], // prettier-ignore
  ])('show them by their face: %s', (_, photos, expected) => {
    expect(chosen(photos)).toEqual(expected);
  });

  test('show them by the face that was told, counted from the left', () => {
    const group = read('a', [[10, 0.1], [10, 0.2], [10, 0.9]]); // prettier-ignore
    const turned = { ...group, faces: group.faces.toReversed() };
    expect(chosen([group], { a: 2 })).toEqual([1]);
    expect(chosen([turned], { a: 3 })).toEqual([0]);
    expect(chosen([group], { a: 4 })).toEqual([-1]);
    // It tells who the others' is.
    expect(chosen([group, read('b', [[10, 0.1], [10, 0.9]])], { a: 3 })).toEqual([2, 1]); // prettier-ignore
  });

  const flags = (...photos: Read[]) =>
    flagPhotos(
      photos,
      photos.map(({ faces: [face] }) => face ?? null),
    );
  const one = (file: string, cosine: number, about: Partial<Read> = {}): Read => read(file, [[10, cosine]], about);

  test('count once, and not without a face', () => {
    const [a, b] = [one('a', 0.8), one('b', 0.8)];
    expect(flags(a, b)).toEqual([null, null]);
    expect(flags(a, b, { ...one('c', 0.8), hash: 'a' })).toEqual([null, null, 'duplicate']);
    expect(flags(read('a', []), b, one('c', 0.8, { fault: 'broken' }))).toEqual(['no-face', null, 'unreadable']);
    expect(flagPhotos([read('a', [[1, 1], [1, 1]])], [null])).toEqual(['several-faces']); // prettier-ignore
  });

  test.each([
    ['the same picture in another size', 0.975, 'duplicate'],
    ['another picture of the same moment', 0.965, null],
  ])('are the same or not: %s', (_, cosine, expected) => {
    const [a, b] = [one('a', 1), one('b', 1)];
    const near = (face: Float32Array): Float32Array =>
      normalize(face.map((value, i) => (i === 0 ? cosine : i === 99 ? Math.sqrt(1 - cosine ** 2) : 0 * value)));
    const second = { ...b, faces: [{ ...b.faces[0]!, embedding: near(a.faces[0]!.embedding) }] };
    expect(flags(a, second)).toEqual([null, expected]);
  });

  test('of somebody else do not count, the worst first; of two nobody can tell which', () => {
    expect(flags(one('a', 0.9), one('b', 0.9), one('c', 0.9), one('x', 0.1))).toEqual([null, null, null, 'outlier']);
    expect(flags(one('a', 0.9), one('b', 0.9), one('x', 0.1), one('y', 0.05))).toEqual([
      null,
      null,
      'outlier',
      'outlier',
    ]);
    expect(flags(one('a', 0.9), one('x', 0.1))).toEqual([null, null]);
    // The mean of two at .9 has a cosine of .95 to the axis.
    const cosine = (wanted: number): number => wanted / (0.9 / Math.sqrt((1 + 0.81) / 2));
    expect(flags(one('a', 0.9), one('b', 0.9), one('c', cosine(0.31)))).toEqual([null, null, null]);
    expect(flags(one('a', 0.9), one('b', 0.9), one('c', cosine(0.29)))).toEqual([null, null, 'outlier']);
  });
});

describe('a face compared with many', () => {
  test.each([1, 15, 16, 17, 600])('of %d numbers: each cosine is as near as it says', (length) => {
    let state = 7;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
    const faces = Array.from({ length: 700 }, () => normalize(Float32Array.from({ length }, random)));
    const matrix = new FaceMatrix(faces);
    for (const probe of faces.slice(0, 5)) {
      const { cosines, slack } = matrix.cosines(probe);
      expect(cosines).toHaveLength(700);
      expect(slack).toBeLessThan(0.02);
      faces.forEach((face, i) => expect(Math.abs(cosines[i]! - similarity(face, probe))).toBeLessThanOrEqual(slack));
    }
  });

  test('of nobody, of nothing, and of too much', () => {
    expect(new FaceMatrix([]).cosines(axis(0))).toEqual({ cosines: new Float32Array(0), slack: 0 });
    const short = axis(0).slice(0, 16);
    const { cosines } = new FaceMatrix([new Float32Array(16), short]).cosines(short);
    expect([...cosines]).toEqual([0, expect.closeTo(1, 2)]);
    expect(() => new FaceMatrix([new Float32Array(2049)])).toThrow(RangeError);
    expect(() => new FaceMatrix([new Float32Array(2048)])).not.toThrow();
  });
});
