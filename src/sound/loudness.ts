/** Windows that are not louder are silent: the absolute gate of ITU-R BS.1770-5, LUFS. */
const ABSOLUTE_GATE = -70;
/** Louder ones count as this, LUFS: 24 channels at full scale reach 14. */
const LOUDEST = 20;
const BINS_PER_LU = 100;
const BINS = (LOUDEST - ABSOLUTE_GATE) * BINS_PER_LU;

/** Loudness of a bin's middle, LUFS. */
const loudnessOf = (bin: number): number => ABSOLUTE_GATE + (bin + 0.5) / BINS_PER_LU;

/** How loud the windows of a film are, in hundredths of a LU: so many numbers however long it is. */
export class LoudnessHistogram {
  private readonly bins = new Uint32Array(BINS);
  /** Windows, and those of them that are silent. */
  count = 0;
  silent = 0;

  /** @param loudness of a window, LUFS */
  push(loudness: number): void {
    this.count++;
    if (!(loudness > ABSOLUTE_GATE)) this.silent++;
    else this.bins[Math.min(BINS - 1, Math.floor((loudness - ABSOLUTE_GATE) * BINS_PER_LU))]!++;
  }

  /** Integrated loudness of windows of 400 ms, LUFS (BS.1770-5, relative gate 10 LU below the mean); null where all are silent. */
  integrated(): number | null {
    return this.mean(this.gate(10));
  }

  /**
   * Loudness range of windows of 3 s, LU (EBU Tech 3342): from the tenth to the 95th percentile of those that are not 20 LU below the mean;
   * null where all are silent.
   */
  range(): number | null {
    const gate = this.gate(20);
    const gated = this.bins.subarray(gate).reduce((sum, count) => sum + count, 0);
    if (gated === 0) return null;
    const percentile = (share: number): number => {
      let left = Math.round((gated - 1) * share);
      let bin = gate;
      while (left >= this.bins[bin]!) left -= this.bins[bin++]!;
      return loudnessOf(bin);
    };
    return percentile(0.95) - percentile(0.1);
  }

  /** The first bin that is not so many LU below the mean of all. */
  private gate(below: number): number {
    const mean = this.mean(0);
    return mean === null ? 0 : Math.max(0, Math.floor((mean - below - ABSOLUTE_GATE) * BINS_PER_LU));
  }

  /** The mean energy of these bins, as loudness. */
  private mean(from: number): number | null {
    let [energy, count] = [0, 0];
    for (let bin = from; bin < BINS; bin++) {
      count += this.bins[bin]!;
      energy += this.bins[bin]! * 10 ** (loudnessOf(bin) / 10);
    }
    return count === 0 ? null : 10 * Math.log10(energy / count);
  }
}
