/**
 * Runs suites for StrykerJS in one process that loads them once, so that a mutant costs the time of its tests alone. Stryker's runner
 * for jest loads every module anew for each mutant, which is half a second of computing; here it is some ten milliseconds. The tests
 * are jest's own (jest-circus and its `expect`), and tsx reads the TypeScript.
 */
import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { addEventHandler, getState, resetState, run, setState } from 'jest-circus';

const GLOBALS = new URL('./globals.mjs', import.meta.url).href;
const HOOK = `export const resolve = (name, context, next) =>
  name === '@jest/globals' ? { url: ${JSON.stringify(GLOBALS)}, shortCircuit: true } : next(name, context);`;
/** As in jest.config.js, milliseconds. */
const TEST_TIMEOUT = 60_000;
/** No test is begun after so much computing, milliseconds, unless a group allows more: a change that the quick tests miss counts as missed. */
const MUTANT_MS = 3000;

/** Computing of this process, milliseconds: what others do meanwhile counts for nothing. */
const computed = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What instrumented code reads and writes. */
const instrumented = (globalThis.__stryker__ ??= {});

class LoadedSuites {
  static inject = tokens(commonTokens.options);

  /** File and tests of each suite. */
  suites = [];

  constructor(options) {
    this.files = options.loadedSuites;
    this.mutantMs = options.mutantMs ?? MUTANT_MS;
  }

  /** All that comes here is broken while tests run (`ignoreStatic`): nothing has to be loaded anew for it. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
    addEventHandler(({ name, test }) => {
      if (name === 'test_start') instrumented.currentTestId = this.idOf(test);
      if (name === 'test_done') {
        instrumented.currentTestId = undefined;
        if (test.errors.length > 0) this.failed = true;
      }
    });
    for (const name of this.files) {
      const file = resolve(name);
      resetState();
      await import(pathToFileURL(file).href);
      this.suites.push({ file, root: getState().rootDescribeBlock, focused: getState().hasFocusedTests });
    }
  }

  async dryRun() {
    const tests = await this.tests();
    const spent = (file) => tests.reduce((sum, test) => sum + (test.fileName === file ? test.timeSpentMs : 0), 0);
    this.suites.sort((a, b) => spent(a.file) - spent(b.file));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: instrumented.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    // Stryker allows a hundred times as often as in the first run: a loop that gathers things takes all memory before.
    const most = hitLimit && Math.ceil(hitLimit / 10);
    Object.assign(instrumented, { activeMutant: activeMutant.id, hitLimit: most, hitCount: most ? 0 : undefined });
    try {
      const tests = await this.tests(testFilter && new Set(testFilter), !disableBail);
      const timeout = determineHitLimitReached(instrumented.hitCount, most);
      return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests }, disableBail);
    } finally {
      instrumented.activeMutant = undefined;
    }
  }

  /**
   * @param wanted ids of tests; undefined: all
   * @param bail nothing runs after the first failure
   */
  async tests(wanted, bail = false) {
    const results = [];
    this.failed = false;
    const end = computed() + this.mutantMs;
    for (const { file, root, focused } of this.suites) {
      this.file = file;
      const tests = testsOf(root).map((test) => ({ test, id: this.idOf(test) }));
      if (wanted && !tests.some(({ id }) => wanted.has(id))) continue;
      for (const { test } of tests) test.errors = [];
      const chosen = new Set(tests.flatMap(({ test, id }) => (!wanted || wanted.has(id) ? [nameOf(test)] : [])));
      setState({
        ...getState(),
        rootDescribeBlock: root,
        currentDescribeBlock: root,
        hasFocusedTests: focused,
        testTimeout: TEST_TIMEOUT,
        testNamePattern: { test: (name) => chosen.has(name) && !(bail && (this.failed || computed() > end)) },
        unhandledErrors: [],
      });
      await run();
      for (const { test, id } of tests) if (test.status === 'done') results.push(resultOf(id, file, test));
      if (bail && (this.failed || computed() > end)) break;
    }
    return results;
  }

  idOf(test) {
    return `${this.file}: ${nameOf(test)}`;
  }
}

/** All tests of a block and of the blocks in it. */
const testsOf = (block) => block.children.flatMap((child) => (child.type === 'test' ? [child] : testsOf(child)));

/** As jest-circus names a test for its pattern. */
function nameOf(test) {
  const titles = [];
  for (let at = test; at; at = at.parent) titles.unshift(at.name);
  titles.shift(); // the root's
  return titles.join(' ');
}

function resultOf(id, fileName, { name, duration, errors }) {
  const about = { id, name, fileName, timeSpentMs: duration ?? 0 };
  if (errors.length === 0) return { ...about, status: TestStatus.Success };
  const [error, async] = [errors[0]].flat();
  return { ...about, status: TestStatus.Failed, failureMessage: String(error?.stack ?? error ?? async?.stack) };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'loaded-suites', LoadedSuites)];
