import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import { forPlayers, type StoredFilm } from '../../src/exports/film.js';
import { exportFilm } from '../../src/exports/formats.js';
import { smpteOf } from '../../src/frames/timecode.js';

const segment = (kind: 'cards' | 'roll' | 'scene-inside' | 'scene-after' | 'logo', start: number, end: number) => ({
  kind,
  start,
  end,
  confidence: 0.9,
  evidence: '',
});
const ada = { name: 'Ada <A.> & Co', label: null, confidence: 0.8 };

const stored: StoredFilm = {
  id: 'a'.repeat(24),
  name: 'A film; part #1 = one',
  media: {
    format: 'mov,mp4',
    duration: 100,
    width: 640,
    height: 360,
    rotation: 0,
    frameRate: 25,
    codec: 'h264',
    startTime: 0,
    audio: null,
    chapters: [],
    tags: {},
  },
  skip: { recap: 'offer', intro: 'offer', credits: 'offer', preview: 'offer' },
  parts: null,
  credits: {
    creditsStart: 60,
    confidence: 0.9,
    segments: [
      segment('cards', 60, 70),
      segment('roll', 70, 80),
      segment('scene-inside', 80, 85),
      segment('roll', 85, 90),
      segment('scene-after', 90, 100),
    ],
    detectorVersion: 'credits-x',
  },
  cast: {
    scenes: [
      { start: 0, end: 30, cast: [ada, { name: null, label: 'person 2', confidence: 0.8 }] },
      { start: 30, end: 65, cast: [] },
      { start: 65, end: 100, cast: [ada] },
    ],
    shots: [
      { start: 0, end: 30 },
      { start: 30, end: 100 },
    ],
    tracks: [
      {
        id: 't2',
        track: 't2',
        by: 'face',
        perhaps: null,
        appearance: 'u1',
        shot: 1,
        start: 40,
        end: 42,
        samples: [[41, 0.1, 0.2, 0.3, 0.4, 0.5]],
        name: 'Ada',
        personId: 'p-1',
        label: null,
        confidence: 0.8,
      },
      {
        id: 't1',
        track: 't1',
        by: 'face',
        perhaps: null,
        appearance: 'u1',
        shot: 0,
        start: 0,
        end: 2,
        samples: [[1, 0.1, 0.2, 0.3, 0.4, 0.5]],
        name: 'Ada',
        personId: 'p-1',
        label: null,
        confidence: 0.8,
      },
      {
        id: 't3',
        track: 't3',
        by: 'face',
        perhaps: null,
        appearance: 'u2',
        shot: 0,
        start: 0,
        end: 2,
        samples: [[1, 0.5, 0.2, 0.3, 0.4, 0.5]],
        name: null,
        personId: 'p-2',
        label: 'person 2',
        confidence: 0.8,
      },
    ],
    detectorVersion: 'cast-x',
  },
};

const film = forPlayers(stored);

describe('an export', () => {
  it('as WebVTT is a file of chapters in order, names escaped', () => {
    expect(exportFilm(film, 'vtt')).toBe(`WEBVTT

1
00:00:00.000 --> 00:00:30.000
Scene 1: Ada &lt;A.&gt; &amp; Co, person 2

2
00:00:30.000 --> 00:01:00.000
Scene 2

3
00:01:00.000 --> 00:01:20.000
Credits

4
00:01:20.000 --> 00:01:25.000
Scene inside the credits

5
00:01:25.000 --> 00:01:30.000
Credits

6
00:01:30.000 --> 00:01:40.000
Scene after the credits
`);
  });

  it('as EDL skips the credits but not the scenes between and after them, and marks scenes', () => {
    const lines = exportFilm(film, 'edl')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t').map(Number));
    expect(lines).toEqual([
      [0, 30, 2],
      [30, 65, 2],
      [60, 80, 3],
      [85, 90, 3],
    ]);
  });

  it("as Jellyfin's media segments has outros in ticks, with ids that stay", () => {
    const answer = JSON.parse(exportFilm(film, 'jellyfin')) as {
      Items: { Id: string; Type: string; StartTicks: number; EndTicks: number }[];
      TotalRecordCount: number;
    };
    expect(answer.Items.map(({ Type, StartTicks, EndTicks }) => [Type, StartTicks, EndTicks])).toEqual([
      ['Outro', 600_000_000, 800_000_000],
      ['Outro', 850_000_000, 900_000_000],
    ]);
    expect(answer.TotalRecordCount).toBe(2);
    expect(answer.Items[0]!.Id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(JSON.parse(exportFilm(film, 'jellyfin'))).toEqual(answer);
  });

  it("as Rekognition's celebrities has every sight of somebody with a name, in order", () => {
    const answer = JSON.parse(exportFilm(film, 'rekognition')) as {
      JobStatus: string;
      VideoMetadata: object;
      Celebrities: { Timestamp: number; Celebrity: object }[];
    };
    expect(answer.JobStatus).toBe('SUCCEEDED');
    expect(answer.VideoMetadata).toEqual({
      Codec: 'h264',
      DurationMillis: 100_000,
      Format: 'mov,mp4',
      FrameRate: 25,
      FrameHeight: 360,
      FrameWidth: 640,
    });
    expect(answer.Celebrities.map(({ Timestamp }) => Timestamp)).toEqual([1000, 41_000]);
    expect(answer.Celebrities[0]!.Celebrity).toMatchObject({
      Name: 'Ada',
      Id: 'p-1',
      Confidence: 80,
      BoundingBox: { Left: 0.1, Top: 0.2, Width: 0.3, Height: 0.4 },
    });
  });

  it("as Rekognition's segments has credits and shots with frames and timecodes", () => {
    const { Segments } = JSON.parse(exportFilm(film, 'rekognition-segments')) as {
      Segments: Record<string, unknown>[];
    };
    expect(Segments.map(({ Type }) => Type)).toEqual(['SHOT', 'SHOT', 'TECHNICAL_CUE', 'TECHNICAL_CUE']);
    expect(Segments[2]).toEqual({
      Type: 'TECHNICAL_CUE',
      StartTimestampMillis: 60_000,
      EndTimestampMillis: 80_000,
      DurationMillis: 20_000,
      StartTimecodeSMPTE: '00:01:00:00',
      EndTimecodeSMPTE: '00:01:20:00',
      DurationSMPTE: '00:00:20:00',
      StartFrameNumber: 1500,
      EndFrameNumber: 2000,
      DurationFrames: 500,
      TechnicalCueSegment: { Type: 'EndCredits', Confidence: 90 },
    });
  });

  it('of a film without credits skips nothing', () => {
    const none = forPlayers({
      ...stored,
      credits: { creditsStart: null, confidence: 0.9, segments: [], detectorVersion: 'x' },
    });
    expect(exportFilm(none, 'edl')).toBe('0.000\t30.000\t2\n30.000\t65.000\t2\n');
    expect((JSON.parse(exportFilm(none, 'jellyfin')) as { Items: unknown[] }).Items).toEqual([]);
    expect(exportFilm(none, 'vtt')).toMatch(/Scene 3: .*\n$/);
  });

  it('whose answers are missing is refused', () => {
    for (const [format, without] of [
      ['edl', { credits: null }],
      ['jellyfin', { credits: null }],
      ['rekognition', { cast: null }],
      ['vtt', { credits: null, cast: null }],
    ] as const)
      expect(() => exportFilm({ ...film, ...without }, format)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(exportFilm({ ...film, cast: null }, 'vtt')).toMatch(/Credits/);
  });
});

describe('an export of unsure answers', () => {
  const less: StoredFilm = {
    ...stored,
    credits: {
      ...stored.credits!,
      confidence: 0.43,
      segments: stored.credits!.segments.map((one) => ({ ...one, confidence: 0.43 })),
    },
  };
  const why = 'credits may start at 00:01:00.000, but that is not sure (43 %, at least 50 % needed)';
  const segments = (film: StoredFilm, minConfidence?: number) =>
    JSON.parse(exportFilm(forPlayers(film, minConfidence), 'rekognition-segments')) as { Segments: { Type: string }[] };

  it('has no stretch of credits, and a comment where the format has comments', () => {
    const film = forPlayers(less);
    expect(exportFilm(film, 'edl')).toBe(`## ${why}\n0.000\t30.000\t2\n30.000\t65.000\t2\n`);
    expect(exportFilm(film, 'vtt').split('\n\n').slice(0, 2)).toEqual(['WEBVTT', `NOTE ${why}`]);
    expect(exportFilm(film, 'chapters').split('\n').slice(0, 2)).toEqual([';FFMETADATA1', `; ${why}`]);
    for (const format of ['vtt', 'chapters'] as const)
      expect(exportFilm(film, format)).not.toMatch(/Credits|credits$/m);
    expect(JSON.parse(exportFilm(film, 'jellyfin')) as object).toMatchObject({ Items: [], TotalRecordCount: 0 });
    expect(segments(less).Segments.map(({ Type }) => Type)).toEqual(['SHOT', 'SHOT']);
  });

  it('has them for who asks for less certainty, and none of a part that is less sure than asked', () => {
    for (const format of ['vtt', 'edl', 'chapters', 'jellyfin'] as const)
      expect(exportFilm(forPlayers(less, 0.4), format)).toBe(exportFilm(film, format));
    expect(segments(less, 0.4).Segments).toHaveLength(4);
    const segmentsOfMixed = stored.credits!.segments.map((one) => ({ ...one, confidence: one.end > 80 ? 0.3 : 0.9 }));
    const mixed = { ...stored, credits: { ...stored.credits!, segments: segmentsOfMixed } };
    expect(exportFilm(forPlayers(mixed), 'edl')).toBe('0.000\t30.000\t2\n30.000\t65.000\t2\n60.000\t80.000\t3\n');
  });

  it('names nobody who is less sure than asked', () => {
    expect(exportFilm(forPlayers(stored, 0.85), 'vtt')).not.toContain('Ada');
    expect(JSON.parse(exportFilm(forPlayers(stored, 0.85), 'rekognition'))).toMatchObject({ Celebrities: [] });
  });
});

it("Matroska's chapters have no character that XML cannot have, whatever people are called", () => {
  const name = 'A\u0000d\u001b[2Ja\u202e <A.>';
  const scenes = [{ start: 0, end: 100, cast: [{ name, label: null, confidence: 0.9 }] }];
  const text = exportFilm({ ...film, cast: { ...film.cast!, scenes } }, 'matroska');
  expect(text).toContain('Ad[2Ja &lt;A.&gt;');
  expect(text).not.toMatch(/[^\P{C}\n\t]/u);
});

// FFmpeg itself says whether it is FFmpeg's metadata.
const ffmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!ffmpeg) process.stderr.write('exports.test.ts: SKIPPED, no ffmpeg on this machine\n');
(ffmpeg ? test : test.todo)('an export as chapters is read by FFmpeg, marks and all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-export-'));
  try {
    writeFileSync(join(folder, 'in.txt'), exportFilm({ ...film, leftOut: 'a comment' }, 'chapters'));
    const done = spawnSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'ffmetadata',
      '-i',
      join(folder, 'in.txt'),
      '-f',
      'ffmetadata',
      join(folder, 'out.txt'),
    ]);
    expect([done.status, done.stderr.toString()]).toEqual([0, '']);
    const out = readFileSync(join(folder, 'out.txt'), 'utf8');
    expect(out).toContain('title=A film\\; part \\#1 \\= one');
    expect(out.match(/\[CHAPTER\]/g)).toHaveLength(6);
    expect(out).toContain('title=Scene 1: Ada <A.> & Co, person 2');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('timecodes drop the right numbers at 29.97 frames a second', () => {
  const rate = 30_000 / 1001;
  // SMPTE 12M: the numbers 0 and 1 of every minute but each tenth do not exist.
  expect([0, 1799, 1800, 3597, 3598, 17_981, 17_982, 107_892].map((frame) => smpteOf(frame, rate))).toEqual([
    '00:00:00;00',
    '00:00:59;29',
    '00:01:00;02',
    '00:01:59;29',
    '00:02:00;02',
    '00:09:59;29',
    '00:10:00;00',
    '01:00:00;00',
  ]);
  expect(smpteOf(90_000, 25)).toBe('01:00:00:00');
  expect(smpteOf(86_400, 24_000 / 1001)).toBe('01:00:00:00');
});
