import { TextDecoder } from 'node:util';

/** Encodings of one byte a letter: what is declared as one of them and yet is valid UTF-8 was declared wrongly. */
const SINGLE_BYTE = /^(?:windows-(?:125\d|874)|iso-8859-\d+|koi8-[ru]|ibm866|macintosh|x-mac-cyrillic)$/;
const DECLARATION = /^\s{0,100}<\?xml\s[^>]{0,200}?encoding\s{0,10}=\s{0,10}["']([\w.:-]{1,40})["']/;
const NEWLINE = 0x0a;
/** Windows-1252 from 0x80 to 0x9f, which some releases of Node.js read as Latin-1. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/**
 * Reads text whose encoding is told by a byte order mark, an XML declaration or, where neither is right, its bytes: UTF-8
 * where they are valid UTF-8, Windows-1252 (of which Latin-1 is a part) line by line where they are not. Takes the text in
 * pieces of any size; in time linear in its length.
 */
export class TextReader {
  private decoder: TextDecoder | null = null;
  private fallback = new TextDecoder('windows-1252');
  private started = false;
  /** Bytes of a letter that the last piece broke off in. */
  private rest: Uint8Array = new Uint8Array();

  /** The text of the next bytes, as far as it is complete. */
  write(bytes: Uint8Array): string {
    if (!this.started) this.start(bytes);
    if (this.decoder) return this.decoder.decode(bytes, { stream: true });
    const joined = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    const end = joined.length - unfinished(joined);
    this.rest = joined.slice(end);
    return this.decode(joined.subarray(0, end));
  }

  /** What the last bytes leave. */
  end(): string {
    return this.decoder ? this.decoder.decode() : this.decode(this.rest);
  }

  private start(bytes: Uint8Array): void {
    this.started = true;
    const encoding = encodingOf(bytes);
    if (SINGLE_BYTE.test(encoding)) this.fallback = new TextDecoder(encoding);
    else if (encoding !== 'utf-8') this.decoder = new TextDecoder(encoding);
  }

  private decode(bytes: Uint8Array): string {
    const whole = asUtf8(bytes);
    if (whole !== null) return whole;
    // One wrong byte must not spoil the rest of a text.
    let text = '';
    for (let at = 0; at < bytes.length;) {
      const found = bytes.indexOf(NEWLINE, at);
      const line = bytes.subarray(at, found < 0 ? bytes.length : found + 1);
      text += asUtf8(line) ?? this.inOneByte(line);
      at += line.length;
    }
    return text;
  }

  private inOneByte(line: Uint8Array): string {
    const text = this.fallback.decode(line);
    if (this.fallback.encoding !== 'windows-1252') return text;
    return text.replace(/[\u0080-\u009f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]!);
  }
}

/** The text of a whole file, without a byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  const reader = new TextReader();
  return (reader.write(bytes) + reader.end()).replace(/^\ufeff/, '');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function asUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0x3c && second === 0) return 'utf-16le';
  if (first === 0 && second === 0x3c) return 'utf-16be';
  const label = DECLARATION.exec(
    Buffer.from(bytes.subarray(0, 400))
      .toString('latin1')
      .replace(/^\xef\xbb\xbf/, ''),
  )?.[1];
  try {
    const { encoding } = new TextDecoder(label ?? 'utf-8');
    // A declaration that can be read byte by byte is no UTF-16.
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  } catch {
    return 'utf-8';
  }
}

/** How many of the last bytes are the beginning of a UTF-8 letter whose end is missing. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}
