import { setTimeout as sleep } from 'node:timers/promises';
import { keepReady } from '../../src/frames/program.js';
import { childProcesses } from '../clips/processes.js';

/** Keeps a process ready, says which, and stays. (Another child process is the compiler of this one's loader.) */
const before = await childProcesses();
keepReady();
for (;;) {
  const ready = (await childProcesses()).find((pid) => !before.includes(pid));
  if (ready !== undefined) {
    process.stdout.write(String(ready));
    break;
  }
  await sleep(50);
}
await sleep(600_000);
