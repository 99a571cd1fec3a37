import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/**
 * Text that makes careless readers work for the square of its length or longer. Each reader gets it in a thread that is
 * ended after so much computing that linear work does not come near; at these lengths the square takes many times as much. What
 * else the machine does meanwhile does not count.
 */
const PATIENCE_MS = 20_000;
const dist = new URL('../../dist/', import.meta.url).href;

/** How the body of an asynchronous function of `load` (a built module) and `text` ends. */
async function ends(code: string, text: string): Promise<unknown> {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const load = (name) => import(workerData.dist + name);
    (async (text) => { ${code} })(workerData.text).then(() => parentPort.postMessage('ended'), (error) => parentPort.postMessage(error.code ?? String(error)));`;
  const worker = new Worker(source, { eval: true, workerData: { dist, text }, execArgv: [] });
  const before = process.cpuUsage();
  const patience = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 > PATIENCE_MS) void worker.terminate();
  }, 100);
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => resolve('was still at work'));
    });
  } finally {
    clearInterval(patience);
    await worker.terminate();
  }
}

const MEGABYTE = 2 ** 20;
const filled = (unit: string, length = MEGABYTE): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** Each of the texts is read after the other, in one thread. */
const endsForEach = (code: string, texts: readonly string[]): Promise<unknown> =>
  ends(
    `const read = async (text) => { ${code} }; for (const one of text.split('\\u0000')) await read(one);`,
    texts.join('\0'),
  );

describe('an .nfo file of a megabyte', () => {
  const units = [
    '<movie ',
    '<movie>',
    '<movie></',
    '<',
    '&',
    '&#',
    '<movie><title>&amp',
    '<!--',
    '<![CDATA[',
    '<a b="',
    '</movie>',
    ' ',
    '\n',
  ];
  test.each(units)('of nothing but %j', async (unit) => {
    expect(await ends('(await load("download/nfo.js")).parseNfo(text)', filled(unit))).toBe('ended');
  });

  test('of elements that never end and ends of others', async () => {
    const text = `<movie>${filled('<a>', MEGABYTE / 2)}${filled('</b>', MEGABYTE / 2)}`;
    expect(await ends('(await load("download/nfo.js")).parseNfo(text)', text)).toBe('ended');
  });
});

describe('a name of 64 kB', () => {
  const units = [
    '.',
    ' ',
    '-',
    '[',
    '(',
    '[a',
    '(2',
    'S01E',
    's01e01-',
    '1x',
    '2024 ',
    '2024.03.',
    '第',
    '第1',
    'part 1 of ',
    'season ',
    'a.',
    'é',
    '/',
    'a/',
  ];
  test('of nothing but one piece again and again', async () => {
    expect(
      await endsForEach(
        '(await load("download/media-name.js")).parseMediaName(text)',
        units.map((unit) => `${filled(unit, 2 ** 16)}!`),
      ),
    ).toBe('ended');
  });

  test('as a key of S3', async () => {
    const code = `
      const { S3Source } = await load('download/s3-source.js');
      const { BandwidthLimiter } = await load('download/bandwidth.js');
      const settings = { endpoint: 'https://s3.example', region: 'r', accessKeyId: 'a', secretAccessKey: 'b', sessionToken: null, buckets: null };
      await new S3Source(settings, {}, { maxSeconds: 1, stallSeconds: 1, maxRedirects: 0 }, new BandwidthLimiter(null)).resolve('s3://bucket/' + text);`;
    expect(
      await endsForEach(
        code,
        ['. ', '-', '2024 ', 'S01E01 ', '第'].map((unit) => filled(unit, 48_000)),
      ),
    ).toBe('ended');
  });

  test('as a link', async () => {
    const code = `
      const { HttpSource } = await load('download/http-source.js');
      await new HttpSource({ check: (link) => new URL(link) }).resolve('https://example.org/' + text);`;
    expect(
      await endsForEach(
        code,
        ['.', '-', '%20', '%e7%ac%ac'].map((unit) => filled(unit, 2 ** 16)),
      ),
    ).toBe('ended');
  });
});

describe('other text of strangers', () => {
  const big = (units: readonly string[]): string[] => units.map((unit) => filled(unit, 2 ** 18));

  test('in a log line of 256 kB', async () => {
    const units = ['://', 'a', 'a.', 'Bearer ', '?token', '&sig', '?tokentoken', '&a=', '://a:', 'ks_'];
    expect(await endsForEach('(await load("operations/service-logger.js")).withoutSecrets(text)', big(units))).toBe(
      'ended',
    );
  });

  test('in what a site says', async () => {
    expect(
      await endsForEach(
        '(await load("download/source-error.js")).reasonOf(text)',
        big(['ERROR: ', '(caused by ', ' ', '[']),
      ),
    ).toBe('ended');
  });

  test('in a list of trailers', async () => {
    const code =
      'try { (await load("download/trailer-list.js")).parseTrailerList(text) } catch (error) { if (error.code !== "unreadable") throw error }';
    expect(
      await endsForEach(
        code,
        ['"', '""', ',', '\n', '\r', '"\n', 'a|', ';\t'].map((unit) => `title,link,genres\n${filled(unit, 2 ** 17)}`),
      ),
    ).toBe('ended');
  });

  test('on a terminal', async () => {
    expect(
      await endsForEach(
        'const { printableLine, printableJson } = await load("core/terminal.js"); printableLine(text); printableJson(text)',
        big(['\u001b', '\n', '\r', '\u202e']),
      ),
    ).toBe('ended');
  });

  test("in an episode's number, and in an id", async () => {
    const units = ['S', 'S1', 'Season ', '1 ', '0.', 'E1', '/movie/', 'https://', 'tt00'];
    expect(
      await endsForEach(
        '(await load("guide/episode-numbers.js")).episodeNumber([["onscreen", text], ["xmltv_ns", text]])',
        big(units),
      ),
    ).toBe('ended');
    expect(
      await endsForEach(
        '(await load("core/site-id.js")).siteId(text, text, "movie"); (await load("core/site-id.js")).siteId("imdb", text, "movie")',
        big(units),
      ),
    ).toBe('ended');
  });

  test('in a time of a guide', async () => {
    const units = ['20', '20260402', '+', ' ', '2026-04-02T', 'UTC'];
    expect(await endsForEach('(await load("guide/xmltv-time.js")).xmltvTime(text)', big(units))).toBe('ended');
  });
});

describe('a guide', () => {
  const OPEN =
    'const { Guide } = await load("guide/guide.js"); const guide = new Guide({ settings: [{ name: null, location: text }], folder: text + ".kept" });';
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kinoscope-guides-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ask = async (content: string | Uint8Array): Promise<unknown> => {
    const file = join(folder, 'guide.xml');
    writeFileSync(file, content);
    return ends(`${OPEN} await guide.onAir(0, null)`, file);
  };

  test.each([
    '<tv>',
    '<tv ',
    '<tv><programme ',
    '<tv><programme>',
    '<',
    '&',
    '<tv><!--',
    '<tv><![CDATA[',
    '<a b="',
    '</tv>',
    '<tv><programme><title>&amp',
  ])('of four megabytes of nothing but %j', async (unit) => {
    expect(['ended', 'unreadable']).toContain(await ask(filled(unit, 4 * MEGABYTE)));
  });

  test('of elements that never end and ends of others', async () => {
    expect(await ask(`<tv>${filled('<a>')}${filled('</b>')}`)).toBe('unreadable');
  });

  test('with one name of two megabytes as an attribute, a text and a comment', async () => {
    const name = filled('a&b ', 2 * MEGABYTE);
    expect(
      await ask(
        `<tv><!--${name}--><channel id="${name}"/><programme start="20260402" channel="${name}"><title>${name}</title></programme></tv>`,
      ),
    ).toBe('ended');
  });

  test('that unpacks to many times its size', async () => {
    const programme =
      '<programme start="20260402193000 +0000" channel="one"><title>Again and again</title></programme>\n';
    expect(await ask(gzipSync(`<tv>${programme.repeat(100_000)}</tv>`))).toBe('ended');
  });

  test('with a table of places of a hundred thousand lines', async () => {
    const places = join(folder, 'places');
    mkdirSync(places);
    for (let i = 0; i < 50; i++) writeFileSync(join(places, `${i}.xml`), '<tv></tv>');
    writeFileSync(join(places, 'places.csv'), `file,latitude,longitude,radius\n${'1.xml,10,10,1\n'.repeat(100_000)}`);
    expect(await ends(`${OPEN} await guide.onAir(0, { latitude: 10, longitude: 10 })`, places)).toBe('ended');
  });
});
