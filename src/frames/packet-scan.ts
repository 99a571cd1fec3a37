import { KinoscopeError } from '../core/errors.js';
import { attend, brokenBy, checkCancelled, readLines, startProcess, warningsOf } from './media-process.js';
import type { Place } from './places.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from './settings.js';
import {
  agrees,
  type DeclaredEnd,
  FAR,
  isTruncated,
  mayJump,
  type Timeline,
  TimelineScan,
  type VideoPacket,
} from './timeline.js';

export interface ScannedPacket extends VideoPacket {
  readonly stream: number;
  /** Where it ends, seconds. */
  readonly end: number;
}

/** What is to be measured, as ffprobe describes it. */
interface Measurable {
  /** How ffprobe is to open it. */
  readonly input: readonly string[];
  /** Index of the video. */
  readonly stream: number;
  readonly format: string;
  readonly secondsPerTick: number;
  readonly frameRate: number | null;
  readonly declared: DeclaredEnd | null;
}

/** What the packets say about time: the last ones where these agree with the header, else all of them. */
export async function measure(
  { input, stream, format, secondsPerTick, frameRate, declared }: Measurable,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<{ timeline: Timeline; places: Place[]; unordered: boolean }> {
  const jumps = mayJump(format);
  const scan = async (kind: 'recordings' | 'others' | 'none', from?: number) => {
    const found = new TimelineScan(secondsPerTick, frameRate, kind);
    const reached = { video: -Infinity, any: -Infinity };
    const places: Place[] = [];
    let unordered = false;
    let known = 0;
    await scanPackets(
      input,
      (packet) => {
        reached.any = Math.max(reached.any, packet.end);
        if (packet.stream !== stream) return;
        reached.video = Math.max(reached.video, packet.end);
        const shift = found.offer(packet);
        const { pts: raw, keyframe } = packet;
        // A program stream tells the position of the first picture only that begins in a packet of its own.
        known = packet.position >= 0 ? packet.position : known;
        const position = known;
        if (raw === null) unordered = true;
        else if (!packet.hidden) places.push({ raw, ticks: raw + shift, position, keyframe });
      },
      settings,
      { from, signal },
    );
    return { found, reached, places, unordered };
  };
  const last = jumps ? null : await scan('none', FAR);
  const trusted = last !== null && last.found.end > -Infinity && (declared === null || agrees(last.reached, declared));
  const { found, reached, places, unordered } = trusted ? last : await scan(jumps ? 'recordings' : 'others');
  const timeline = found.timeline(isTruncated(reached, declared));
  const jumped = timeline.stretches.length > 1;
  return { timeline, places: jumped ? places.sort((a, b) => a.ticks - b.ticks) : [], unordered };
}

/** All packets of a file, in the order of the file; `from` (seconds) skips those before about that time. */
export async function scanPackets(
  input: readonly string[],
  onPacket: (packet: ScannedPacket) => void,
  settings: FrameSettings,
  { from, signal }: { from?: number | undefined; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const interval = from === undefined ? [] : ['-read_intervals', `${from}%`];
  const entries = 'packet=stream_index,pts,dts,pts_time,dts_time,duration,duration_time,pos,flags';
  await runFfprobe(
    [...interval, '-of', 'compact=p=0', '-show_entries', entries, ...input],
    settings,
    signal,
    (line) => {
      const fields = fieldsOf(line);
      const known = (name: string): number | null => (fields[name] === undefined ? null : Number(fields[name]));
      const time = known('pts_time') ?? known('dts_time');
      if (time === null) return;
      onPacket({
        stream: Number(fields['stream_index']),
        end: time + (known('duration_time') ?? 0),
        pts: known('pts'),
        dts: known('dts'),
        duration: known('duration') ?? 0,
        position: known('pos') ?? -1,
        keyframe: fields['flags']?.includes('K') ?? false,
        hidden: fields['flags']?.includes('D') ?? false,
      });
    },
  );
}

/** Timestamps of all frames of a stream, in ticks; decodes the whole of it. */
export async function scanFrames(
  { input, streamIndex }: { readonly input: readonly string[]; readonly streamIndex: number },
  onFrame: (ticks: number) => void,
  settings: FrameSettings,
  signal?: AbortSignal,
): Promise<void> {
  const args = [
    '-of',
    'compact=p=0',
    '-select_streams',
    `${streamIndex}`,
    '-show_entries',
    'frame=best_effort_timestamp',
    ...input,
  ];
  await runFfprobe(args, settings, signal, (line) => {
    const ticks = Number(fieldsOf(line)['best_effort_timestamp']);
    if (!Number.isNaN(ticks)) onFrame(ticks);
  });
}

/** `pts=12|pts_time=N/A` becomes `{ pts: '12' }`. */
function fieldsOf(line: string): Readonly<Record<string, string | undefined>> {
  const fields = line.split('|').map((field) => field.split('=', 2) as [string, string]);
  return Object.fromEntries(fields.filter(([, value]) => value !== 'N/A'));
}

export async function runFfprobe(
  args: readonly string[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
  onLine?: (line: string) => void,
): Promise<{ text: string; warnings: string[] }> {
  checkCancelled(signal);
  const guards = [
    '-protocol_whitelist',
    PROTOCOLS,
    '-format_whitelist',
    CONTAINERS,
    '-max_pixels',
    `${settings.maxPixels}`,
  ];
  const process = startProcess(settings.ffprobePath, ['-v', 'warning', ...guards, ...args]);
  const end = attend(process, signal);
  let hung = false;
  const watchdog = setTimeout(() => {
    hung = true;
    void process.kill();
  }, settings.stallSeconds * 1000);
  try {
    const lines: string[] = [];
    const take = onLine ?? ((line: string) => lines.push(line));
    readLines(process.pipe, (line) => {
      watchdog.refresh();
      take(line);
    });
    const [status] = await Promise.all([process.exited, new Promise((read) => process.pipe.on('close', read))]);
    checkCancelled(signal);
    if (hung) throw new KinoscopeError('unreadable', 'Reading takes too long or hangs');
    if (typeof status === 'string') throw brokenBy(status, `The film broke ${settings.ffprobePath}`);
    return { text: lines.join('\n'), warnings: warningsOf(process.stderr) };
  } finally {
    clearTimeout(watchdog);
    await end();
  }
}
