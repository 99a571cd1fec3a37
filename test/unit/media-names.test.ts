import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseMediaName } from '../../src/download/media-name.js';

const plain = (text = ''): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

interface Row {
  readonly path: string;
  readonly name: string;
  readonly known: Readonly<Record<string, number | string>>;
}

const TABLE = readFileSync(new URL('../library/media-names.txt', import.meta.url), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
  .map((line): Row => {
    const [path = '', name = '', year, season, episode, aired] = line.split('|').map((cell) => cell.trim());
    const number = (key: string, text?: string): object => (text ? { [key]: Number(text) } : {});
    return { path, name, known: { ...number('year', year), ...number('season', season), ...number('episode', episode), ...(aired ? { aired } : {}) } };
  });

describe('names of 200 films and episodes', () => {
  test.each(TABLE)('$path', ({ path, name, known }) => {
    const { title, series, year, ...numbers } = parseMediaName(path);
    const isEpisode = 'episode' in known || 'aired' in known;
    // What was broadcast on a day is of that year.
    const years = 'aired' in known ? {} : year === undefined ? {} : { year };
    expect({ name: plain(isEpisode ? series : title), ...years, ...numbers }).toEqual({ name: plain(name), ...known });
    expect(series === undefined).toBe(!isEpisode);
  });
});
