import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CommandLine } from '../e2e/command.js';

let taken: Server;
let port: string;
beforeAll(async () => {
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  port = String((taken.address() as AddressInfo).port);
});
afterAll(() => void taken.close());

it.each([
  ['serve', 'KINOSCOPE_PORT'],
  ['api', 'KINOSCOPE_PORT'],
  ['worker', 'KINOSCOPE_OPERATIONS_PORT'],
])(
  '%s on a port that is taken ends with 1 and one line that names the address and %s',
  async (role, setting) => {
    const cli = new CommandLine({ [setting]: port });
    const { status, stdout, stderr } = await cli.run(role);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      new RegExp(
        `^kinoscope: Cannot listen on 127\\.0\\.0\\.1:${port}: the port is taken.*\\b${setting}\\b[^\\n]*\\n$`,
      ),
    );
    cli.remove();
  },
  60_000,
);
