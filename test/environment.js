import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

/** How long a process that was told to end may take, milliseconds: on a machine with more to do than it can. */
const ENDING_MS = 20_000;

/** Command lines of the running processes that this process started, by their ids (Linux; none elsewhere). */
function children() {
  const found = new Map();
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        // The name in parentheses may hold spaces; the state and the parent's id come after it.
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(parent) === process.pid && state !== 'Z')
          found.set(pid, readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
      } catch {
        // It has ended meanwhile.
      }
    }
  } catch {
    // There is no /proc.
  }
  return found;
}

/**
 * Jest runs tests in a realm of its own, whose typed arrays are not those that native libraries (onnxruntime, node-av)
 * check for. These are the process's own. And a suite that leaves a process behind fails: the next one would meet it.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, {
      ArrayBuffer,
      SharedArrayBuffer,
      DataView,
      Float32Array,
      Float64Array,
      Int8Array,
      Int16Array,
      Int32Array,
      Uint8Array,
      Uint8ClampedArray,
      Uint16Array,
      Uint32Array,
      BigInt64Array,
      BigUint64Array,
    });
    this.before = children();
  }

  async teardown() {
    await super.teardown();
    const left = () => [...children()].filter(([pid]) => !this.before.has(pid));
    for (let waited = 0; left().length > 0 && waited < ENDING_MS; waited += 50) await sleep(50);
    const found = left();
    if (found.length === 0) return;
    for (const [pid] of found) process.kill(Number(pid), 'SIGKILL');
    throw new Error(`The suite has left processes behind:\n${found.map(([, command]) => command).join('\n')}`);
  }
}
