import { describe, expect, test } from '@jest/globals';
import { creditsText } from '../../src/commands/answers.js';
import { parseSeconds } from '../../src/commands/session.js';
import { decodeText, TextReader } from '../../src/core/encoding.js';
import { printable, printableJson, printableLine } from '../../src/core/terminal.js';

const utf16 = (text: string, order: 'le' | 'be'): Buffer =>
  order === 'le' ? Buffer.from(text, 'utf16le') : Buffer.from(text, 'utf16le').swap16();
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the encoding of a text', () => {
  const declared = (encoding: string, text: string): string => `<?xml version="1.0" encoding="${encoding}"?>${text}`;
  test.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from('Amélie 千'), 'Amélie 千'],
    ['UTF-8 with a mark', Buffer.from('\ufeffAmélie'), 'Amélie'],
    ['UTF-16 with a mark, little end first', utf16('\ufeffAmélie 千', 'le'), 'Amélie 千'],
    ['UTF-16 with a mark, big end first', utf16('\ufeffAmélie 千', 'be'), 'Amélie 千'],
    ['UTF-16 without a mark', utf16('<movie>é</movie>', 'le'), '<movie>é</movie>'],
    ['UTF-16 without a mark, big end first', utf16('<movie>é</movie>', 'be'), '<movie>é</movie>'],
    ['Latin-1 that is declared', latin1(declared('ISO-8859-1', 'Amélie')), declared('ISO-8859-1', 'Amélie')],
    ['Latin-1 that says nothing', latin1('Amélie\nNaïve'), 'Amélie\nNaïve'],
    [
      'Windows-1252',
      Buffer.concat([Buffer.from(declared('windows-1252', '')), Buffer.from([0x93, 0x80, 0x94])]),
      declared('windows-1252', '“€”'),
    ],
    [
      'Latin-2 that is declared',
      Buffer.concat([Buffer.from(declared('iso-8859-2', '')), Buffer.from([0xb3])]),
      declared('iso-8859-2', 'ł'),
    ],
    [
      'Cyrillic that is declared',
      Buffer.concat([Buffer.from(declared('windows-1251', '')), Buffer.from([0xc1, 0xf0])]),
      declared('windows-1251', 'Бр'),
    ],
    [
      'Japanese that is declared',
      Buffer.concat([Buffer.from(declared('Shift_JIS', '')), Buffer.from([0x90, 0xe7])]),
      declared('Shift_JIS', '千'),
    ],
    [
      'UTF-8 that calls itself Latin-1',
      Buffer.from(declared('ISO-8859-1', 'Amélie')),
      declared('ISO-8859-1', 'Amélie'),
    ],
    ['UTF-8 that calls itself UTF-16', Buffer.from(declared('utf-16', 'Amélie')), declared('utf-16', 'Amélie')],
    ['an encoding that nobody knows', Buffer.from(declared('klingon', 'Amélie')), declared('klingon', 'Amélie')],
    [
      'one wrong byte in UTF-8',
      Buffer.concat([Buffer.from('千\n'), Buffer.from([0xe9]), Buffer.from('\n千')]),
      '千\né\n千',
    ],
    ['nothing', Buffer.alloc(0), ''],
  ])('%s', (_name, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
    // In pieces of any size it is the same.
    for (const size of [1, 2, 3, 7]) {
      const reader = new TextReader();
      const whole = _name === 'UTF-8' || _name.startsWith('UTF-16 with a mark');
      if (!whole) continue;
      let read = '';
      const first = Math.max(size, 4);
      for (let at = 0; at < bytes.length; at = at === 0 ? first : at + size)
        read += reader.write(bytes.subarray(at, at === 0 ? first : at + size));
      expect((read + reader.end()).replace(/^\ufeff/, '')).toBe(text);
    }
  });
});

describe('what goes to a terminal', () => {
  test('holds nothing that a terminal acts on', () => {
    const name = 'a\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp\r\nb\tc';
    expect(printable(name)).toBe('a\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202egnp\\u000d\nb\tc');
    expect(printableLine(name)).toBe('a\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202egnp b c');
    expect(printable('Amélie 千と 👩‍👧 é')).toBe('Amélie 千と 👩‍👧 é');
  });

  test('is the same value as JSON', () => {
    const value = { name: '\u009b31m\u202e\u2028 \u001b[0m "x"' };
    const text = printableJson(value);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe('times of the command line', () => {
  test.each([
    ['83.5', 83.5],
    ['0', 0],
    ['1:23', 83],
    ['1:23.5', 83.5],
    ['1:23:45', 5025],
    ['01:02:03.25', 3723.25],
    ['90:00', 5400],
    ['3600', 3600],
  ])('%s', (text, seconds) => expect(parseSeconds(text)).toBe(seconds));
  test.each(['', 'noon', '-1', '1:60', '1:60:00', '1:2:3:4', ':5', '1:', '0x10', '1e3', 'Infinity', '1 2'])(
    '%j is none',
    (text) => {
      expect(() => parseSeconds(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});

test('a film without credits says why once', () => {
  const value = { creditsStart: null, nextEpisodeAt: null, frame: null, timecode: null, smpte: null } as const;
  const none = { ...value, confidence: 1, segments: [], models: [], sure: false };
  expect(creditsText({ ...none, reason: 'none: of 9 frames none looks like credits' })).toBe(
    'Credits: none, because of 9 frames none looks like credits',
  );
  expect(creditsText({ ...none, reason: '' })).toBe('Credits: none');
});
