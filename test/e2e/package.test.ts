import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { extract } from 'tar';
import { briefFilm, SHORT_FILM, shortFilm } from '../films/film.js';
import { TestService } from './service.js';

const root = resolve('.');
const run = promisify(execFile);

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** A clean folder in which the packed project and what it says that it needs are installed, and nothing else. */
describe('the package', () => {
  let folder: string;
  let manifest: Manifest;
  const kinoscope = async (...args: string[]): Promise<string> => {
    const environment = {
      PATH: process.env['PATH'],
      KINOSCOPE_HOME: join(folder, 'home'),
      // its own networks would have to be fetched
      KINOSCOPE_MODELS: join(root, 'models'),
    };
    const { stdout } = await run('npx', ['--offline', 'kinoscope', ...args], { cwd: folder, env: environment });
    return stdout;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-package-'));
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    const modules = join(folder, 'node_modules');
    const installed = join(modules, 'kinoscope');
    await mkdir(installed, { recursive: true });
    await extract({ file: join(folder, tarball!), cwd: installed, strip: 1 });
    manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
    for (const name of Object.keys(manifest.dependencies)) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(root, 'node_modules', name), join(modules, name));
    }
    await mkdir(join(modules, '.bin'));
    await symlink('../kinoscope/bin/kinoscope.js', join(modules, '.bin', 'kinoscope'));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs, and knows its version and its networks', async () => {
    expect((await kinoscope('--version')).trim()).toBe(manifest.version);
    const networks = JSON.parse(await kinoscope('models', '--json')) as { id: string; state: string }[];
    expect(networks.length).toBeGreaterThan(5);
    expect(await readdir(join(folder, 'node_modules', 'kinoscope', 'models'))).toContain('manifest.json');
  }, 60_000);

  it('answers about a film', async () => {
    const { top3 } = JSON.parse(await kinoscope('genre', await briefFilm(), '--json')) as { top3: unknown[] };
    expect(top3).toHaveLength(3);
  }, 120_000);

  it('holds a typed client, by which the program of docs/guide.md compiles, and asks everything about a film', async () => {
    const [, program] = /^```ts\n([^]*?)^```$/m.exec(await readFile('docs/guide.md', 'utf8'))!;
    expect(program!.trim().split('\n').length).toBeLessThanOrEqual(20);
    await writeFile(join(folder, 'ask.mts'), program!);
    const options = ['--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
    const roots = ['--typeRoots', join(root, 'node_modules', '@types')];
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...roots, 'ask.mts'], {
      cwd: folder,
    });
    const service = await TestService.start();
    try {
      const { stdout } = await run(process.execPath, ['ask.mjs', service.url, await shortFilm()], { cwd: folder });
      const answers = JSON.parse(stdout) as { top3: unknown[]; creditsStart: number; shots: number; names: unknown[] };
      expect(answers.top3).toHaveLength(3);
      expect(Math.abs(answers.creditsStart - SHORT_FILM.creditsStart)).toBeLessThan(1.5);
      expect(answers.shots).toBeGreaterThan(5);
      expect(answers.names.length).toBeGreaterThan(0);
    } finally {
      await service.stop();
    }
  }, 180_000);

  it('says in one line which of its learnt files is damaged', async () => {
    const table = join(folder, 'node_modules', 'kinoscope', 'data', 'credits-segmenter.json');
    const whole = await readFile(table, 'utf8');
    await writeFile(table, whole.replace('"prior": ', '"before": '));
    await expect(kinoscope('models')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^kinoscope: The learnt file credits-segmenter\.json is wrong: at prior: [^\n]*\n$/,
      ),
    });
    await writeFile(table, whole);
  }, 60_000);

  it('holds no tests, no sources and no working files', async () => {
    const inside = await readdir(join(folder, 'node_modules', 'kinoscope'));
    expect(inside).not.toContain('test');
    const ofSources = await readdir(join(folder, 'node_modules', 'kinoscope', 'src'), { recursive: true });
    expect(new Set(ofSources.map(extname))).toEqual(new Set(['', '.md']));
    expect(inside).not.toContain('.kinoscope');
    expect(await readdir(join(folder, 'node_modules', 'kinoscope', 'models'))).not.toContain('.cache');
  });
});
