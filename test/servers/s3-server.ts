import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A little S3: objects by path, given to those alone whose link is signed (signature version 4) and has not expired. */
export interface S3Server {
  readonly origin: string;
  /** What was asked for, in order: path and range, and the answer's status. */
  readonly requests: { readonly path: string; readonly range: string | null; readonly status: number }[];
  /** Objects by `/bucket/key`, decoded. */
  readonly objects: Map<string, Buffer>;
  /** The next answers break off after so many bytes. */
  cutAfter: number[];
  close(): Promise<void>;
}

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** As AWS writes: everything but letters, digits and -._~ */
const encode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');

/** What the signature of a GET link has to be, after the specification of AWS. */
export function signatureOf(link: URL, { secretAccessKey }: Pick<S3Keys, 'secretAccessKey'>): string {
  const query = [...link.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const path = decodeURIComponent(link.pathname).split('/').map(encode).join('/');
  const request = ['GET', path, query.join('&'), `host:${link.host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const [, day = '', region = '', service = '', end = ''] = (link.searchParams.get('X-Amz-Credential') ?? '').split(
    '/',
  );
  const text = [
    'AWS4-HMAC-SHA256',
    link.searchParams.get('X-Amz-Date'),
    [day, region, service, end].join('/'),
    createHash('sha256').update(request).digest('hex'),
  ].join('\n');
  const key = [region, service, end].reduce((signed, part) => hmac(signed, part), hmac(`AWS4${secretAccessKey}`, day));
  return hmac(key, text).toString('hex');
}

function mayRead(link: URL, keys: S3Keys): boolean {
  const of = (name: string): string => link.searchParams.get(`X-Amz-${name}`) ?? '';
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(of('Date')) ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const age = (Date.now() - signedAt) / 1000;
  return (
    of('Credential') === `${keys.accessKeyId}/${of('Date').slice(0, 8)}/${keys.region}/s3/aws4_request` &&
    age > -60 &&
    age <= Number(of('Expires')) &&
    of('Signature') === signatureOf(link, keys)
  );
}

export async function startS3Server(keys: S3Keys): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const requests: S3Server['requests'] = [];
  const cutAfter: number[] = [];
  const answer = (request: IncomingMessage): { status: number; body: Buffer; headers: Record<string, string> } => {
    const link = new URL(request.url ?? '', `http://${request.headers.host}`);
    const error = (status: number, code: string) => ({
      status,
      body: Buffer.from(`<Error><Code>${code}</Code></Error>`),
      headers: { 'content-type': 'application/xml' },
    });
    if (request.method !== 'GET' || !mayRead(link, keys)) return error(403, 'SignatureDoesNotMatch');
    const object = objects.get(decodeURIComponent(link.pathname));
    if (!object) return error(404, 'NoSuchKey');
    const headers = {
      'content-type': 'binary/octet-stream',
      etag: `"${createHash('md5').update(object).digest('hex')}"`,
    };
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    if (!range) return { status: 200, body: object, headers };
    const start = Number(range[1]);
    return {
      status: 206,
      body: object.subarray(start),
      headers: { ...headers, 'content-range': `bytes ${start}-${object.length - 1}/${object.length}` },
    };
  };
  const server = createServer((request, response) => {
    const { status, body, headers } = answer(request);
    requests.push({ path: (request.url ?? '').split('?')[0]!, range: request.headers.range ?? null, status });
    response.writeHead(status, { ...headers, 'content-length': body.length });
    const cut = status < 300 ? cutAfter.shift() : undefined;
    if (cut === undefined) response.end(body);
    else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    objects,
    cutAfter,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
