import { KinoscopeError } from '../../core/errors.js';
import { programArguments } from '../child.js';
import type { PictureJob } from '../media-jobs.js';
import { type MediaProcess, startProgram } from '../media-process.js';
import { type MediaRecord, type ReadBytes, readRecord, recordHeader } from '../records.js';
import { Turns } from './turns.js';

/** A process that decodes pictures, one at a time. */
interface Decoder {
  readonly process: MediaProcess;
  readonly read: ReadBytes;
  /** Jobs that it may still do. */
  jobs: number;
}

/** A picture that cannot be read. */
export class UnreadablePicture extends KinoscopeError {
  /** @param reason without the picture's name */
  constructor(
    name: string,
    readonly reason: string,
  ) {
    super('unreadable', `${name} is not a picture that can be read: ${reason}`);
  }
}

export interface Answer {
  readonly record: MediaRecord;
  readonly body: Buffer;
}

const PROGRAM = programArguments(import.meta.url, './main');

/** Processes at a time. */
const PROCESSES = 3;
/** A process does so many jobs, so that nothing grows in it for ever; it goes when it was not needed for so long. */
const JOBS = 500;
const IDLE_MS = 20_000;
/** A process watches itself (`main.ts`); one that cannot any more is killed after so long. */
const PATIENCE_MS = 40_000;

const turns = new Turns(PROCESSES);
const all = new Set<Decoder>();
const idle: Decoder[] = [];
let rest: NodeJS.Timeout | undefined;

/** Starting one takes a quarter of a second of a core, so those that are there do the next pictures. */
async function take(): Promise<Decoder> {
  clearTimeout(rest);
  const found = idle.pop() ?? (await start());
  found.process.hold(true);
  return found;
}

async function start(): Promise<Decoder> {
  const child = await startProgram(PROGRAM);
  const decoder: Decoder = { process: child, read: pipeReader(child), jobs: JOBS };
  all.add(decoder);
  const forget = (): void => {
    all.delete(decoder);
    const at = idle.indexOf(decoder);
    if (at >= 0) idle.splice(at, 1);
  };
  child.exited.then(forget, forget);
  return decoder;
}

function putBack(decoder: Decoder): void {
  decoder.process.hold(false);
  if (--decoder.jobs <= 0) return void decoder.process.kill();
  idle.push(decoder);
  clearTimeout(rest);
  rest = setTimeout(() => void endIdleDecoders(), IDLE_MS).unref();
}

/** Ends the processes that wait for a picture, and has those at work end after it; the next picture starts one. */
export async function endIdleDecoders(): Promise<void> {
  clearTimeout(rest);
  for (const decoder of all) decoder.jobs = 0;
  await Promise.all(
    idle.splice(0).map(({ process: child }) => {
      // a command that waits for this must not end meanwhile
      child.hold(true);
      return child.kill();
    }),
  );
}

/**
 * Has a process do one job.
 * @param name what the user calls the file, for messages
 * @throws UnreadablePicture as the process says, or when the picture has ended it; KinoscopeError `unavailable`, `cancelled`
 */
export function askDecoder(job: PictureJob, name: string, signal?: AbortSignal): Promise<Answer> {
  return turns.with(signal, async () => {
    const decoder = await take();
    const { process: child } = decoder;
    const patience = setTimeout(() => void child.kill(), PATIENCE_MS);
    child.pipe.write(recordHeader({ type: 'picture-job', bytes: 0, job }));
    const answer = await readRecord(decoder.read);
    clearTimeout(patience);
    if (!answer) {
      await child.kill();
      // rejects where it could not even be started
      await child.exited;
      throw new UnreadablePicture(name, 'it broke the decoder');
    }
    putBack(decoder);
    if (answer.record.type === 'error') {
      const { code, message } = answer.record;
      throw code === 'unreadable' ? new UnreadablePicture(name, message) : new KinoscopeError(code, message);
    }
    return answer;
  });
}

/** Reads from a process's pipe into memory of the size that is wanted: a large picture is there once. */
function pipeReader({ pipe }: MediaProcess): ReadBytes {
  let wake = (): void => undefined;
  for (const event of ['readable', 'end', 'close']) pipe.on(event, () => wake());
  return async (length) => {
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let done = 0; done < length;) {
      const part = pipe.read(Math.min(length - done, pipe.readableLength)) as Buffer | null;
      if (part) {
        done += part.copy(bytes, done);
      } else if (pipe.readableEnded || pipe.destroyed) {
        return null;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    return bytes;
  };
}
