import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Serves one file, with ranges, in a process of its own: FILE CUT. `/film.mp4` as it is, `/cut.mp4` with every
 * connection cut after CUT bytes, `/sent` how many bytes went out since that was last asked for.
 */
const [file, cut] = process.argv.slice(2);
const { size } = statSync(file!);
let sent = 0;

const server = createServer((request, response) => {
  if (request.url === '/sent') {
    response.end(String(sent));
    sent = 0;
    return;
  }
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const start = Number(range?.[1] ?? 0);
  if (start >= size) {
    response.writeHead(416).end();
    return;
  }
  const headers = {
    'content-type': 'video/mp4',
    'content-length': size - start,
    'accept-ranges': 'bytes',
    etag: '"1"',
  };
  if (range) response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${size - 1}/${size}` });
  else response.writeHead(200, headers);
  const last = request.url === '/cut.mp4' ? Math.min(size, start + Number(cut)) : size;
  const stream = createReadStream(file!, { start, end: last - 1, highWaterMark: 2 ** 18 });
  stream.on('data', (chunk) => {
    sent += chunk.length;
    if (!response.write(chunk)) {
      stream.pause();
      response.once('drain', () => stream.resume());
    }
  });
  stream.on('end', () => (last === size ? response.end() : setTimeout(() => response.destroy(), 5)));
  response.on('close', () => stream.destroy()).on('error', () => undefined);
});
// The client is busy with a download of many seconds in between.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
