import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { KinoscopeError } from '../../src/core/errors.js';
import { AddressGuard, isPublicAddress } from '../../src/download/address-guard.js';
import { BandwidthLimiter } from '../../src/download/bandwidth.js';
import { createDownloader } from '../../src/download/downloader.js';
import { chooseFormats, type MediaFormat } from '../../src/download/formats.js';
import { reasonOf, SourceError } from '../../src/download/source-error.js';
import { youtubeId } from '../../src/download/youtube-link.js';

/** What someone might paste to reach what is none of their business. */
const HOSTILE = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://127.0.0.1./',
  'http://127.127.127.127:6379/',
  'http://0/',
  'http://0.0.0.0:3000/',
  'http://localhost/',
  'http://LOCALHOST:27017/',
  'http://[::1]/',
  'http://[::]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://[::127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::a00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.0.1/router',
  'http://169.254.169.254/latest/meta-data/iam/',
  'http://2852039166/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://100.100.100.200/latest/meta-data/',
  'http://168.63.129.16/metadata',
  'http://192.0.0.192/opc/v1/',
  'http://100.64.0.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://user:password@example.org/film.mp4',
  'http://example.org@127.0.0.1/',
  'https://127.0.0.1:8443/',
  'http:\\\\127.0.0.1\\',
  'ftp://example.org/film.mp4',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_FLUSHALL',
  'rtsp://192.168.0.20/stream',
  'concat://a|b',
  `http://example.org/${'a'.repeat(5000)}`,
] as const;

describe('hostile links', () => {
  test('there are enough of them', () => expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(25));

  test.each(HOSTILE)('%s is refused', async (link) => {
    const dir = await mkdtemp(join(tmpdir(), 'kinoscope-links-'));
    const downloader = createDownloader({ roots: [], ytDlp: null, minFreeBytes: 1 });
    const error = await downloader.fetch(link, { dir }).catch((thrown: unknown) => thrown);
    await downloader.close();
    const left = await readdir(dir);
    await rm(dir, { recursive: true });
    expect(error).toBeInstanceOf(KinoscopeError);
    expect((error as KinoscopeError).code).toBe('not-allowed');
    expect((error as KinoscopeError).message).not.toContain('\n');
    expect(left).toEqual([]);
  });

  test.each([
    'http://93.184.215.14/film.mp4',
    'https://[2606:4700::1111]/',
    'https://EXAMPLE.org:8443/a?b=c#d',
    'http://xn--bcher-kva.example/',
  ])('%s is in order', (link) => expect(new AddressGuard().check(link).href).toBe(new URL(link).href));

  test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2a00:1450:4001:80b::200e', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test('the allow-list takes addresses, networks and names, and nothing beside them', () => {
    const guard = new AddressGuard({ allowHosts: ['192.168.1.5', '10.1.0.0/16', 'fd12::/16', 'nas.local'] });
    for (const link of ['http://192.168.1.5/', 'http://10.1.2.3/', 'http://[fd12::9]/', 'http://[::ffff:10.1.2.3]/']) {
      expect(guard.check(link).hostname).not.toBe('');
    }
    for (const link of ['http://192.168.1.6/', 'http://10.2.0.1/', 'http://[fd13::9]/', 'http://127.0.0.1/']) {
      expect(() => guard.check(link)).toThrow(SourceError);
    }
  });
});

describe('formats', () => {
  type Format = MediaFormat & { readonly name: string };
  const pictures = (name: string, height: number, codec: string, hasAudio = false, bitrate = 1e6): Format => ({
    ...{ name, height, codec, hasAudio, bitrate },
    hasVideo: true,
  });
  const sound = (name: string, codec: string, bitrate: number, isOther = false): Format => ({
    ...{ name, codec, bitrate, isOther, height: null },
    ...{ hasVideo: false, hasAudio: true },
  });
  const h264 = pictures('h264', 720, 'avc1.64001f');
  const vp9 = pictures('vp9', 720, 'vp09.00.31.08');
  const av1 = pictures('av1', 720, 'av01.0.05M.08');
  const cases: [string, Format[], string][] = [
    ['H.264 before VP9 before AV1', [av1, vp9, h264], 'h264'],
    ['VP9 before AV1', [av1, vp9], 'vp9'],
    ['no larger than 720p', [pictures('large', 1080, 'avc1'), av1], 'av1'],
    ['the largest up to 720p', [pictures('small', 360, 'avc1'), vp9], 'vp9'],
    [
      'the smallest of those that are all larger',
      [pictures('huge', 2160, 'avc1'), pictures('large', 1080, 'av01')],
      'large',
    ],
    ['with sound', [h264, pictures('both', 720, 'avc1', true, 1)], 'both'],
    [
      'without sound where that is larger',
      [pictures('both', 360, 'avc1', true), pictures('mute', 480, 'avc1')],
      'mute',
    ],
    ['the better bit rate', [pictures('low', 720, 'avc1', false, 1), h264], 'h264'],
  ];
  test.each(cases)('%s', (_what, formats, wanted) => expect(chooseFormats(formats)?.pictures.name).toBe(wanted));

  const tracks: [string, Format[], string | undefined][] = [
    ['the smallest', [sound('m', 'mp4a.40.2', 128_000), sound('s', 'mp4a.40.5', 48_000)], 's'],
    ['AAC, which all browsers play in MP4', [sound('opus', 'opus', 50_000), sound('aac', 'mp4a.40.2', 128_000)], 'aac'],
    ['Opus where that is all', [sound('more', 'opus', 70_000), sound('less', 'opus', 50_000)], 'less'],
    ['not a dubbed one', [sound('dub', 'mp4a.40.5', 40_000, true), sound('own', 'opus', 128_000)], 'own'],
    ['none of none', [], undefined],
  ];
  test.each(tracks)('beside pictures without sound: %s', (_what, formats, wanted) =>
    expect(chooseFormats([h264, ...formats])?.sound?.name).toBe(wanted),
  );
  test('none beside pictures with sound', () =>
    expect(chooseFormats([pictures('both', 720, 'avc1', true), sound('s', 'mp4a.40.5', 1)])?.sound).toBeNull());
  test('none of none', () => expect(chooseFormats([sound('s', 'mp4a.40.5', 1)])).toBeUndefined());
});

describe('links of YouTube', () => {
  const ID = 'eRsGyueVLvQ';
  test.each([
    `https://www.youtube.com/watch?v=${ID}&t=12s`,
    `https://m.youtube.com/watch?list=PL123&v=${ID}`,
    `https://youtu.be/${ID}?si=abc`,
    `https://www.youtube.com/shorts/${ID}`,
    `https://www.youtube-nocookie.com/embed/${ID}?start=3`,
    `http://youtube.com/live/${ID}`,
  ])('%s', (link) => expect(youtubeId(link)).toBe(ID));
  test.each([
    'https://www.youtube.com/',
    `https://youtube.com.evil.example/watch?v=${ID}`,
    `https://example.org/?v=${ID}`,
    'https://youtu.be/short',
    'x',
  ])('%s is none', (link) => expect(youtubeId(link)).toBeNull());
});

describe('what sites say', () => {
  test.each([
    ['Sign in to confirm you’re not a bot. Use --cookies-from-browser', 'bot-check'],
    ['Sign in to confirm your age. This video may be inappropriate for some users.', 'age-limit'],
    ["Private video. Sign in if you've been granted access to this video", 'private'],
    ['The uploader has not made this video available in your country', 'geo-block'],
    ['This live event will begin in 3 hours.', 'live'],
    ['Premieres in 2 days', 'live'],
    ['Requested format is not available. Use --list-formats for a list of available formats', 'sabr-only'],
    ['Video unavailable. This video has been removed by the uploader', 'removed'],
    [
      'Video unavailable. This video is no longer available because the YouTube account associated with it has been terminated.',
      'removed',
    ],
    ['Join this channel to get access to members-only content', 'login-required'],
    ['This video is only available for registered users. Use --cookies', 'login-required'],
    ['Unable to download video data: HTTP Error 403: Forbidden', 'forbidden'],
    ['Unsupported URL: https://example.org/', 'unsupported'],
    ['Something that was never heard before', 'network'],
  ])('%s', (words, reason) => expect(reasonOf(words)).toBe(reason));
});

describe('bandwidth', () => {
  test('what is received is paid for in time, by all downloads together', async () => {
    let now = 0;
    const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
    const limiter = new BandwidthLimiter(1000, clock);
    for (let at = 0; at < 10; at++) await limiter.take(500);
    expect(now).toBeCloseTo(5000);
    now += 60_000;
    // Time that nobody used is not saved up.
    await limiter.take(1000);
    expect(now).toBeCloseTo(66_000);
  });

  test('without a limit nobody waits', async () => {
    const limiter = new BandwidthLimiter(null, { now: () => 0, sleep: () => Promise.reject(new Error('it slept')) });
    await limiter.take(1e12);
  });
});
