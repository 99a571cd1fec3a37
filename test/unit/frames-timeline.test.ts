import { describe, expect, test } from '@jest/globals';
import { shiftsOf, TimelineScan, type VideoPacket } from '../../src/frames/timeline.js';
import { filmTrack, type VideoTrack } from '../../src/frames/tracks.js';

/** Packets of one tick each second that lie 100 bytes apart. */
const packets = (times: readonly number[], about: Partial<VideoPacket> = {}): VideoPacket[] =>
  times.map((time, k) => ({
    pts: time,
    dts: time,
    duration: 1,
    position: k * 100,
    keyframe: k % 5 === 0,
    hidden: false,
    ...about,
  }));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

function scan(all: readonly VideoPacket[], jumps: 'recordings' | 'others' | 'none' = 'recordings'): TimelineScan {
  const found = new TimelineScan(1, 1, jumps);
  for (const packet of all) found.offer(packet);
  return found;
}

describe('the time of packets', () => {
  test.each<[string, readonly number[], number]>([
    ['goes on where the clock starts again', [...range(0, 50), ...range(0, 30)], 80],
    ['goes on where the clock jumps an hour', [...range(10, 60), ...range(3660, 3690)], 90],
    [
      'goes on where the clock goes back and ahead again',
      [...range(100, 120), ...range(50, 60), ...range(120, 130)],
      140,
    ],
    ['keeps a short gap of lost reception', [...range(0, 20), ...range(25, 40)], 40],
    ['survives one packet with a wild time', [...range(0, 20), 90_000, ...range(21, 40)], 40],
  ])('%s', (_, times, end) => {
    expect(scan(packets(times)).end).toBe(end);
  });

  test('a jump is mended for every packet after it, by its place in the file', () => {
    const times = [...range(0, 50), ...range(0, 30)];
    const timeline = scan(packets(times)).timeline(false);
    const shift = shiftsOf(timeline);
    expect(packets(times).map(({ pts, position }) => pts! + shift(position))).toEqual(range(0, 80));
    expect([shift(0), shift(7900), shift(-1), shift(4900)]).toEqual([0, 50, 50, 0]);
    expect(timeline.keys.map(([, ticks]) => ticks)).toEqual(range(0, 16).map((k) => k * 5));
  });

  test('files are not mended where their container keeps one clock, nor after a seek', () => {
    expect(scan(packets([0, 1, 4000, 8000]), 'others').stretches).toHaveLength(1);
    expect(scan(packets([900, 901, 899, 903]), 'others').stretches).toHaveLength(1);
    expect(scan(packets([900, 100, 900]), 'none').stretches).toHaveLength(1);
  });

  test('the last picture ends with its packet, but stays no longer than minutes; hidden ones count for nothing', () => {
    expect(scan(packets([0, 1, 2], { duration: 20 })).end).toBe(22);
    expect(scan(packets([0, 1, 2], { duration: 1e8 })).end).toBe(302);
    expect(scan(packets([0, 1, 2], { duration: 0 })).end).toBe(3);
    expect(scan([...packets([0, 1]), ...packets([2, 3], { hidden: true })]).end).toBe(2);
    expect(scan([]).timeline(false).end).toBe(0);
  });
});

describe('the track that is the film', () => {
  const film: VideoTrack = {
    index: 1,
    codec: 'h264',
    width: 640,
    height: 360,
    still: false,
    pictures: 0,
    chosen: false,
  };
  test.each<[string, Partial<VideoTrack>]>([
    ['a larger cover', { width: 2000, height: 3000, still: true, chosen: true }],
    ['a larger poster of one picture', { width: 2000, height: 3000, pictures: 1, chosen: true }],
    ['a larger picture in a codec of pictures', { codec: 'png', width: 2000, height: 3000, chosen: true }],
    ['a smaller track', { width: 320, height: 180 }],
  ])('is not %s', (_, other) => {
    const tracks = [{ ...film, index: 0, ...other }, film];
    expect(filmTrack(tracks)?.index).toBe(1);
    expect(filmTrack(tracks.toReversed())?.index).toBe(1);
  });

  test('is the default one; there is none among stills', () => {
    expect(filmTrack([film, { ...film, index: 2, chosen: true, width: 320 }])?.index).toBe(2);
    expect(filmTrack([{ ...film, still: true }])).toBeNull();
  });
});
