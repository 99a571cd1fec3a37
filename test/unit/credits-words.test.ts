import { describe, expect, test } from '@jest/globals';
import { evidenceOf, sampleOf, type Evidence } from '../../src/credits/evidence.js';
import { parameters } from '../../src/credits/parameters.js';
import { bestPath, LinePictures, type LineReader } from '../../src/credits/recognition.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import { framesToRead, wordsOf, withWords } from '../../src/credits/words-read.js';
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
  const frame = (time: number): Evidence => evidenceOf(sampleOf(time, picture), null, card);
  const kept = (evidence: Evidence): LinePictures => {
    const pictures = new LinePictures();
    pictures.keep(sampleOf(evidence.time, picture), evidence.boxes!);
    return pictures;
  };
  const reader = (...lines: string[]): LineReader => ({
    version: '',
    read: () => Promise.resolve({ text: lines.shift() ?? '', confidence: 0.95 }),
  });

  test('sentences are worth more against credits than names are for them', async () => {
    const one = frame(0);
    const names = await wordsOf(
      one,
      kept(one),
      reader('Edited by', 'HELENA BRANDT', 'Marcus Oyelaran'),
      parameters.words,
    );
    const sentences = await wordsOf(
      one,
      kept(one),
      reader('they had never been here', 'before that night, and so', 'nobody asked them'),
      parameters.words,
    );
    expect(names).toBe(1.5);
    expect(sentences).toBeLessThan(-3);
  });

  test('letters that nobody reads here are no evidence, nor is one word among them', async () => {
    const one = frame(0);
    expect(await wordsOf(one, kept(one), reader('Анна Белова', 'Олег Титов', ''), parameters.words)).toBeNull();
    expect(await wordsOf(one, kept(one), reader('', 'EDITOR', '？'), parameters.words)).toBeNull();
  });

  test('a frame between two that were read says what they say where they agree', () => {
    const samples = [0, 10, 20, 30, 40, 50].map(frame);
    const read = new Map(
      [
        [0, -4],
        [20, -2],
        [40, 1.5],
      ].map(([time, odds]) => [time!, { odds: odds!, plain: true }]),
    );
    const told = withWords(samples, read, parameters.frameClassifier).map(({ words }) => words);
    expect(told).toEqual([-4, -3, -2, null, 1.5, null]);
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
});
