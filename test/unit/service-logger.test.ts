import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { inContext } from '../../src/core/context.js';
import { ServiceLogger, withoutSecrets } from '../../src/operations/service-logger.js';

const KEY = `ks_0123456789ab_${'Sx-_'.repeat(10)}abc`;

afterEach(() => {
  jest.restoreAllMocks();
});

function written(json: boolean, work: (logger: ServiceLogger) => void): string {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
  }
  work(new ServiceLogger({ json, logLevels: ['log', 'error'] }));
  jest.restoreAllMocks();
  return lines.join('');
}

describe('a log line', () => {
  test('says as JSON for whom, which request and which job it was written', () => {
    const line = written(true, (logger) =>
      inContext({ tenant: 't', actor: 'worker', request: 'r1', job: 'j1' }, () => logger.log('fetched', 'downloads')),
    );
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      level: 'log',
      message: 'fetched',
      context: 'downloads',
      tenant: 't',
      request: 'r1',
      job: 'j1',
    });
  });

  test('says so to a person as well', () => {
    expect(
      written(false, (logger) => inContext({ tenant: 't', actor: 'a', job: 'j1' }, () => logger.log('fetched'))),
    ).toMatch(/fetched \(job j1\)/);
  });

  test.each([true, false])('carries no secret (JSON: %s), neither in the message nor in a stack', (json) => {
    const text = written(json, (logger) =>
      logger.error(
        `no answer from mongodb://app:hunter2@db/films for Bearer ${KEY}`,
        new Error('https://s3.example/f?X-Amz-Signature=cafe&part=1').stack,
      ),
    );
    expect(text).toContain('mongodb://app:***@db/films');
    expect(text).toContain('part=1');
    for (const secret of ['hunter2', KEY, 'cafe']) expect(text).not.toContain(secret);
  });
});

test.each([
  ['redis://:pass@host:6379', 'redis://:***@host:6379'],
  [KEY, 'ks_0123456789ab_***'],
  ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
  ['https://h/p?token=1&t=2', 'https://h/p?token=***&t=2'],
  ['https://h/p?t=2 at 12:30', 'https://h/p?t=2 at 12:30'],
])('%s is told as %s', (text, clean) => expect(withoutSecrets(text)).toBe(clean));
