import { describe, expect, it, test } from '@jest/globals';
import { picturePrint } from '../../src/episodes/picture-print.js';
import { analyseSeason } from '../../src/episodes/season.js';
import { decodePictures, decodeSound, encodePictures, encodeSound } from '../../src/episodes/stored-print.js';
import type { Episode, EpisodeParts, PartKind } from '../../src/episodes/types.js';
import { WordIndex } from '../../src/episodes/word-index.js';
import { pictureHash } from '../../src/frames/picture-hash.js';
import { LevelMeter } from '../../src/frames/sound-print.js';
import { episodeOf, excerpt, otherwiseShown, resounded, silent, story, type Stretch, titles } from './episodes.js';

const season = (episodes: readonly (readonly Stretch[])[], about: Partial<Episode> = {}): Episode[] =>
  episodes.map((stretches, k) => episodeOf(stretches, { name: `E${k + 1}`, number: k + 1, ...about }));
const analysed = (episodes: readonly Episode[]): EpisodeParts[] =>
  analyseSeason(
    episodes,
    episodes.map((_, k) => k),
  );
const spans = ({ parts }: EpisodeParts, kind: PartKind): [number, number][] =>
  parts.filter((part) => part.kind === kind).map(({ start, end }) => [start, end]);
const intros = (episodes: readonly Episode[]): [number, number][][] =>
  analysed(episodes).map((one) => spans(one, 'intro'));

describe('opening titles', () => {
  const opening = titles(1);

  it('are found where each episode has them, after cold opens of any length', () => {
    const found = intros(season([0, 12, 28, 40].map((cold) => [...story(cold), ...opening, ...story(120 - cold)])));
    expect(found).toEqual([[[0, 20]], [[12, 32]], [[28, 48]], [[40, 60]]]);
  });

  test.each([
    ['of other sound in each episode', resounded, 0],
    ['without sound', silent, 0],
    // the words of a made sound tell its edges worse than those of a real one
    ['of other pictures in each episode', otherwiseShown, 1.5],
  ])('%s are the same titles', (_, changed, close) => {
    const found = analysed(season([8, 16, 24, 12].map((cold) => [...story(cold), ...changed(opening), ...story(100)])));
    found.forEach((one, k) => {
      const parts = spans(one, 'intro');
      expect(parts).toHaveLength(1);
      expect(one.parts[0]!.confidence).toBeGreaterThan(0.8);
      const start = [8, 16, 24, 12][k]!;
      expect(Math.abs(parts[0]![0] - start)).toBeLessThanOrEqual(close);
      expect(Math.abs(parts[0]![1] - start - 20)).toBeLessThanOrEqual(close);
    });
  });

  it('end with their pictures where their sound runs over into the story', () => {
    const found = intros(
      season(
        [8, 12, 16, 20].map((cold) => {
          const after = story(100);
          // the last note, under the first second of the story
          const note: Stretch = { seconds: 1, look: after[0]!.look, tune: 199 };
          return [...story(cold), ...opening, note, { ...after[0]!, seconds: 3 }, ...after.slice(1)];
        }),
      ),
    );
    expect(found.map((parts) => parts.map(([, end]) => end))).toEqual([[28], [32], [36], [40]]);
  });

  it('end where they end, although a picture of the story beside them is like one of another episode by chance', () => {
    const alike: Stretch = { seconds: 0.5, look: 7001, tune: 7002 };
    const apart = (k: number): Stretch => ({ seconds: 1.2, look: 7100 + k, tune: 7200 + k });
    const found = intros(
      season(
        [8, 12, 16, 20].map((cold, k) => [
          ...story(cold),
          ...[{ ...alike, tune: 7300 + k }, apart(k), ...opening, apart(k + 10), { ...alike, tune: 7400 + k }],
          ...story(100),
        ]),
      ),
    );
    expect(found).toEqual([[[9.7, 29.7]], [[13.7, 33.7]], [[17.7, 37.7]], [[21.7, 41.7]]]);
  });

  it('that begin in the first half may end in the second', () => {
    const found = intros(season([52, 56, 48].map((cold) => [...story(cold), ...opening, ...story(112 - cold)])));
    expect(found[1]).toEqual([[56, 76]]);
  });

  it('of a season may be two, and an episode may have none', () => {
    const other = titles(2);
    const found = intros(
      season([opening, opening, other, opening, other, other, []].map((one) => [...story(16), ...one, ...story(100)])),
    );
    expect(found.map((parts) => parts.length)).toEqual([1, 1, 1, 1, 1, 1, 0]);
  });

  it('in two parts are two segments', () => {
    const second = titles(3, 10);
    const found = intros(
      season([8, 12, 16].map((cold) => [...story(cold), ...opening, ...story(20), ...second, ...story(120)])),
    );
    expect(found[1]).toEqual([
      [12, 32],
      [52, 62],
    ]);
  });

  it('end where black begins, and begin where it ends', () => {
    const black: Stretch = { seconds: 1, look: null, tune: null };
    const found = intros(season([8, 12, 16].map((cold) => [...story(cold), black, ...opening, black, ...story(100)])));
    expect(found[0]).toEqual([[9, 29]]);
  });

  describe('that are only heard', () => {
    const cuts = [3, 5.3, 4.1, 6.7, 3.7, 4.9];
    /** The sound of these, over the pictures of a story that is cut in its own way; black stays. */
    const overOtherCuts = (episodes: readonly (readonly Stretch[])[]): Episode[] =>
      season(episodes).map((heard, k) => {
        const shown = Array.from({ length: 40 }, (_, n) => cuts[(n * (k + 1) + k) % cuts.length]!).map((seconds) => ({
          ...story(4)[0]!,
          seconds,
        }));
        const { pictures } = episodeOf(shown, { name: '', number: 1 });
        return { ...heard, pictures: { ...pictures!, blacks: heard.pictures!.blacks } };
      });

    it('are told, but no player gets them: a theme under the story sounds the same', () => {
      const found = analysed(overOtherCuts([8, 16, 24, 12].map((cold) => [...story(cold), ...opening, ...story(100)])));
      for (const { parts } of found) {
        expect(parts).toMatchObject([{ kind: 'intro' }]);
        expect(parts[0]!.confidence).toBeLessThan(0.5);
        expect(parts[0]!.reason).toContain('the same sound, and nothing else tells of it');
      }
    });

    it('are titles where black sets them apart', () => {
      const black: Stretch = { seconds: 1, look: null, tune: null };
      const heard = [8, 16, 24, 12].map((cold) => [...story(cold), black, ...opening, black, ...story(100)]);
      for (const { parts } of analysed(overOtherCuts(heard))) expect(parts[0]!.confidence).toBeGreaterThan(0.8);
    });
  });

  it('that one episode has for less time are told so there', () => {
    const short = opening.slice(0, 6);
    const found = analysed(
      season([opening, opening, short, opening].map((one) => [...story(12), ...one, ...story(110)])),
    );
    const [part] = found[2]!.parts;
    expect([part!.start, part!.end]).toEqual([12, 24]);
    expect(part!.reason).toContain('but for 20.0 s instead of 12.0 s');
    expect(part!.confidence).toBeLessThan(found[0]!.parts[0]!.confidence);
  });

  test.each<[string, (cold: number) => Stretch[]]>([
    ['nothing', () => []],
    ['a logo of three seconds', () => [{ seconds: 3, look: 7, tune: 7 }]],
    ['a view of a place', () => [{ seconds: 4, look: 8, tune: null }]],
  ])('are not made of %s that all episodes share', (_, shared) => {
    const found = analysed(season([0, 1, 2, 3].map((cold) => [...shared(cold), ...story(140)])));
    expect(found.map(({ parts }) => parts)).toEqual([[], [], [], []]);
    expect(found[0]!.none.intro).toBe('it shares no titles with any of 3 other episodes');
  });

  it('are not what the end credits share', () => {
    expect(intros(season([0, 1, 2].map(() => [...story(140), ...opening]))).flat()).toEqual([]);
  });

  it('of a lone episode are told by a chapter alone, and surer by a chapter and others', () => {
    const chapters = [{ start: 12.2, end: 32, kind: 'intro' as const }];
    const stretches = (): Stretch[] => [...story(12), ...opening, ...story(100)];
    const [alone] = analysed([episodeOf(stretches(), { name: 'E1', number: 1, chapters })]);
    expect(spans(alone!, 'intro')).toEqual([[12, 32]]);
    expect(alone!.parts[0]!.confidence).toBeCloseTo(0.6);
    const others = season([stretches(), stretches(), stretches()]);
    const [plain] = analysed(others);
    const [named] = analysed(others.map((one) => ({ ...one, chapters })));
    expect(named!.parts[0]!.confidence).toBeGreaterThan(plain!.parts[0]!.confidence);
  });

  it('that only a chapter names are unsure where other episodes share nothing', () => {
    const chapters = [{ start: 12, end: 32, kind: 'intro' as const }];
    const found = analysed(season([story(140), story(140), story(140)], { chapters }));
    expect(found[0]!.parts[0]!.confidence).toBeLessThan(0.5);
  });
});

describe('what other episodes show', () => {
  const [first, second, third] = [story(140), story(140), story(140)];
  const recap = excerpt(first, [3, 9, 14, 20, 6, 25]);
  const preview = excerpt(third, [4, 11, 17, 23, 8]);
  const episodes = season([first, [...recap, ...titles(1), ...second, ...preview], [...titles(1), ...third]]);
  const found = analysed(episodes);

  it('is a recap near the start where earlier ones showed it', () => {
    expect(spans(found[1]!, 'recap')).toEqual([[0, 12]]);
    expect(found[1]!.parts[0]!.reason).toBe('6 shots that E1 showed');
  });

  it('is a preview near the end where the next one shows it', () => {
    expect(spans(found[1]!, 'preview')).toEqual([[172, 182]]);
  });

  it('is neither in those whose shots they are', () => {
    for (const k of [0, 2]) {
      expect(spans(found[k]!, 'recap')).toEqual([]);
      expect(spans(found[k]!, 'preview')).toEqual([]);
    }
    expect(found[2]!.none).toMatchObject({ preview: 'the next episode is not known' });
    expect(found[0]!.none).toMatchObject({ recap: 'no earlier episode is known' });
  });

  it('is found although no cuts were seen between some of its shots', () => {
    const blind = episodes.map((one, k) => {
      const seen = one.pictures!.cuts.filter((time) => ![2, 4, 6, 176, 178, 180].includes(time));
      return k === 1 ? { ...one, pictures: { ...one.pictures!, cuts: seen } } : one;
    });
    const again = analysed(blind)[1]!;
    expect([spans(again, 'recap'), spans(again, 'preview')]).toEqual([[[0, 12]], [[172, 182]]]);
  });

  it('comes from where more of its shots is shown: the last scene of an episode is no preview of the recap after it', () => {
    const last = excerpt(first, [29, 30, 31, 32, 33, 34]);
    const [before, after] = analysed(season([first, [...last, ...titles(1), ...second]]));
    expect(spans(before!, 'preview')).toEqual([]);
    expect(spans(after!, 'recap')).toEqual([[0, 12]]);
  });

  it('follows the numbers: the same episodes in another order have another recap and preview', () => {
    const renamed = analysed(episodes.map((one, k) => ({ ...one, number: [3, 2, 1][k]! })));
    expect(renamed.map((one) => spans(one, 'recap'))).toEqual([[], [], []]);
    expect(renamed.map((one) => spans(one, 'preview'))).toEqual([[], [], []]);
  });

  it('says nothing of specials, which have no place', () => {
    const special = analysed(episodes.map((one, k) => (k === 1 ? { ...one, number: null } : one)));
    expect(special[1]!.none.recap).toBe('it has no place among the episodes');
  });
});

describe('a fingerprint', () => {
  it('is the same after it was stored', () => {
    const { sound, pictures } = episodeOf([...story(40), { seconds: 2, look: null, tune: null }], {
      name: '',
      number: 1,
    });
    expect(decodeSound(encodeSound(sound!))).toEqual(sound);
    const again = decodePictures(encodePictures(pictures!));
    expect(again.hashes).toEqual(pictures!.hashes);
    expect(again.blacks).toEqual(pictures!.blacks);
    again.times.forEach((time, k) => expect(time).toBeCloseTo(pictures!.times[k]!, 3));
  });

  const RATE = 24;
  /** Pictures that change every so many frames after a cut. */
  const measured = (frames: number, cut: number, every: number) =>
    Array.from({ length: frames }, (_, k) => {
      const look = Math.imul(0x9e3779b1, 1 + Math.floor((k < cut ? k : k - cut) / every)) >>> 0;
      return {
        time: k / RATE,
        change: 0,
        change3: 0,
        black: false,
        dissolve: null,
        hash: [look, ~look >>> 0] as const,
      };
    });

  it('keeps pictures at the same times after every cut', () => {
    const { times } = picturePrint(measured(120, 51, 12), [{ start: 0 }, { start: 51 / RATE }]);
    const after = [...times].filter((time) => time >= 51 / RATE).map((time) => time - 51 / RATE);
    const before = [...times].slice(0, 8);
    before.forEach((time, k) => expect(time).toBeCloseTo(after[k]!, 6));
  });

  it('keeps more pictures where things move, so that a part of a shot meets them at nearly the same instants', () => {
    const still = picturePrint(measured(96, 96, 96), [{ start: 0 }]).times.length;
    const moving = picturePrint(measured(96, 96, 1), [{ start: 0 }]).times;
    expect(still).toBe(16);
    expect(moving.length).toBeGreaterThan(28);
    // the size of a fingerprint has a limit
    expect(moving.length).toBeLessThanOrEqual(4 / 0.12 + 1);
  });

  it('of a picture stays nearly as it is under noise and another brightness, and tells others apart', () => {
    const picture = (seed: number, gain: number, noise: number) => {
      const data = Uint8Array.from({ length: 64 * 36 * 3 }, (_, k) => {
        const [x, y] = [Math.floor(k / 3) % 64, Math.floor(k / 192)];
        const blob = (n: number): number =>
          Math.exp(-(((x - ((seed * 37 * n) % 64)) / 12) ** 2) - ((y - ((seed * 23 * n) % 36)) / 9) ** 2);
        const value = 40 + 150 * blob(1) + 110 * blob(2) + 90 * blob(3) + 60 * blob(5);
        return Math.max(0, Math.min(255, value * gain + noise * ((k * 7919) % 13) - 6 * noise));
      });
      return pictureHash({ width: 64, height: 36, data })!;
    };
    const bits = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, word, k) => sum + ((word ^ b[k]!) >>> 0).toString(2).replaceAll('0', '').length, 0);
    expect(bits(picture(3, 1, 0), picture(3, 0.9, 1))).toBeLessThanOrEqual(8);
    expect(bits(picture(3, 1, 0), picture(7, 1, 0))).toBeGreaterThan(14);
    expect(pictureHash({ width: 64, height: 36, data: new Uint8Array(64 * 36 * 3).fill(16) })).toBeNull();
  });

  it('tells how loud sound is, in pieces of any length', () => {
    const meter = new LevelMeter();
    const samples = Int16Array.from({ length: 1365 * 2 }, (_, k) => (k < 1365 ? 0 : 16384));
    const bytes = new Uint8Array(samples.buffer);
    meter.push(bytes.subarray(0, 1000));
    meter.push(bytes.subarray(1000));
    // half of full scale is -6 dB
    expect([...meter.finish()]).toEqual([0, 90]);
  });
});

it('a key of which a thousand places are known costs no more than some of them', () => {
  const places = Array.from({ length: 1000 }, (_, k) => ({ key: 7, episode: k % 100, position: k }));
  const found: number[] = [];
  new WordIndex(places, 64).find(7, 3, (episode) => found.push(episode));
  expect(found.length).toBeGreaterThan(30);
  expect(found.length).toBeLessThanOrEqual(64);
  expect(found).not.toContain(3);
});
