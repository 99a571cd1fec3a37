import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../e2e/command.js';

const folder = `${process.env['KINOSCOPE_DATA'] ?? '../shared/data'}/broken`;
const present = existsSync(folder);
if (!present) process.stderr.write('broken.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');

interface View {
  readonly truncated: boolean;
  readonly genre: { top3: unknown[] };
  readonly cast: { scenes: unknown[] };
}

const cli = new CommandLine();
afterAll(() => cli.remove());

describe('a broken film', () => {
  // Without the data the table is this one case, which needs none of it.
  it.each(
    present
      ? ['empty.mp4', 'text-renamed.mp4', 'playlist-renamed.mp4', 'audio-only.mp4', 'truncated.mp4']
      : ['missing.mp4'],
  )(
    'is one clear line and the documented status: %s',
    async (name) => {
      const ended = await cli.run('analyze', `${folder}/${name}`, '--json');
      expect([ended.status, ended.stdout]).toEqual([present ? 3 : 4, '']);
      expect(ended.stderr).toMatch(/^kinoscope: [^\n]+\n$/);
      expect(cli.leftovers()).toEqual([]);
    },
    60_000,
  );

  for (const name of present ? ['no_duration.webm', 'video_with_failing_audio.mp4'] : []) {
    it(`is analysed as far as it goes: ${name}`, async () => {
      const answer = await cli.json<View>('analyze', `${folder}/${name}`);
      expect(answer.truncated).toBe(false);
      expect(answer.genre.top3).toHaveLength(3);
      expect(cli.leftovers()).toEqual([]);
    }, 120_000);
  }

  it('that is a playlist is not followed', async () => {
    const connections: string[] = [];
    const server = createServer((socket) => {
      connections.push(String(socket.remoteAddress));
      socket.destroy();
    });
    const listening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      // The address that the playlist names; no other suite connects to it.
      server.listen(9, '127.0.0.1', () => resolve(true));
    });
    try {
      await cli.run('analyze', `${folder}/playlist-renamed.mp4`);
      expect(connections).toEqual([]);
    } finally {
      if (listening) server.close();
    }
  }, 60_000);
});
