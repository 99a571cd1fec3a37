import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { request } from 'undici';
import { createDownloader } from '../src/download/downloader.js';

/** Downloads one link and says what it took: WAY LINK FOLDER. Start and compilation are not counted. */
const [way, link, dir] = process.argv.slice(2);
const downloader = createDownloader({ roots: [], ytDlp: null, allowHosts: ['127.0.0.1'], backoffMs: 1 });
const before = process.cpuUsage();
const start = performance.now();
if (way === 'undici') {
  const { body } = await request(link!);
  await pipeline(body, createWriteStream(join(dir!, 'bare')));
} else {
  await downloader.fetch(link!, { dir: dir! });
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
await downloader.close();
process.stdout.write(JSON.stringify({ seconds, cpu: (user + system) / 1e6 }));
