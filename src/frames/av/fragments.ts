import { statSync } from 'node:fs';
import { AV_NOPTS_VALUE, AVFMT_FLAG_FLUSH_PACKETS } from 'node-av/constants';
import { Dictionary, FFmpegError, FormatContext, type Packet, type Rational, type Stream } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import type { Fragment } from '../media-jobs.js';

/** A fragment begins with a key frame and is at least this long, seconds. */
export const FRAGMENT_SECONDS = 4;

/** How long a picture is shown is stored in 32 bits, of which players take 31. */
const MOST_TICKS = 2n ** 31n - 1n;

/**
 * Times are written as they are given: no edit list, nothing shifted to zero, and pictures that are stored before they are
 * shown get offsets with signs (ISO/IEC 14496-12, 8.8.8) instead of a later start.
 */
const OPTIONS = {
  movflags: '+frag_custom+delay_moov+frag_discont+default_base_moof+negative_cts_offsets',
  use_editlist: '0',
  avoid_negative_ts: '0',
};

/** Writes a fragmented MP4 file that can be read while it grows. */
export class FragmentedFile {
  readonly format = new FormatContext();
  private start: number | null = null;
  private offset = 0;
  private held: { packet: Packet; stream: Stream; timeBase: Rational } | null = null;

  /** @param onFragment is told of every fragment once it lies in the file whole */
  constructor(
    private readonly file: string,
    private readonly onFragment: (fragment: Fragment) => void,
  ) {
    this.check(this.format.allocOutputContext2(null, 'mp4', file), 'the container');
    // so that the file has all that was written
    this.format.setFlags(AVFMT_FLAG_FLUSH_PACKETS);
  }

  /** To be called once all streams are added. */
  open(): void {
    this.check(this.format.openOutputSync(), 'the file');
    this.check(this.format.writeHeaderSync(Dictionary.fromObject(OPTIONS)), 'the header');
  }

  /**
   * Writes the picture before this one: where a fragment ends, and the next begins, is told by how long its last picture is shown,
   * and containers seldom know that.
   * @param seconds when it is shown
   */
  writePicture(packet: Packet, stream: Stream, timeBase: Rational, seconds: number): void {
    this.writeHeld(packet.dts);
    this.start ??= seconds;
    if (packet.isKeyframe && seconds - this.start >= FRAGMENT_SECONDS) this.cut(seconds);
    this.held = { packet: packet.clone()!, stream, timeBase };
  }

  private writeHeld(nextDts: bigint | null): void {
    if (!this.held) return;
    const { packet, stream, timeBase } = this.held;
    if (nextDts !== null && nextDts > packet.dts) packet.duration = nextDts - packet.dts;
    if (packet.duration > MOST_TICKS)
      throw new KinoscopeError('unreadable', 'The pictures lie too far apart for any copy that browsers play');
    this.held = null;
    this.write(packet, stream, timeBase);
    packet.free();
  }

  /** @param timeBase of the packet's times */
  write(packet: Packet, stream: Stream, timeBase: Rational): void {
    packet.streamIndex = stream.index;
    packet.rescaleTs(timeBase, stream.timeBase);
    if (packet.pts === AV_NOPTS_VALUE || packet.dts === AV_NOPTS_VALUE || packet.pts < 0n)
      throw new KinoscopeError('unreadable', 'A packet has no time of its own');
    this.check(this.format.interleavedWriteFrameSync(packet), 'a packet');
  }

  /** @param seconds where the film ends */
  close(seconds: number): void {
    this.writeHeld(null);
    if (this.start !== null) this.cut(Math.max(seconds, this.start + 0.001));
    this.format.closeOutputSync();
  }

  private cut(seconds: number): void {
    this.check(this.format.interleavedWriteFrameSync(null), 'a fragment');
    this.flush();
    // the first flush writes what the fragments have in common
    if (this.offset === 0) {
      this.offset = statSync(this.file).size;
      this.flush();
    }
    const end = statSync(this.file).size;
    this.onFragment({ start: this.start!, end: seconds, offset: this.offset, size: end - this.offset });
    this.offset = end;
    this.start = seconds;
  }

  private flush(): void {
    this.check(this.format.writeFrameSync(null), 'a fragment');
  }

  private check(result: number, what: string): void {
    if (result >= 0) return;
    throw new KinoscopeError('unreadable', `The copy could not be written: ${what}: ${FFmpegError.strerror(result)}`);
  }
}
