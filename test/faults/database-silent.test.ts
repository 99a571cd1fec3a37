import { afterEach, expect, test } from '@jest/globals';
import { nameOf, replying, WireServer } from '../contract/mongodb-wire.js';
import { TestService } from '../e2e/service.js';

let service: TestService | undefined;
let server: WireServer | undefined;
afterEach(async () => {
  await service?.stop();
  await server?.stop();
});

test('a request whose database stops answering, or breaks off, is answered 503 with Retry-After, and the next one is served when it is back', async () => {
  let how: 'answers' | 'is silent' | 'breaks off' = 'answers';
  server = await WireServer.start((command) => {
    if (how === 'answers' || !['find', 'update'].includes(nameOf(command))) return replying({})(command);
    return how === 'breaks off' ? 'break' : new Promise(() => undefined);
  });
  service = await TestService.start(
    { MONGODB_URI: `mongodb://${server.address}/films`, KINOSCOPE_DATABASE_SECONDS: '2' },
    'api',
  );
  for (how of ['is silent', 'breaks off'] as const) {
    const requests = [
      service.fetch('/v1/titles'),
      service.fetch('/v1/jobs/unknown/events'),
      service.post('/v1/webhooks', { url: 'https://1.1.1.1/' }),
    ];
    for (const answer of await Promise.all(requests)) {
      expect([how, answer.status, answer.headers.get('retry-after')]).toEqual([how, 503, '5']);
      const detail: unknown = expect.stringMatching(/^The database (does not answer|has not answered within 2 s)$/);
      expect(await answer.json()).toMatchObject({ type: 'urn:kinoscope:unavailable', detail });
    }
  }
  how = 'answers';
  expect((await service.fetch('/v1/titles')).status).toBe(200);
});
