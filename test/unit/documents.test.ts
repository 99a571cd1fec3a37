import { readdirSync, readFileSync } from 'node:fs';
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
  return [...read(document).matchAll(/^\| (.+?) \| (.+?) \| `([a-z-]+)` \|$/gm)].map(([, question, text, bench]) => [
    question!,
    text!,
    bench!,
  ]);
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

test('every file that a document links to is there', () => {
  const documents = [
    'README.md',
    'ARCHITECTURE.md',
    ...readdirSync(new URL('../../docs', import.meta.url)).map((name) => `docs/${name}`),
  ];
  for (const document of documents.filter((name) => name.endsWith('.md')))
    for (const [, link] of read(document).matchAll(/\]\(([^)#:]+)\)/g))
      expect(() => readFileSync(new URL(link!, new URL(`../../${document}`, import.meta.url)))).not.toThrow();
});
