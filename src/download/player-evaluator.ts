import { runGroup } from './process-group.js';

const TIMEOUT_MS = 10_000;

/**
 * What the child runs: the script as the body of a function, in a context that has the language and nothing else; only
 * a string comes out of it.
 */
const CHILD = `
  let text = '';
  process.stdin.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('end', () => {
    const context = require('node:vm').createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
    const answer = require('node:vm').runInContext('JSON.stringify((function () {' + text + '\\n})())', context, { timeout: ${TIMEOUT_MS} });
    process.stdout.write(typeof answer === 'string' ? answer : 'null');
  });`;

/** Denies the child files, processes, workers and add-ons; called `experimental` before Node 22.13. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/**
 * Runs a script that a site sent, as the body of a function, and hands back what it returns, as JSON would carry it. It
 * runs in a `node:vm` context (which alone is no boundary) of a child process with neither environment nor permissions.
 * @throws Error when the script fails, takes too long or needs too much memory
 */
export async function evaluateInChild(script: string, signal?: AbortSignal): Promise<unknown> {
  const deadline = AbortSignal.timeout(2 * TIMEOUT_MS);
  const { code, stdout, stderr } = await runGroup(
    process.execPath,
    [PERMISSION, '--no-warnings', '--max-old-space-size=256', '--eval', CHILD],
    { input: script, env: {}, signal: signal ? AbortSignal.any([signal, deadline]) : deadline },
  );
  if (code !== 0) {
    const words = stderr.findLast((line) => /^\S*Error/.test(line)) ?? `status ${code}`;
    throw new Error(`The player's script failed: ${words}`);
  }
  return JSON.parse(stdout);
}
