import { AV_NOPTS_VALUE, AV_PKT_FLAG_DISCARD, AVERROR_EAGAIN } from 'node-av/constants';
import { type CodecContext, Frame, type Packet } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import { type ForwardPlan, keyFrameChoice, type Selector, selectorFor, windowOf } from '../plan.js';
import type { FrameSettings } from '../settings.js';
import type { SamplingPlan, TimeWindow } from '../types.js';
import { type Container, openDecoder, timestamp } from './container.js';

/** A decoded picture with its time since the first frame. It is valid until the next one is asked for. */
export interface DecodedFrame {
  readonly frame: Frame;
  readonly ticks: bigint;
  readonly time: number;
  /** The plan wants it; else it is a thumbnail. */
  readonly wanted: boolean;
}

/** What a pass has found out so far. */
export interface DecodeProgress {
  /** Time of the last decoded frame, seconds. */
  lastTime: number;
  /** Presentation time of the first frame on the container's timeline, seconds. */
  startTime: number;
}

/** Seconds to skip from which on going through the index beats reading what lies between. */
const SEEK_FROM = 10;
/** Compressed bytes that may wait for the next key packet before they are decoded anyway. */
const WAITING_BYTES = 32 << 20;
/** Seconds before the wanted time to try, one after the other, when a container leads to a place after it. */
const BACK_OFF = [2, 10, 60, Infinity];

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

interface Pass {
  readonly container: Container;
  readonly decoder: CodecContext;
  /** Packets that were read already and come before those that `container` reads next. */
  readonly ahead: Packet[];
  readonly progress: DecodeProgress;
  readonly origin: bigint;
  timeOf(ticks: bigint): number;
  /** When the picture of a packet comes up, ticks. */
  shownAt(packet: Packet): bigint;
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

function readPacket({ ahead, container }: Pass): Packet | null {
  return ahead.shift() ?? container.read();
}

function seek({ ahead, container, origin }: Pass, time: number): void {
  for (const packet of ahead.splice(0)) packet.free();
  if (time > 0) container.seek(origin + container.ticks(time));
  else container.rewind();
}

/** Feeds one packet, or null for the end, and gives the frames that come out; a frame is valid until the next one. */
function* decodePacket(decoder: CodecContext, packet: Packet | null): Generator<Frame> {
  const frame = new Frame();
  frame.alloc();
  try {
    // A packet that the decoder refuses costs its own frames only: what is wrong with it goes to the log.
    let refused = decoder.sendPacketSync(packet) === AVERROR_EAGAIN;
    for (;;) {
      while (decoder.receiveFrameSync(frame) >= 0) {
        yield frame;
        frame.unref();
      }
      if (!refused) return;
      refused = decoder.sendPacketSync(packet) === AVERROR_EAGAIN;
    }
  } finally {
    frame.free();
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

/** Decodes consecutive frames from the key packet before each wanted one. */
function forward(pass: Pass, plan: ForwardPlan): Generator<DecodedFrame> {
  return new ForwardPass(pass, plan).frames();
}

class ForwardPass {
  private readonly selector: Selector<DecodedFrame>;
  private readonly thumbnails: boolean;
  private readonly window: TimeWindow;
  /** Packets since the last key packet: not decoded before it is clear that no later key packet would do. */
  private readonly waiting: Packet[] = [];
  private waitingBytes = 0;
  private readUpTo = 0;
  private lastRead: bigint | null = null;
  private soughtFor: number | null = null;
  private landing: Landing | null = null;
  private readonly held: DecodedFrame[] = [];
  private latest = AV_NOPTS_VALUE;
  private step = 0n;

  constructor(
    private readonly pass: Pass,
    plan: ForwardPlan,
  ) {
    this.selector = selectorFor<DecodedFrame>(plan);
    this.thumbnails = plan.kind === 'everySecond' && plan.thumbnail !== undefined;
    this.window = windowOf(plan);
  }

  *frames(): Generator<DecodedFrame> {
    try {
      for (let target = this.selector.target; target !== null; target = this.selector.target) {
        this.jumpTo(target);
        const packet = readPacket(this.pass);
        if (this.isPassedOver(packet, target)) continue;
        if (!packet) {
          yield* this.decodeWaiting(true);
          const last = this.selector.end();
          if (last) yield last;
          return;
        }
        this.wait(packet, target);
        if (this.readUpTo > target || this.thumbnails || this.waitingBytes > WAITING_BYTES)
          yield* this.decodeWaiting(false);
      }
    } finally {
      this.dropWaiting();
      for (const { frame } of this.held) frame.free();
    }
  }

  /** Seeks once for a target that is far away. */
  private jumpTo(target: number): void {
    if (target - this.readUpTo < SEEK_FROM || this.soughtFor === target) return;
    this.soughtFor = target;
    this.landing = { lastRead: this.lastRead, behind: false, attempt: 0 };
    seek(this.pass, target);
  }

  /** After a jump: whether the packet only tells where it has led. Such a packet is freed. */
  private isPassedOver(packet: Packet | null, target: number): boolean {
    const { pass, landing } = this;
    if (!landing) return false;
    const landed = land(landing, packet, target, (one) => pass.timeOf(pass.shownAt(one)));
    if (landed === 'again') seek(pass, target - (BACK_OFF[landing.attempt++] ?? Infinity));
    if (landed === 'again' || landed === 'skip') {
      packet?.free();
      return true;
    }
    if (landed === 'elsewhere') this.startOver();
    this.landing = null;
    return false;
  }

  private wait(packet: Packet, target: number): void {
    const { timeOf, shownAt } = this.pass;
    const order = decodingOrder(packet);
    if (order !== AV_NOPTS_VALUE) {
      this.lastRead = order;
      this.readUpTo = timeOf(order);
    }
    const nearer = packet.isKeyframe && timeOf(shownAt(packet)) <= target;
    if (nearer && this.waiting.length > 0 && !this.thumbnails) this.startOver();
    if (packet.duration > 0n) this.step = packet.duration;
    this.waiting.push(packet);
    this.waitingBytes += packet.size;
  }

  private *decodeWaiting(atEnd: boolean): Generator<DecodedFrame> {
    const { pass, selector, window, held } = this;
    const packets: (Packet | null)[] = this.waiting.splice(0);
    this.waitingBytes = 0;
    if (atEnd) packets.push(null);
    for (const packet of packets) {
      for (const frame of decodePacket(pass.decoder, packet)) {
        // Where only decoding times are stored, the last pictures are left without one.
        const known = frame.bestEffortTimestamp !== AV_NOPTS_VALUE || packet !== null || this.latest === AV_NOPTS_VALUE;
        const ticks = known ? frame.bestEffortTimestamp : this.latest + this.step;
        const time = pass.timeOf(ticks);
        if (ticks === AV_NOPTS_VALUE || time <= pass.progress.lastTime) continue;
        this.latest = ticks;
        pass.progress.lastTime = time;
        const current = { frame: frame.clone() ?? frame, ticks, time, wanted: true };
        held.push(current);
        const wanted = selector.offer(current, time);
        if (wanted) yield wanted;
        else if (this.thumbnails && time >= window.start && time < window.end) yield { ...current, wanted: false };
        // The selector may still ask for this frame when it sees the next one, but for none before.
        if (held.length > 1) held.shift()?.frame.free();
      }
      packet?.free();
    }
  }

  private startOver(): void {
    this.dropWaiting();
    this.pass.decoder.flushBuffers();
  }

  private dropWaiting(): void {
    for (const packet of this.waiting.splice(0)) packet.free();
    this.waitingBytes = 0;
  }
}

interface Landing {
  /** Where reading was before the jump. */
  readonly lastRead: bigint | null;
  /** The jump led to what was read before: reading goes on from there, with the decoder as it is. */
  behind: boolean;
  attempt: number;
}

/** What the first packets after a jump say about it: `again` asks for a place further back. */
function land(
  landing: Landing,
  packet: Packet | null,
  target: number,
  timeOf: (packet: Packet) => number,
): 'skip' | 'again' | 'onward' | 'elsewhere' {
  const mayRetry = landing.attempt < BACK_OFF.length;
  if (!packet) return landing.behind || !mayRetry ? 'onward' : 'again';
  if (landing.lastRead !== null && decodingOrder(packet) <= landing.lastRead) {
    landing.behind = true;
    return 'skip';
  }
  if (landing.behind) return 'onward';
  if (!packet.isKeyframe) return 'skip';
  return timeOf(packet) > target && mayRetry ? 'again' : 'elsewhere';
}

function decodingOrder(packet: Packet): bigint {
  return packet.dts === AV_NOPTS_VALUE ? packet.pts : packet.dts;
}
