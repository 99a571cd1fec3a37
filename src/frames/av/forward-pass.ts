import { AV_NOPTS_VALUE } from 'node-av/constants';
import type { Packet } from 'node-av/lib';
import { type ForwardPlan, type Selector, selectorFor, windowOf } from '../plan.js';
import type { TimeWindow } from '../types.js';
import { type DecodedFrame, decodePacket, type Pass, readPacket, seek, SEEK_FROM } from './decoder-pass.js';

/** Compressed bytes that may wait for the next key packet before they are decoded anyway. */
const WAITING_BYTES = 32 << 20;
/** Seconds before the wanted time to try, one after the other, when a container leads to a place after it. */
const BACK_OFF = [2, 10, 60, Infinity];

/** Decodes consecutive frames from the key packet before each wanted one. */
export function forward(pass: Pass, plan: ForwardPlan): Generator<DecodedFrame> {
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
