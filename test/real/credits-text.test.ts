import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readBilling } from '../../src/credits/billing/read.js';
import { isSureName } from '../../src/credits/billing/sure.js';
import type { BillingResult } from '../../src/credits/billing/types.js';
import { openMedia } from '../../src/frames/media.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

const data = resolve(process.env['KINOSCOPE_DATA'] ?? '../shared/data');
const film = join(data, 'video/big-buck-bunny-360p.mp4');
const there = existsSync(film);
/** A busy machine decodes and reads several times slower than an idle one. */
const PATIENCE = 240_000;
if (!there) console.warn(`SKIPPED: reading real credits needs ${film}`);

(there ? describe : describe.skip)('the credits of Big Buck Bunny', () => {
  let models: ModelRegistry;
  let read: BillingResult;
  let readEnd: BillingResult;
  beforeAll(async () => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
    const { source } = openMedia({});
    const reading = (start: number, end: number): Promise<BillingResult> =>
      readBilling({ file: film, source, models, credits: [{ kind: 'roll', start, end }] });
    // two cards, and the roll's first lines; the end of its thanks, and the logos
    read = await reading(490.5, 506);
    readEnd = await reading(566, 581);
  }, PATIENCE);
  afterAll(() => models.close());

  const roleOf = (name: string): string[] =>
    read.crew.filter(({ names }) => names.some(({ text }) => text === name)).map(({ role }) => role);

  test('name the team of a card with what they did, names on the left', () => {
    expect(roleOf('Sacha Goedegebure')).toContain('Director');
    expect(roleOf('Enrico Valenza')).toContain('Lead Artist');
    expect(roleOf('Brecht van Lommel')).toContain('Software Developer');
  });

  test('name those of a roll below their jobs, each line once', () => {
    const texts = read.lines.flatMap(({ parts }) => parts.map(({ text }) => text));
    expect(roleOf('Jan Morgenstern')).toEqual(['MUSIC AND SOUND DESIGN']);
    expect(texts.filter((text) => text === 'MUSIC AND SOUND DESIGN')).toHaveLength(1);
    expect(read.cast).toEqual([]);
  });

  test('name nobody surely for a logo beside another, nor for names in the line above', () => {
    const sure = [
      ...readEnd.cast.map(({ character, actor, confidence }) => ({ role: character, name: actor, confidence })),
      ...readEnd.crew.flatMap(({ role, names }) =>
        names.map(({ text, confidence }) => ({ role, name: text, confidence })),
      ),
    ].filter(isSureName);
    expect(sure.filter(({ name }) => name !== 'Ton Roosendaal')).toEqual([]);
  });

  test('say when each can be read', () => {
    const director = read.crew.find(({ role }) => role === 'Director')!.names[0]!;
    expect(director.start).toBeGreaterThanOrEqual(490.5);
    expect(director.end).toBeLessThan(496);
    expect(director.confidence).toBeGreaterThan(0.5);
  });
});
