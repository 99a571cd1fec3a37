import { describe, expect, test } from '@jest/globals';
import { readerOf, type Read } from '../../src/credits/boundary.js';
import { readNamesClosely } from '../../src/credits/close-reading.js';
import { evidenceOf, sampleOf, type Evidence, type Sample } from '../../src/credits/evidence.js';
import {
  besideAllOverlays,
  favourOfCredits,
  firstNames,
  presentBesides,
} from '../../src/credits/names-over-pictures.js';
import { parameters } from '../../src/credits/parameters.js';
import type { PlainFrame } from '../../src/credits/read-frames.js';
import type { Search } from '../../src/credits/search-result.js';
import { showsCredits } from '../../src/credits/search.js';
import type { State } from '../../src/credits/segmenter.js';
import { startEdge } from '../../src/credits/start.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import { rollSpeed, rollsTo, textRise } from '../../src/credits/text-motion.js';
import { frameStream } from '../../src/frames/stream.js';
import type { DecodeSummary, Frame, FrameSource, RgbImage } from '../../src/frames/types.js';
import type { Model } from '../../src/inference/types.js';

const [WIDTH, HEIGHT] = [64, 36];
const box = (x: number, y: number, width: number, height = 0.06): TextBox => ({ x, y, width, height, score: 0.9 });

function picture(time: number, ground: 'footage' | 'black'): Uint8Array {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  if (ground === 'footage')
    for (let i = 0; i < data.length; i++)
      data[i] = 30 + ((Math.floor(time) * 8) % 50) + ((i * 37 + (i >> 5) * 11) % 150);
  return data;
}

/** Pictures that were measured already, by what they show. */
const measured = new Map<string, Sample>();

function frame(time: number, ground: 'footage' | 'black', boxes: readonly TextBox[]): Evidence {
  const shown = ground === 'black' ? ground : `${(Math.floor(time) * 8) % 50}`;
  const sample = measured.get(shown) ?? sampleOf(time, { width: WIDTH, height: HEIGHT, data: picture(time, ground) });
  measured.set(shown, sample);
  return evidenceOf({ ...sample, time }, null, boxes);
}

/** Lines of a roll that comes in at the picture's foot at `start`, those above `foot` alone. */
function rolled(time: number, start: number, speed: number, foot = 1): TextBox[] {
  return Array.from({ length: 60 }, (_, k) =>
    box(0.3 + 0.01 * (k % 3), 1 + 0.09 * k - speed * (time - start), 0.1 + 0.04 * ((k * 7) % 5)),
  ).filter(({ y, height }) => y >= 0 && y + height <= foot);
}

type Show = (time: number) => Evidence;

/** Sampled once a second; the segmentation says that credits of one kind start at a slot. */
function searched(show: Show, start: number, end: number, state: State, about: Partial<Search> = {}): Search {
  const starts = new Float64Array(end);
  starts[start - 3] = 0.1;
  starts[start] = 0.9;
  return {
    window: { start: 0, end },
    samples: Array.from({ length: end }, (_, time) => show(time)),
    close: [],
    overlays: { places: [], regions: null },
    segmentation: {
      starts,
      present: 0.999,
      start,
      runs: [
        { state: 'story', from: 0, to: start },
        { state, from: start, to: end },
      ],
    },
    chapters: [],
    truncated: false,
    ...about,
  };
}

/** The start to the frame, ten frames a second. */
async function startOf(show: Show, search: Search): Promise<number> {
  const { window, find } = startEdge(search, parameters.frameClassifier, search.segmentation.start!);
  const frames: PlainFrame[] = [];
  for (let k = Math.ceil(10 * (window?.start ?? 0)); k / 10 < (window?.end ?? 0); k++)
    frames.push({ time: k / 10, image: { width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT * 3) } });
  const read: Read = (sample) => Promise.resolve(show(sample.time));
  return find(read, frames);
}

describe('how text moves', () => {
  test('rises as fast as its lines do, whatever the picture behind them shows', () => {
    const [before, after] = [frame(20, 'footage', rolled(20, 15, 0.12)), frame(22, 'footage', rolled(22, 15, 0.12))];
    expect(textRise(before, after)).toBeCloseTo(0.12, 2);
    expect(textRise(before, frame(22, 'footage', before.boxes!))).toBe(0);
    expect(textRise(before, frame(22, 'footage', [box(0.7, 0.2, 0.2)]))).toBeNull();
  });

  test('is a roll’s where its frames agree, and a card’s where it stands first', () => {
    const rolling = [20, 21, 22, 23].map((time) => frame(time, 'black', rolled(time, 15, 0.12)));
    expect(rollSpeed(rolling, 0)).toBeCloseTo(0.12, 2);
    const card = [18, 19].map((time) => frame(time, 'black', [box(0.4, 0.4, 0.2), box(0.35, 0.5, 0.3)]));
    expect(rollSpeed([...card, ...rolling], 0)).toBeNull();
  });

  test('puts a line where the roll’s speed does', () => {
    const like = frame(22, 'black', rolled(22, 15, 0.12));
    expect(rollsTo(frame(20, 'black', rolled(20, 15, 0.12)), like, 0.12)).toBe(true);
    expect(rollsTo(frame(20, 'black', rolled(22, 15, 0.12)), like, 0.12)).toBe(false);
  });
});

describe('a roll starts', () => {
  const SENTENCES = [box(0.26, 0.39, 0.5), box(0.26, 0.47, 0.48), box(0.2, 0.55, 0.6)];

  test('after what the story tells on black, however close', async () => {
    const show: Show = (time) =>
      frame(time, 'black', time < 37.5 ? SENTENCES : time < 38 ? [] : rolled(time, 38, 0.12));
    const search = searched(show, 39, 70, 'roll');
    expect(Math.abs((await startOf(show, search)) - 38.5)).toBeLessThan(0.3);
  });

  test('after the last lines of a song', async () => {
    const show: Show = (time) =>
      time < 38 ? frame(time, 'footage', SENTENCES) : frame(time, 'black', rolled(time, 38, 0.12));
    expect(Math.abs((await startOf(show, searched(show, 39, 70, 'roll'))) - 38.5)).toBeLessThan(0.3);
  });

  test('when its first line came in behind captions at the foot', async () => {
    const regions = { shares: Array.from({ length: 32 * 18 }, (_, cell) => (cell >= 32 * 16 ? 0.9 : 0)) };
    const show: Show = (time) =>
      time < 38 ? frame(time, 'footage', []) : frame(time, 'black', rolled(time, 38, 0.12, 0.87));
    const search = searched(show, 41, 70, 'roll', { overlays: { places: [], regions } });
    expect(Math.abs((await startOf(show, search)) - 38)).toBeLessThan(0.3);
  });

  test('when its first line came in, over footage where it is read late', async () => {
    const show: Show = (time) => frame(time, 'footage', time < 40 ? [] : rolled(time, 38, 0.12));
    expect(Math.abs((await startOf(show, searched(show, 41, 70, 'roll'))) - 38)).toBeLessThan(0.3);
  });

  test('when its first line came in, over footage of which a frame is read badly', async () => {
    const higher = (one: TextBox): TextBox => ({ ...one, y: one.y - 0.05 });
    const show: Show = (time) => {
      const lines = time < 38.6 ? [] : rolled(time, 38, 0.12);
      return frame(time, 'footage', time === 41 ? lines.map(higher) : lines);
    };
    expect(Math.abs((await startOf(show, searched(show, 41, 70, 'roll'))) - 38)).toBeLessThan(0.3);
  });

  test('with the cut to a page that rolls already', async () => {
    const show: Show = (time) =>
      time < 38 ? frame(time, 'footage', []) : frame(time, 'black', rolled(time, 30, 0.12));
    expect(Math.abs((await startOf(show, searched(show, 39, 70, 'roll'))) - 38)).toBeLessThan(0.11);
  });

  test('with the cut over footage to lines that stand high already', async () => {
    const show: Show = (time) => frame(time, 'footage', time < 38 ? [] : rolled(time, 34.6, 0.25));
    const samples = Array.from({ length: 140 }, (_, k) => show(k / 2));
    expect(Math.abs((await startOf(show, searched(show, 39, 70, 'roll', { samples }))) - 38)).toBeLessThan(0.11);
  });
});

describe('names over a going picture', () => {
  const NAMES = [box(0.6, 0.4, 0.12, 0.045), box(0.6, 0.46, 0.2, 0.045)];
  const close = (times: readonly number[], boxes: (time: number) => readonly TextBox[]): Evidence[] =>
    times.map((time) => frame(time, 'footage', boxes(time)));
  const every = (from: number, to: number, step: number): number[] =>
    Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, k) => from + k * step);

  test('begin with the first of their size, over pauses and what else looks like text', () => {
    const frames = close(every(28, 40, 1), (time) =>
      time < 33 ? [box(0.3, 0.2, 0.1, 0.2), box(0.9, 0.5, 0.06, 0.045)] : time % 3 === 0 ? NAMES : [],
    );
    const { first, before } = firstNames(frames, frame(39, 'footage', NAMES));
    expect([first.time, before?.time]).toEqual([33, 32]);
  });

  test.each([
    ['sentences are none', [box(0.27, 0.43, 0.46, 0.045), box(0.15, 0.5, 0.7, 0.045)], 36],
    ['a subtitle is none', [box(0.3, 0.88, 0.4, 0.045)], 36],
    ['two lines of one, centred, are none', [box(0.35, 0.82, 0.3, 0.045), box(0.3, 0.9, 0.4, 0.045)], 36],
    ['lines at the foot that are not centred are some', [box(0.44, 0.81, 0.35, 0.045), box(0.66, 0.88, 0.13, 0.045)], 33], // prettier-ignore
    ['short ones at the foot are some', [box(0.44, 0.81, 0.12, 0.045), box(0.4, 0.88, 0.2, 0.045)], 33],
  ])('of lines that stand before them %s', (_, lines, first) => {
    const frames = close(every(20, 46, 1), (time) => (time >= 36 ? NAMES : time >= 33 ? lines : []));
    expect(firstNames(frames, frame(39, 'footage', NAMES)).first.time).toBe(first);
  });

  test('are not a sign in the picture, which stands nowhere else', () => {
    const frames = close(every(28, 46, 1), (time) =>
      time < 33 ? [] : time < 36 ? [box(0.2 + (time - 33) / 5, 0.2, 0.12, 0.045)] : NAMES,
    );
    expect(firstNames(frames, frame(39, 'footage', NAMES)).first.time).toBe(36);
  });

  test('are followed back however long before the first that is sure they began', () => {
    const frames = close(every(5, 46, 1), (time) => (time >= 15 && time % 4 === 3 ? NAMES : []));
    expect(firstNames(frames, frame(43, 'footage', NAMES)).first.time).toBe(15);
  });

  test('are as high as most lines of the credits, whatever was read as text before they are sure', () => {
    const frames = close(every(28, 46, 1), (time) =>
      time < 33 || time === 36 ? [] : time > 36 && time < 39 ? [box(0.3, 0.2, 0.3, 0.6)] : NAMES,
    );
    expect(firstNames(frames, frame(39, 'footage', NAMES)).first.time).toBe(33);
  });

  test('are some, whatever stands at one place through the story', () => {
    const logo = box(0.85, 0.13, 0.11, 0.05);
    const show: Show = (time) => frame(time, 'footage', time >= 40 ? NAMES : []);
    const times = [...every(1, 27, 2), ...every(28, 40, 1), ...every(42, 60, 2)];
    const search = searched(show, 40, 70, 'names');
    const read = close(times, (time) => (time < 40 ? [logo] : NAMES));
    const beside = besideAllOverlays(read, search, parameters.frameClassifier);
    const favour = (seen: readonly Evidence[]): number | null =>
      favourOfCredits(seen, search, show(40), parameters.frameClassifier);
    expect(presentBesides(0.999, favour(read))).toBeLessThan(0.5);
    expect(presentBesides(0.999, favour(beside))).toBe(0.999);
  });

  test('are none where the story shows the like as often', () => {
    const show: Show = (time) => frame(time, 'footage', NAMES);
    const times = [...every(1, 27, 2), ...every(28, 40, 1), ...every(42, 60, 2)];
    const present = (inStory: (time: number) => boolean): number => {
      const read = close(times, (time) => (time >= 40 || inStory(time) ? NAMES : []));
      const search = searched(show, 40, 70, 'names');
      return presentBesides(0.999, favourOfCredits(read, search, show(40), parameters.frameClassifier));
    };
    expect(present(() => false)).toBeCloseTo(0.999);
    expect(present(() => true)).toBeLessThan(0.5);
  });
});

/** A picture of one level, which says its time to {@link detector}. */
const plain = (level: number): RgbImage => ({ width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT * 3).fill(level) }); // prettier-ignore

/** A text detector that sees in a picture of one level the boxes of that second, and notes which it was shown. */
function detector(boxes: (time: number) => readonly TextBox[]): { readonly text: Model; readonly asked: number[] } {
  const asked: number[] = [];
  const runImages: Model['runImages'] = (images) => {
    const { width, height, data: pixels } = images[0]!;
    asked.push(pixels[0]!);
    const data = new Float32Array(width * height);
    for (const one of boxes(pixels[0]!))
      for (let y = Math.round(one.y * height); y < (one.y + one.height) * height; y++)
        data.fill(1, Math.round(y * width + one.x * width), Math.round(y * width + (one.x + one.width) * width));
    return Promise.resolve({ map: { dims: [1, 1, height, width], data } });
  };
  return { text: { runImages } as unknown as Model, asked };
}

describe('names over a picture are read closely', () => {
  const NAMES = [box(0.6, 0.4, 0.12, 0.045), box(0.6, 0.48, 0.2, 0.045)];
  const summary: DecodeSummary = { frames: 0, lastTime: 0, duration: 70, truncated: false, warnings: [] };
  async function* shown(times: readonly number[]): AsyncGenerator<Frame, DecodeSummary, undefined> {
    for (const time of await Promise.resolve(times))
      yield { time, containerTime: time, keyframe: false, images: [plain(Math.round(time))] };
    return summary;
  }
  const source: FrameSource = {
    name: 'node-av',
    frames: (_file, { plan }) => frameStream(shown(plan.kind === 'exactAt' ? plan.times : [])),
    expect: () => () => undefined,
    countBefore: () => Promise.resolve(0),
  };
  /** What is read where only the frames from 40 on showed their names at the usual size. */
  async function read(boxes: (time: number) => readonly TextBox[], state: State = 'names', frames = source) {
    const { text, asked } = detector(boxes);
    const found = searched((time) => frame(time, 'footage', time < 40 ? [] : NAMES), 40, 70, state);
    found.segmentation.starts[10] = 0.02;
    const lines = { version: '', read: () => Promise.resolve({ text: '', confidence: 0 }) };
    const context = { file: '', source: frames, text, lines };
    const { close, present } = await readNamesClosely(context, found, parameters.frameClassifier);
    return { first: firstNames(close, found.samples[40]!).first.time, present, asked, close };
  }

  test('until they have stopped, and a few frames elsewhere where these agree', async () => {
    const { first, present, asked } = await read((time) =>
      time >= 40 || [27, 31, 35, 36].includes(time) ? NAMES : [],
    );
    expect(first).toBe(27);
    expect(present).toBe(0.999);
    expect(asked.filter((time) => time > 28 && time < 40)).toHaveLength(11);
    expect(asked).toContain(22);
    expect(asked).not.toContain(21);
    // A third of those of the story that would tell, every other of the credits, of which the first is the one that is sure.
    expect(asked.filter((time) => time < 20)).toHaveLength(3);
    expect(asked.filter((time) => time >= 40)).toHaveLength(5);
    expect(asked).toContain(40);
  });

  test('all through where the story shows the like', async () => {
    const { present, asked } = await read(() => NAMES);
    expect(present).toBeLessThan(0.5);
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((time) => time >= 40)).toHaveLength(9);
  });

  test('not where they roll', async () => {
    const { close, present, asked } = await read(() => NAMES, 'roll');
    expect([close, present, asked]).toEqual([[], 0.999, []]);
  });

  test('as far as the decoder gives frames', async () => {
    const none: FrameSource = { ...source, frames: () => frameStream(shown([])) };
    const { close, present, first } = await read(() => NAMES, 'names', none);
    expect([close, present, first]).toEqual([[], 0.999, 40]);
  });
});

test('a picture that stands still is read once at a boundary, one with another letter again', async () => {
  const { text, asked } = detector(() => []);
  const read = readerOf(text, { samples: [], overlays: { places: [], regions: null } });
  const letter = plain(100);
  for (let y = 10; y < 14; y++) letter.data.fill(140, 3 * (y * WIDTH + 20), 3 * (y * WIDTH + 24));
  const noisy = plain(100);
  noisy.data.forEach((_, k) => (noisy.data[k] = 99 + (k % 3)));
  const times: number[] = [];
  for (const [k, image] of [plain(100), noisy, letter, letter].entries())
    times.push((await read(sampleOf(k + 1, image))).time);
  expect(times).toEqual([1, 2, 3, 4]);
  expect(asked).toHaveLength(2);
});

test('a clock in a corner of the black before credits is no first line of theirs', async () => {
  const clock = box(0.02, 0.92, 0.08);
  const card = [box(0.4, 0.4, 0.2), box(0.35, 0.5, 0.3), box(0.38, 0.6, 0.24)];
  const show: Show = (time) =>
    time < 36 ? frame(time, 'footage', []) : frame(time, 'black', time < 38 ? [clock] : card);
  expect(await startOf(show, searched(show, 38, 70, 'cards'))).toBeCloseTo(38, 1);
});

test('credits without a frame of their text are none, however dark the film goes or much it tells', () => {
  const dark: Show = (time) => frame(time, time < 30 ? 'footage' : 'black', []);
  const card: Show = (time) =>
    time === 30 ? frame(time, 'black', [box(0.4, 0.4, 0.2), box(0.33, 0.52, 0.34)]) : dark(time);
  expect(showsCredits(searched(dark, 30, 70, 'cards'), parameters.frameClassifier)).toBe(false);
  expect(showsCredits(searched(card, 30, 70, 'cards'), parameters.frameClassifier)).toBe(true);
  const told: Show = (time) => ({ ...card(time), words: -5 });
  expect(showsCredits(searched(told, 30, 70, 'cards'), parameters.frameClassifier)).toBe(false);
});
