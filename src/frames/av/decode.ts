import { AV_NOPTS_VALUE, AV_PKT_FLAG_DISCARD } from 'node-av/constants';
import type { CodecContext, Packet } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import { keyFrameChoice, windowOf } from '../plan.js';
import type { FrameSettings } from '../settings.js';
import type { SamplingPlan, TimeWindow } from '../types.js';
import { type Container, openDecoder, timestamp } from './container.js';
import {
  type DecodedFrame,
  decodePacket,
  type DecodeProgress,
  type Pass,
  readPacket,
  seek,
  SEEK_FROM,
} from './decoder-pass.js';
import { forward } from './forward-pass.js';

/** Presentation time, in ticks, of the first frame that can be decoded. */
export function firstFrameTicks(container: Container, settings: FrameSettings): bigint {
  const decoder = openDecoder(container, settings, 'lone');
  try {
    const { origin, packets } = findOrigin(container, decoder);
    for (const packet of packets) packet.free();
    return origin;
  } finally {
    decoder.freeContext();
  }
}

/** Frames that later packets may still bring before a time that was passed: they are stored in decoding order. */
const REORDERED = 64;

/** Frames shown before `time`, seconds since the first one. */
export function countFrames(container: Container, time: number, settings: FrameSettings): number {
  const origin = firstFrameTicks(container, settings);
  container.rewind();
  // Half a tick spares what was rounded on its way here.
  const end = Number(origin) + Number(container.ticks(time + container.seconds(1n) / 2));
  let count = 0;
  let past = 0;
  for (let packet = container.read(); packet && past < REORDERED; packet = container.read()) {
    const at = timestamp(packet);
    if (at >= origin && Number(at) < end && (packet.flags & AV_PKT_FLAG_DISCARD) === 0) count++;
    past = Number(at) >= end ? past + 1 : 0;
    packet.free();
  }
  return count;
}

/**
 * Decodes what `plan` wants and no more than that takes: groups of pictures that hold no wanted frame are read over,
 * nothing is decoded twice.
 *
 * @param end where the film ends on its own timeline, seconds
 * @throws KinoscopeError `unreadable` when no frame at all can be decoded
 */
export function* decode(
  container: Container,
  plan: SamplingPlan,
  settings: FrameSettings,
  end: number,
  progress: DecodeProgress,
): Generator<DecodedFrame> {
  // Frames that no other refers to need not be decoded to find one frame a second.
  const decoder = openDecoder(
    container,
    settings,
    plan.kind === 'keyframes' ? 'lone' : plan.kind === 'everySecond' ? 'referenced' : 'all',
  );
  try {
    const { origin, packets } = findOrigin(container, decoder);
    decoder.flushBuffers();
    progress.startTime = container.seconds(origin);
    // Where only decoding times are stored, pictures come up as late after theirs as the first one does.
    const delay =
      packets[0] && packets[0].pts === AV_NOPTS_VALUE && packets[0].dts !== AV_NOPTS_VALUE
        ? origin - packets[0].dts
        : 0n;
    const pass: Pass = {
      container,
      decoder,
      ahead: packets,
      progress,
      origin,
      timeOf: (ticks) => container.seconds(ticks - origin),
      shownAt: ({ pts, dts }) => (pts !== AV_NOPTS_VALUE || dts === AV_NOPTS_VALUE ? pts : dts + delay),
    };
    if (plan.kind === 'keyframes')
      yield* keyframes(pass, windowOf(plan), keyFrameChoice(plan, end - progress.startTime));
    else yield* forward(pass, plan);
  } finally {
    decoder.freeContext();
  }
}

function findOrigin(container: Container, decoder: CodecContext): { origin: bigint; packets: Packet[] } {
  const packets: Packet[] = [];
  for (;;) {
    const packet = container.read();
    if (packet) packets.push(packet);
    for (const frame of decodePacket(decoder, packet)) {
      if (frame.bestEffortTimestamp !== AV_NOPTS_VALUE) return { origin: frame.bestEffortTimestamp, packets };
    }
    if (!packet) throw new KinoscopeError('unreadable', `${container.name} has no picture that can be decoded`);
  }
}

/** Every key packet on its own, drained and flushed: pictures of an open group that lean on an earlier one never come up. */
function* keyframes(
  pass: Pass,
  { start, end }: TimeWindow,
  isWanted: (time: number) => boolean,
): Generator<DecodedFrame> {
  const { decoder, progress, timeOf, shownAt } = pass;
  if (start >= SEEK_FROM) seek(pass, start);
  for (;;) {
    const packet = readPacket(pass);
    if (!packet) return;
    try {
      const at = timeOf(shownAt(packet));
      if (!packet.isKeyframe || at < start) continue;
      if (at >= end) return;
      if (!isWanted(at)) continue;
      decoder.flushBuffers();
      for (const part of [packet, null]) {
        for (const frame of decodePacket(decoder, part)) {
          // A lone packet's decoding time says nothing of when its picture comes up.
          const ticks = packet.pts === AV_NOPTS_VALUE ? shownAt(packet) : frame.bestEffortTimestamp;
          const time = timeOf(ticks);
          if (ticks === AV_NOPTS_VALUE || time < start || time >= end || time <= progress.lastTime) continue;
          progress.lastTime = time;
          yield { frame, ticks, time, wanted: true };
        }
      }
    } finally {
      packet.free();
    }
  }
}
