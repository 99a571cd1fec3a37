import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const results = read('bench/RESULTS.md');

/** What a bench has written into RESULTS.md. */
function section(bench: string): string {
  const text = results.split(`<!-- ${bench} -->`)[1]?.split(`<!-- /${bench} -->`)[0];
  if (text === undefined) throw new Error(`bench/RESULTS.md has no section ${bench}`);
  return text;
}

/** The rows of a document's tables whose last column names the bench: question, figures, bench. */
function figures(document: string): [question: string, figures: string, bench: string][] {
  return [...read(document).matchAll(/^\| (.+?) \| (.+?) \| `([a-z-]+(?: --[a-z]+ \d+)?)` \|$/gm)].map(
    ([, question, text, bench]) => [question!, text!, bench!],
  );
}

describe.each(['README.md', 'docs/accuracy.md'])('the figures of %s', (document) => {
  test.each(figures(document))('%s: %s stand in the section of %s', (_question, text, bench) => {
    const measured = new Set(section(bench).match(/\d+(?:\.\d+)?/g));
    // "2 s" and "99 of 100" say what is asked; what was measured has a decimal point or stands before "of"
    const claimed = text.match(/\d+\.\d+|\d+(?= of )/g) ?? [];
    expect(claimed.length).toBeGreaterThan(0);
    expect(claimed.filter((number) => !measured.has(number))).toEqual([]);
  });
});

test('the README is short, and leads to every document', () => {
  const readme = read('README.md');
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(8192);
  const documents = readdirSync(new URL('../../docs', import.meta.url)).filter((name) => name.endsWith('.md'));
  expect(documents.filter((name) => !readme.includes(`docs/${name}`))).toEqual([]);
});

const inFolders = readdirSync(new URL('../../src', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((name) => basename(name) === 'README.md')
  .map((name) => `src/${name}`);
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(new URL('../../docs', import.meta.url)).map((name) => `docs/${name}`),
  ...inFolders,
].filter((name) => name.endsWith('.md'));

test.each(documents)('every file that %s links to is there', (document) => {
  for (const [, link] of read(document).matchAll(/\]\(([^)#:]+)\)/g))
    expect(existsSync(new URL(link!, new URL(`../../${document}`, import.meta.url)))).toBe(true);
});

test('the architecture is read in a quarter of an hour, and leads to what every folder says of itself', () => {
  const architecture = read('ARCHITECTURE.md');
  expect(Buffer.byteLength(architecture)).toBeLessThanOrEqual(12_288);
  const ofFolders = inFolders.filter((name) => name.split('/').length === 3);
  expect(ofFolders.length).toBeGreaterThan(0);
  expect(ofFolders.filter((name) => !architecture.includes(`](${name})`))).toEqual([]);
});

test.each(inFolders)('every file of code that %s names is there', (document) => {
  const named = [...read(document).matchAll(/`([\w./-]+\.(?:ts|wat|mjs|bin|json))`/g)].map(([, name]) => name!);
  const places = [`../../${document}`, '../../src/', '../../'].map((place) => new URL(place, import.meta.url));
  expect(named.filter((name) => !places.some((place) => existsSync(new URL(name, place))))).toEqual([]);
});
