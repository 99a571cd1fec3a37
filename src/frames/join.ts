import { resolve } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { records } from './nodeav.js';
import type { FrameSettings } from './settings.js';

export interface JoinRequest {
  /** The MP4 file to write; after a failure a piece of it may be there. */
  readonly output: string;
  /** The file whose best sound is taken. */
  readonly sound: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the pictures of one file and the sound of another into one, both as they are, in a process of its own, with the
 * FFmpeg libraries in node-av, whichever decoder is set. Of the same files the same bytes come.
 * @throws KinoscopeError `unreadable`, also where MP4 cannot hold them; `unavailable`, `cancelled`
 */
export async function joinFilm(
  pictures: string,
  { output, sound, signal }: JoinRequest,
  settings: FrameSettings,
): Promise<void> {
  const job = {
    kind: 'join',
    file: resolve(pictures),
    sound: resolve(sound),
    output: resolve(output),
    settings,
  } as const;
  let finished = false;
  for await (const { record } of records(job, signal)) finished = record.type === 'finish';
  if (!finished) throw new KinoscopeError('internal', 'The film was not finished');
}
