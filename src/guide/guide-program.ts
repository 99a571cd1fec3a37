import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { asKinoscopeError } from '../core/errors.js';
import { readGuideFile } from './guide-file.js';
import type { GuideAnswer, GuideRequest, OnAir } from './guide-thread.js';
import { byName, type ByName, lastOf, type WantedNames } from './names.js';
import type { ReadGuide } from './xmltv.js';

/** The program of the thread that reads guides. Questions are answered in their order. */

interface Known extends ReadGuide {
  /** Made when first asked for. */
  names?: ByName;
}

const port = parentPort!;
/** Guides change while a service runs: a file is read again when it has. */
const known = new Map<string, { readonly state: string; readonly guide: Known }>();
let turn = Promise.resolve();

port.on('message', (request: GuideRequest) => {
  turn = turn.then(async () => port.postMessage(await answer(request)));
});

async function answer({ id, files, at, last }: GuideRequest): Promise<GuideAnswer> {
  try {
    return { id, onAir: await onAir(files, at, last) };
  } catch (thrown) {
    const { code, message } = asKinoscopeError(thrown);
    return { id, error: { code, message } };
  }
}

async function onAir(files: readonly string[], at: number, last: readonly WantedNames[]): Promise<OnAir> {
  const guides = [];
  for (const path of files) guides.push({ file: basename(path), guide: await read(path) });
  const names = last.length === 0 ? [] : guides.map(({ guide }) => (guide.names ??= byName(guide.programmes)));
  return {
    last: last.map((wanted) => lastOf(names, wanted, at)),
    programmes: guides.flatMap(({ guide }) => guide.programmes.filter(({ start, stop }) => start <= at && at < stop)),
    reports: guides.map(({ file, guide: { programmes, faults } }) => ({ file, programmes: programmes.length, faults })),
  };
}

async function read(path: string): Promise<Known> {
  const { mtimeMs, size, ino } = await stat(path);
  const state = `${mtimeMs} ${size} ${ino}`;
  const there = known.get(path);
  if (there?.state === state) return there.guide;
  known.delete(path);
  const guide = await readGuideFile(path);
  known.set(path, { state, guide });
  return guide;
}
