import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Channel, Programme } from './xmltv.js';

/**
 * What was last read of a source, in a file of our own: a line of JSON that says what it is, one for each channel, one for each
 * programme, the earliest first.
 */

const FORMAT = 'kinoscope guide 1';

export interface KeptGuide {
  readonly channels: readonly Channel[];
  readonly programmes: readonly Programme[];
}

/** Written at a time, characters. */
const PIECE = 2 ** 18;

/** Replaces the file at once. */
export async function writeKept(path: string, { channels, programmes }: KeptGuide): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(unfinished, 'wx');
    try {
      let piece = '';
      for (const line of lines(channels, programmes)) {
        piece += line;
        if (piece.length < PIECE) continue;
        await file.write(piece);
        piece = '';
      }
      await file.write(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function* lines(channels: readonly Channel[], programmes: readonly Programme[]): Generator<string> {
  yield `${JSON.stringify({ format: FORMAT, channels: channels.length })}\n`;
  for (const channel of channels) yield `${JSON.stringify(channel)}\n`;
  for (const programme of programmes) yield `${JSON.stringify(programme)}\n`;
}

/**
 * null where there is none that this version has written.
 * @param wants which of its programmes
 */
export async function readKept(
  path: string,
  wants: (programme: Programme) => boolean = () => true,
): Promise<KeptGuide | null> {
  const channels: Channel[] = [];
  const programmes: Programme[] = [];
  const copy = copies();
  let wanted: number | null = null;
  try {
    for await (const line of readLines(path)) {
      if (wanted === null) {
        const head = JSON.parse(line) as { format?: unknown; channels?: unknown };
        if (head.format !== FORMAT) return null;
        wanted = Number(head.channels);
      } else if (channels.length < wanted) channels.push(JSON.parse(line) as Channel);
      else {
        const programme = JSON.parse(line) as Programme;
        if (wants(programme)) programmes.push(copy(programme));
      }
    }
  } catch (error) {
    // a file is whole or not there; one that somebody else has written is none of ours
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return wanted === null ? null : { channels, programmes };
}

/** Those that `writeKept` ends: readline takes other letters for ends as well. */
async function* readLines(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: PIECE })) {
    const parts = (rest + (piece as string)).split('\n');
    rest = parts.pop()!;
    yield* parts;
  }
}

/** Names and titles come again and again: each is kept once. */
function copies(): (programme: Programme) => Programme {
  const known = new Map<string, string>();
  const one = (text: string): string => {
    const there = known.get(text);
    if (there === undefined) known.set(text, text);
    return there ?? text;
  };
  return (programme) => ({
    ...programme,
    titles: programme.titles.map(one),
    channel: one(programme.channel),
    channelId: one(programme.channelId),
    cast: programme.cast.map(({ name, role }) => ({ name: one(name), role: role === null ? null : one(role) })),
  });
}

/**
 * What a source says now, and before that what is kept of what it has said of the time until then: guides begin with today.
 * @param path of what is kept
 * @param since what was over by then, milliseconds since 1970, and is not said now, is forgotten
 */
export async function withPast(now: KeptGuide, path: string, since: number): Promise<KeptGuide> {
  const first = new Map<string, number>();
  for (const { channelId, start } of now.programmes)
    first.set(channelId, Math.min(first.get(channelId) ?? Infinity, start));
  const begins = now.programmes[0]?.start ?? Infinity;
  const before = await readKept(
    path,
    ({ start, stop, channelId }) => stop > since && start < (first.get(channelId) ?? begins),
  );
  if (!before || before.programmes.length === 0) return now;
  const programmes = [...before.programmes, ...now.programmes].sort((a, b) => a.start - b.start);
  const named = new Set(now.channels.map(({ id }) => id));
  const there = new Set(before.programmes.map(({ channelId }) => channelId));
  const former = before.channels.filter(({ id }) => !named.has(id) && there.has(id));
  return { channels: [...now.channels, ...former], programmes };
}
