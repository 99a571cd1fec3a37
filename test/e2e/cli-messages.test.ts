import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { shortFilm } from '../films/film.js';
import { CommandLine } from './command.js';
import { TestService } from './service.js';

const cli = new CommandLine();
let film: string;
beforeAll(async () => {
  film = await shortFilm();
}, 120_000);
afterAll(() => cli.remove());

it('tells its version', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await cli.run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

it('has no command that the README does not name', async () => {
  const { stdout } = await cli.run('--help');
  const commands = [...stdout.split('Commands:')[1]!.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name!);
  expect(commands).toContain('sound');
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  expect(commands.filter((name) => name !== 'help' && !readme.includes(`\`${name}\``))).toEqual([]);
});

it('serves on the port that it is given', async () => {
  const program = fileURLToPath(new URL('../../bin/kinoscope.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'serve', '--port', '0'], {
    env: { ...process.env, KINOSCOPE_HOME: cli.home, KINOSCOPE_PORT: '1', NODE_OPTIONS: '' },
  });
  try {
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\S+/.exec(String(said))![0];
    expect((await fetch(`${url}/v1/titles`)).status).toBe(200);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  expect(await cli.run('serve', '--port', 'http')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('KINOSCOPE_PORT'),
  });
}, 60_000);

it.each([
  [
    'an id',
    '0123456789abcdef01234567',
    /^kinoscope: There is no title and no file 0123456789abcdef01234567 .*kinoscope titles/,
  ],
  ['a path', './none.mp4', /^kinoscope: There is no file \.\/none\.mp4\n$/],
])('says that there is no such film, by %s', async (_kind, source, message) => {
  expect(await cli.run('genre', source)).toEqual({ status: 4, stdout: '', stderr: expect.stringMatching(message) });
});

it('takes a time as a player shows it', async () => {
  const seconds = await cli.json<{ at: number }>('cast', film, '--at', '0:00:05.5');
  expect(seconds.at).toBe(5.5);
  expect(await cli.run('cast', film, '--at', '1:99')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('"1:99"'),
  });
}, 120_000);

it('prints names of files, titles and people so that a terminal does nothing but show them', async () => {
  const hostile = 'a\u001b[2J\u001b]0;owned\u0007\u009b31m\nkinoscope: all is well';
  await writeFile(join(cli.home, `${hostile}.txt`), 'no film');
  const shown = 'a\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m kinoscope: all is well';
  // eslint-disable-next-line no-control-regex
  const acts = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
  for (const args of [
    ['title', join(cli.home, `${hostile}.txt`)],
    ['title', join(cli.home, `${hostile}.mkv`)],
    ['genre', `--${hostile}`],
    [`x${hostile}`],
  ]) {
    const { status, stdout, stderr } = await cli.run(...args);
    expect([status === 0, stdout, acts.test(stderr)]).toEqual([false, '', false]);
  }
  await cli.json('title', film, '--name', hostile);
  const titles = await cli.run('titles');
  expect(titles.stdout.split('\n')).toHaveLength(2);
  expect(titles.stdout).toContain(shown);
  const asJson = await cli.run('titles', '--json');
  expect(acts.test(asJson.stdout.trimEnd())).toBe(false);
  expect((JSON.parse(asJson.stdout) as { titles: { name: string }[] }).titles[0]!.name).toBe(hostile);
}, 60_000);

it('calls a film by its own name, whatever it is kept as', async () => {
  const service = await TestService.start();
  try {
    const upload = async (name: string, bytes: Uint8Array): Promise<Response> => {
      const form = new FormData();
      form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
      return service.fetch('/v1/titles', { method: 'POST', body: form });
    };
    const refused = await upload('Holiday in Rome.mkv', Buffer.from('no film at all'));
    const { detail } = (await refused.json()) as { detail: string };
    expect([refused.status, detail]).toEqual([422, expect.stringMatching(/^Holiday in Rome\.mkv is not a video/)]);
    const taken = await upload('Lost.S01E02.Tabula.Rasa.1080p.WEB.mp4', await readFile(film));
    const { title } = (await taken.json()) as { title: { name: string; metadata: object } };
    expect(title).toMatchObject({
      name: 'Tabula Rasa',
      metadata: { title: 'Tabula Rasa', series: 'Lost', season: 1, episode: 2 },
    });
    const outside = await service.post('/v1/titles', { path: '/etc/passwd' });
    expect([outside.status, ((await outside.json()) as { detail: string }).detail]).toEqual([
      403,
      expect.stringContaining('KINOSCOPE_MEDIA_ROOTS'),
    ]);
  } finally {
    await service.stop();
  }
}, 60_000);
