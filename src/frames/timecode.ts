/** hh:mm:ss.mmm, as WebVTT writes it. */
export function clockOf(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const part = (value: number, digits = 2): string => String(Math.floor(value)).padStart(digits, '0');
  return `${part(ms / 3_600_000)}:${part((ms / 60_000) % 60)}:${part((ms / 1000) % 60)}.${part(ms % 1000, 3)}`;
}

/**
 * SMPTE 12M timecode of a frame: `hh:mm:ss:ff`, for 29.97 and 59.94 frames a second drop-frame, `hh:mm:ss;ff`: of every
 * minute but each tenth the first two (four) numbers are left out, so that it keeps up with the clock.
 */
export function smpteOf(frame: number, rate: number): string {
  const nominal = Math.round(rate);
  const drops = Math.abs(rate - (nominal * 1000) / 1001) < 0.005 && nominal % 30 === 0 ? nominal / 15 : 0;
  const tenMinutes = nominal * 600 - 9 * drops;
  const inTen = frame % tenMinutes;
  const minutes = inTen < nominal * 60 ? 0 : 1 + Math.floor((inTen - nominal * 60) / (nominal * 60 - drops));
  const number = frame + drops * (9 * Math.floor(frame / tenMinutes) + minutes);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const seconds = Math.floor(number / nominal);
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${drops > 0 ? ';' : ':'}${two(number % nominal)}`;
}

/**
 * When players show the first picture, seconds: they count from where the container starts, all streams considered.
 * @param containerStart null where the container does not say
 */
export function playerStart(videoStart: number, containerStart: number | null): number {
  return containerStart === null ? 0 : Math.max(0, videoStart - containerStart);
}

/** Rates that differ by a smaller share are one rate: containers round the times of frames. */
const SAME_RATE = 0.01;

/** Whether frames come at more than one rate: on average at another than the finest that all of their times are told in. */
export function variesIn(average: number, base: number): boolean {
  return !(Math.abs(base / average - 1) < SAME_RATE);
}
