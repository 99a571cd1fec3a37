import { AVERROR_EAGAIN } from 'node-av/constants';
import { type CodecContext, Frame, type Packet } from 'node-av/lib';
import type { Container } from './container.js';

/** One pass over a film: where it reads, what it feeds to the decoder, and how far it has come. */

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
export const SEEK_FROM = 10;

export interface Pass {
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

export function readPacket({ ahead, container }: Pass): Packet | null {
  return ahead.shift() ?? container.read();
}

export function seek({ ahead, container, origin }: Pass, time: number): void {
  for (const packet of ahead.splice(0)) packet.free();
  if (time > 0) container.seek(origin + container.ticks(time));
  else container.rewind();
}

/** Feeds one packet, or null for the end, and gives the frames that come out; a frame is valid until the next one. */
export function* decodePacket(decoder: CodecContext, packet: Packet | null): Generator<Frame> {
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
