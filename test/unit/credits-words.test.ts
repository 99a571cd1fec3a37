import { describe, expect, test } from '@jest/globals';
import { evidenceOf, sampleOf, type Evidence } from '../../src/credits/evidence.js';
import { parameters } from '../../src/credits/parameters.js';
import { bestPath, LinePictures, type LineReader } from '../../src/credits/recognition.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import { framesToRead, readWords, withWords, wordsOf, type ReadLine } from '../../src/credits/words-read.js';
import { isReadable, wordsLogOdds } from '../../src/credits/words.js';

const odds = (line: string): number => wordsLogOdds(line, parameters.words);

describe('lines are told by their letters', () => {
  // None of these stands in the lists that the table was learnt from; spaces are missing where a recogniser loses them.
  test.each([
    'Helena Brandstätter',
    'MARCUS OYELARAN',
    'yusuf demirkan',
    'Sound Effects Editor',
    'AssistantCostumeDesigner',
    'THIRD ASSISTANT DIRECTOR',
    'Chef opérateur',
    'Produktionsassistenz',
    'Jefe de producción',
    'Lakeside Pictures',
    'Junior Compositor  Ines Farkas',
  ])('of credits: %s', (line) => expect(odds(line)).toBeGreaterThan(0.25));

  test.each([
    'They never found out who had taken the letters.',
    'themeetingwasmovedtothenextday',
    'and nobody will ever know',
    'WHY DID YOU NOT TELL ME ABOUT IT',
    'do you still have my keys?',
    'const width = image.width * 3;',
    'return values.map((value) => value + 1);',
    '- lower cost of transport next year',
    'Temperature: 23.4 °C',
    '14.02.2019 22:10',
    'Please keep off the grass and close the gate',
  ])('not of credits: %s', (line) => expect(odds(line)).toBeLessThan(-0.25));

  test.each(['Анна Белова', '誰もいない', 'Ab', '—'])('nothing is told of what is not read: %s', (line) => {
    expect(isReadable(line)).toBe(false);
    expect(odds(line)).toBe(0);
  });
});

test('the best path leaves blanks and repeats out, and knows the space', () => {
  // Classes: blank, a, b, space; one row a step.
  const steps = [1, 1, 0, 1, 3, 2, 2, 0].map((best) => [0, 1, 2, 3].map((k) => (k === best ? 0.9 : 0.1 / 3)));
  const read = bestPath({ dims: [steps.length, 4], data: Float32Array.from(steps.flat()) }, ['a', 'b']);
  expect(read.text).toBe('aa b');
  expect(read.confidence).toBeCloseTo(0.9);
  expect(bestPath({ dims: [1, 4], data: Float32Array.from([1, 0, 0, 0]) }, ['a', 'b'])).toEqual({
    text: '',
    confidence: 0,
  });
});

describe('the words of frames', () => {
  const card = [0.4, 0.5, 0.6].map((y): TextBox => ({ x: 0.3, y, width: 0.4, height: 0.06, score: 0.9 }));
  const picture = { width: 320, height: 180, data: new Uint8Array(320 * 180 * 3) };
  const first = evidenceOf(sampleOf(0, picture), null, card);
  const frame = (time: number): Evidence => ({ ...first, time });
  const kept = (evidence: Evidence): LinePictures => {
    const pictures = new LinePictures();
    pictures.keep(sampleOf(evidence.time, picture), evidence.boxes!);
    return pictures;
  };
  const reader = (...lines: string[]): LineReader => ({
    version: '',
    read: () => Promise.resolve({ text: lines.shift() ?? '', confidence: 0.95 }),
  });

  /** Log-odds of a frame of which these lines are read, those of `hidden` being an overlay's. */
  async function oddsOf(lines: readonly string[], about = frame(0), hidden: readonly TextBox[] = []) {
    const read = await readWords(about, kept(about), reader(...lines), parameters.words);
    return wordsOf({ ...about, boxes: about.boxes!.filter((box) => !hidden.includes(box)) }, read);
  }

  test('sentences are worth more against credits than names are for them', async () => {
    expect(await oddsOf(['Edited by', 'HELENA BRANDT', 'Marcus Oyelaran'])).toBe(1.5);
    expect(await oddsOf(['they had never been here', 'before that night, and so', 'nobody asked them'])).toBeLessThan(
      -3,
    );
  });

  test('letters that nobody reads here are no evidence, nor is one word among them', async () => {
    expect(await oddsOf(['Анна Белова', 'Олег Титов', ''])).toBeNull();
    expect(await oddsOf(['', 'EDITOR', '？'])).toBeNull();
  });

  test('a page whose first lines contradict each other is read further', async () => {
    const page = Array.from({ length: 6 }, (_, k): TextBox => ({ ...card[0]!, y: 0.1 + 0.12 * k }));
    const letter = evidenceOf(sampleOf(0, picture), null, page);
    const [names, sentences] = [
      ['Officer: Helena Brandt', 'nobody on this street could sleep', 'Marcus Oyelaran', 'Ines Farkas'],
      ['the rain had stopped before midnight', 'and everyone was waiting for news'],
    ];
    expect(await oddsOf([...names, ...sentences], letter)).toBeLessThan(-4);
    const asked: string[] = [];
    const listening: LineReader = {
      version: '',
      read: () => Promise.resolve({ text: (asked.push(''), 'Helena Brandt'), confidence: 0.95 }),
    };
    await readWords(letter, kept(letter), listening, parameters.words);
    expect(asked).toHaveLength(4);
  });

  test('a channel’s name that turned out to be an overlay’s says nothing any more', async () => {
    const lines = ['Lakeside Pictures', 'what are they doing out there', 'Lakeside Television'];
    expect(await oddsOf(lines, frame(0), [])).toBeGreaterThan(-3);
    expect(await oddsOf(['Lakeside Pictures', 'Helena Brandt', ''], frame(0), [card[0]!])).toBeNull();
  });

  const ALL_TEXT = { features: [], base: 5, trees: [] };
  /** As many clear lines as make these odds. */
  const said = (sample: Evidence, odds: number): readonly [number, readonly ReadLine[]] => [
    sample.time,
    sample.boxes!.map((box) => ({ box, odds: odds / 2.1, job: null })),
  ];

  test('a frame between two that were read says what they say where they agree', () => {
    const samples = [0, 10, 20, 30, 40, 50].map(frame);
    const read = new Map([said(samples[0]!, -4), said(samples[2]!, -2), said(samples[4]!, 1.5)]);
    const told = withWords(samples, read, parameters.frameClassifier).map(({ words }) => words);
    expect(told.map((words) => words && Math.round(words * 100) / 100)).toEqual([-4, -3, -2, null, 1.5, null]);
  });

  test('jobs of cards that follow each other say more than names do', async () => {
    const told = async (
      ...cards: readonly (readonly [time: number, ...lines: string[]])[]
    ): Promise<(number | null)[]> => {
      const samples = cards.map(([time]) => frame(time));
      const read = new Map<number, readonly ReadLine[]>();
      for (const [k, [time, ...lines]] of cards.entries()) {
        const sample = samples[k]!;
        let next = 0;
        const reader: LineReader = {
          version: '',
          read: () => Promise.resolve({ text: lines[next++ % lines.length]!, confidence: 0.95 }),
        };
        read.set(time, await readWords(sample, kept(sample), reader, parameters.words));
      }
      return withWords(samples, read, { trees: ALL_TEXT }).map(({ words }) => words);
    };
    const [producer, editor] = [
      ['Producer', 'Helena Brandt', 'Ivo Costa'],
      ['Film Editor', 'Nadia Okafor', 'Ahmed Singh'],
    ] as const;
    expect(await told([0, ...producer], [8, ...editor])).toEqual([4, 4]);
    expect(await told([0, ...producer], [8, ...producer])).toEqual([1.5, 1.5]);
    expect(await told([0, ...producer], [40, ...editor])).toEqual([1.5, 1.5]);
    expect(await told([0, ...producer], [8, 'Nadia Okafor', 'Ahmed Singh', 'Lena Falk'])).toEqual([1.5, 1.5]);
  });

  test('a page that shows sentences as well says nothing for credits, whatever names it holds', () => {
    const page = (time: number): Evidence => {
      const lines = Array.from({ length: 8 }, (_, k): TextBox => ({
        x: 0.2 + 0.02 * k,
        y: 0.9 + 0.08 * k - 0.1 * time,
        width: 0.3,
        height: 0.05,
        score: 0.9,
      }));
      return evidenceOf(
        sampleOf(time, picture),
        null,
        lines.filter(({ y }) => y > 0 && y < 0.95),
      );
    };
    const told = (samples: readonly Evidence[], ...odds: readonly number[]): (number | null)[] =>
      withWords(samples, new Map(samples.map((sample, k) => said(sample, odds[k]! * 2))), { trees: ALL_TEXT }).map(
        ({ words }) => words && Math.sign(words),
      );
    expect(told([page(4), page(8)], 2, -9)).toEqual([-1, -1]);
    expect(told([page(4), page(8)], 2, 2)).toEqual([1, 1]);
    // A card that is followed by a page of other lines.
    expect(told([frame(4), page(8)], 2, -9)).toEqual([1, -1]);
  });

  test('what an epilogue tells is not said of the roll that follows', () => {
    const wide = [0.4, 0.5, 0.6].map((y): TextBox => ({ x: 0.1, y, width: 0.8, height: 0.06, score: 0.9 }));
    const narrow = [0.8, 0.9].map((y): TextBox => ({ x: 0.43, y, width: 0.14, height: 0.06, score: 0.9 }));
    const show = (time: number): Evidence => evidenceOf(sampleOf(time, picture), null, time < 4 ? wide : narrow);
    const samples = [0, 2, 4, 6].map(show);
    const read = new Map([said(samples[0]!, -6)]);
    const words = withWords(samples, read, { trees: ALL_TEXT }).map((sample) => sample.words);
    expect(words).toEqual([-5, -5, null, null]);
    const starts = Float64Array.of(0.9, 0, 0, 0, 0, 0, 0);
    const next = framesToRead(samples, { starts }, 0, 1, read, { trees: ALL_TEXT });
    expect(next.map(({ time }) => time)).toEqual([4]);
  });

  test('where nothing could be read, the next frame is tried', () => {
    const samples = [0, 1, 2].map(frame);
    const starts = Float64Array.of(0.9, 0, 0);
    const tried = (odds: number | null): number[] => {
      const read = new Map([[0, samples[0]!.boxes!.map((box) => ({ box, odds, job: null }))]]);
      return framesToRead(samples, { starts }, 0, 1, read, parameters.frameClassifier).map(({ time }) => time);
    };
    expect(tried(null)).toEqual([1]);
    expect(tried(1)).toEqual([]);
  });

  test('few frames are read, and none of the story', () => {
    const samples = Array.from({ length: 200 }, (_, time) => frame(time));
    const starts = new Float64Array(200);
    starts[120] = 0.9;
    const read = framesToRead(samples, { starts }, 0, 1, new Map(), parameters.frameClassifier);
    expect(read.length).toBeGreaterThan(2);
    expect(read.length).toBeLessThan(8);
    for (const { time } of read) expect(time).toBeGreaterThanOrEqual(118);
  });

  const likely = (...slots: readonly (readonly [slot: number, p: number])[]): { starts: Float64Array } => {
    const starts = new Float64Array(200);
    for (const [slot, p] of slots) starts[slot] = p;
    return { starts };
  };
  /** Frames whose lines all have such odds. */
  const readAt = (...frames: readonly (readonly [time: number, odds: number | null])[]) =>
    new Map(frames.map(([time, each]) => [time, card.map((box): ReadLine => ({ box, odds: each, job: null }))]));
  const wanted = (
    from: number,
    count: number,
    read: ReadonlyMap<number, readonly ReadLine[]> = new Map(),
    starts = likely([100, 0.9]),
  ): number[] => {
    const samples = Array.from({ length: count }, (_, k) => frame(from + k));
    return framesToRead(samples, starts, 0, 1, read, { trees: ALL_TEXT }).map(({ time }) => time);
  };

  test.each([
    ['lie where credits may have begun, apart from each other', () => wanted(98, 10), [98, 102, 106]],
    ['do not lie before', () => wanted(80, 10), []],
    ['are none where credits are too unlikely', () => wanted(98, 10, new Map(), likely([100, 0.019])), []],
    ['are four at a time, from the first to the last', () => wanted(98, 60), [98, 118, 134, 154]],
    ['are not those about which others say something', () => wanted(98, 10, readAt([101, 1])), []],
    ['are no more than twelve in a film', () => wanted(98, 60, readAt(...Array.from({ length: 12 }, (_, k) => [k, null] as const))), []], // prettier-ignore
    ['go on where one was read', () => wanted(100, 90, readAt([110, 1])), [100, 137, 165, 189]],
    ['are enough where two read as credits', () => wanted(100, 90, readAt([102, 1], [110, 1])), []],
    ['go on before the first of these', () => wanted(98, 60, readAt([130, 1], [138, 1], [146, 1]), likely([80, 0.9])), [98, 106, 114, 122]], // prettier-ignore
    [
      'go on where one of them does not',
      () => wanted(100, 90, readAt([102, 1], [110, 1], [118, -1])),
      [125, 145, 169, 189],
    ],
    ['are none where credits never begin', () => wanted(0, 10, new Map(), likely()), []],
    ['are the first alone where one more is allowed', () => wanted(98, 60, readAt(...Array.from({ length: 11 }, (_, k) => [k, null] as const))), [98]], // prettier-ignore
  ])('frames whose words would tell most %s', (_, found, expected) => {
    expect(found()).toEqual(expected);
  });

  test.each([
    ['names that are read well', [['Helena Brandt', 0.9], ['Marcus Oyelaran', 0.9]], 1.5], // prettier-ignore
    ['names that are not', [['Helena Brandt', 0.89], ['Marcus Oyelaran', 0.89]], null], // prettier-ignore
    ['one name alone', [['Helena Brandt', 0.95]], null],
    ['a sentence that is read fairly', [['they had never been here before', 0.8]], -3.5],
    ['a sentence that is not', [['they had never been here before', 0.79]], null],
    ['several of them: no more than five', [['they had never been here before', 0.8], ['and nobody will ever know why', 0.8]], -5], // prettier-ignore
    ['nothing', [['', 0.9]], null],
  ] as const)('a frame says by %s', async (_, lines, expected) => {
    const shown = evidenceOf(sampleOf(0, picture), null, card.slice(0, lines.length));
    const left = [...lines];
    const noting: LineReader = {
      version: '',
      read: () => Promise.resolve({ text: left[0]![0], confidence: left.shift()![1] }),
    };
    const said = wordsOf(shown, await readWords(shown, kept(shown), noting, parameters.words));
    if (expected === null) expect(said).toBeNull();
    else expect(said).toBeCloseTo(expected, 6);
  });

  describe('what is said of a frame', () => {
    const narrow = { ...first, boxes: card.map((box) => ({ ...box, width: 0.15 })) };
    const shaped = (about: Partial<TextBox>): Evidence => {
      const boxes = card.map((box) => ({ ...box, ...about }));
      return evidenceOf(sampleOf(0, picture), null, boxes);
    };
    const plainText = first;
    const overFootage = { ...first, stats: { ...first.stats, plainness: 0.1, dark: 0.1 } };
    /** What a frame is told by those that were read: time, odds and what they show. */
    const toldAt = (
      time: number,
      read: readonly (readonly [time: number, odds: number, shown?: Evidence])[],
      shown = plainText,
      base = 5,
    ): number | null => {
      const of = read.map(([at, , about = plainText]): Evidence => ({ ...about, time: at }));
      const samples = [...of, { ...shown, time }].sort((a, b) => a.time - b.time);
      const words = new Map(read.map(([, odds], k) => said(of[k]!, odds)));
      return withWords(samples, words, { trees: { features: [], base, trees: [] } }).find((one) => one.time === time)!.words; // prettier-ignore
    };
    const close = (value: number | null): unknown => (value === null ? null : expect.closeTo(value, 6));

    test.each<[string, () => number | null, number | null]>([
      ['before the first that was read, six seconds away', () => toldAt(4, [[10, 1]]), 1],
      ['not further', () => toldAt(3.9, [[10, 1]]), null],
      ['behind the last, six seconds away', () => toldAt(16, [[10, 1]]), 1],
      ['between two for credits', () => toldAt(10, [[0, 1], [20, 1.4]]), 1.2], // prettier-ignore
      ['between two that are a minute apart', () => toldAt(130, [[100, -1], [160, -3]]), -2], // prettier-ignore
      ['not more', () => toldAt(130, [[100, -1], [160.1, -3]]), null], // prettier-ignore
      ['by the nearer of two that disagree', () => toldAt(106, [[100, -3], [110, 1]]), 1], // prettier-ignore
      ['by the one before, where that is nearer', () => toldAt(104, [[100, -3], [110, 1]]), -3], // prettier-ignore
      ['not by another ground', () => toldAt(12, [[10, 1, overFootage]]), null],
      ['by the same ground, past another', () => toldAt(12, [[10, 1], [11, -3, overFootage]]), 1], // prettier-ignore
      ['not by lines of half its width', () => toldAt(12, [[10, 1, shaped({ width: 0.2 })]]), null],
      ['by lines a little wider than that', () => toldAt(12, [[10, 1, shaped({ width: 0.21 })]]), 1],
      ['not by lines of twice its width', () => toldAt(12, [[10, 1, shaped({ x: 0.1, width: 0.81 })]]), null],
      ['not by much lower lines', () => toldAt(12, [[10, 1, shaped({ height: 0.027 })]]), null],
      ['not by much higher lines', () => toldAt(12, [[10, 1, shaped({ height: 0.14 })]]), null],
      ['not where it hardly shows text', () => toldAt(12, [[10, 1]], plainText, -5), null],
    ])('%s', (_, told, expected) => {
      expect(told()).toEqual(close(expected));
    });

    test('is little where most of its lines could not be read', () => {
      const page = Array.from({ length: 6 }, (_, k): TextBox => ({ ...card[0]!, y: 0.1 + 0.12 * k }));
      const clear = (count: number): number | null =>
        wordsOf({ ...narrow, boxes: page }, page.map((box, k) => ({ box, odds: k < count ? 1 : null, job: null }))); // prettier-ignore
      expect([clear(1), clear(2), clear(3)]).toEqual([null, null, 1.5]);
    });
  });

  test('each line is read once, those that were cut out alone', async () => {
    const rows = (count: number): TextBox[] =>
      Array.from({ length: count }, (_, k) => ({ ...card[0]!, y: 0.05 + 0.1 * k, height: 0.06 }));
    const readOf = async (boxes: readonly TextBox[], ...lines: string[]) => {
      const shown = evidenceOf(sampleOf(0, picture), null, boxes);
      const pictures: unknown[] = [];
      const noting: LineReader = {
        version: '',
        read: (line) => Promise.resolve({ text: (pictures.push(line), lines[(pictures.length - 1) % lines.length]!), confidence: 0.95 }), // prettier-ignore
      };
      const read = await readWords(shown, kept(shown), noting, parameters.words);
      expect(pictures).not.toContain(undefined);
      expect(new Set(read.map(({ box }) => box)).size).toBe(read.length);
      return read.map(({ box }) => boxes.indexOf(box));
    };
    expect(await readOf(rows(2), 'Helena Brandt')).toEqual([0, 1]);
    // Six of eight are cut out; of these every second or so is read.
    expect(await readOf(rows(8), 'Helena Brandt')).toHaveLength(4);
    expect(await readOf([{ ...card[0]!, height: 0.03 }, ...rows(2)], 'Helena Brandt')).toEqual([1, 2]);
    const all = await readOf(rows(6), 'Helena Brandt', 'they had never been here before');
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
