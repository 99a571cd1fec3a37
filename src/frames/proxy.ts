import { resolve } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import type { Fragment, ProxyJob } from './media-jobs.js';
import { records } from './nodeav.js';
import type { FrameSettings } from './settings.js';

export type { Fragment } from './media-jobs.js';

export interface ProxyRequest {
  /** The fragmented MP4 file to write. */
  readonly output: string;
  /** What is taken over as it is: pictures have to be H.264, sound AAC. */
  readonly copies: ProxyJob['copies'];
  /** Longest that it may take, seconds. */
  readonly maxSeconds: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears of every fragment once it can be read, and may refuse to go on. */
  readonly onFragment: (fragment: Fragment) => Promise<void>;
}

/**
 * Writes a film as fragmented MP4 of at most 720p, in SDR and on a player's clock, in a process of its own, with the FFmpeg
 * libraries in node-av, whichever decoder is set. What was written before a failure stays.
 * @throws KinoscopeError `unreadable`, `unavailable`, `cancelled`; whatever `onFragment` throws
 */
export async function writeProxy(file: string, request: ProxyRequest, settings: FrameSettings): Promise<void> {
  const { output, copies, maxSeconds, signal, onFragment } = request;
  const job = {
    kind: 'proxy',
    file: resolve(file),
    output: resolve(output),
    copies,
    settings: { ...settings, maxSeconds },
  } as const;
  let finished = false;
  for await (const { record } of records(job, signal)) {
    if (record.type === 'fragment') await onFragment(record.fragment);
    finished = record.type === 'finish';
  }
  if (!finished) throw new KinoscopeError('internal', 'The copy was not finished');
}
