/** The program of the launcher (`launcher.ts`): it starts other programs of ours, and tells how they fare. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { giveWay, preferAnswers } from '../core/priority.js';
import { endOf, killGroupOf, withinMemory } from './child.js';
import type { LauncherNews, LauncherRequest } from './launcher.js';

const children = new Map<number, ChildProcess>();
const tell = (news: LauncherNews, pipe?: Socket): void => {
  // who has asked may be gone
  process.send?.(news, pipe, undefined, () => undefined);
};

preferAnswers();

process.on('message', (request: LauncherRequest) => {
  const { id } = request;
  if (request.kind === 'kill') {
    const child = children.get(id);
    if (child) killGroupOf(child);
    return;
  }
  const child = spawn(...withinMemory(request.memory, process.execPath, request.args), {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  children.set(id, child);
  giveWay(child.pid);
  const exited = endOf(child, process.execPath);
  child.stderr.setEncoding('utf8').on('data', (text: string) => tell({ id, kind: 'said', text }));
  // standard input is a pipe for both ways of which nothing is read here: it changes hands with all that was written to it
  if (child.pid !== undefined) tell({ id, kind: 'started' }, child.stdin as Socket);
  exited
    .then(
      (ending) => tell({ id, kind: 'ended', ending }),
      () => tell({ id, kind: 'failed' }),
    )
    .finally(() => children.delete(id));
});
// what it has started ends with the pipes of the one who asked for it
process.on('disconnect', () => process.exit());
