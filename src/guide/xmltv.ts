import { decodeHTMLStrict } from 'entities';
import { Parser } from 'htmlparser2';
import { KinoscopeError } from '../core/errors.js';
import { xmltvTime } from './xmltv-time.js';

export { xmltvTime } from './xmltv-time.js';

/** Something that was broadcast. */
export interface Programme {
  /** In all languages that the guide gives. */
  readonly titles: readonly string[];
  readonly channel: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly stop: number;
  /** Actors, presenters and guests, as the guide names them. */
  readonly cast: readonly string[];
}

/** What a guide holds, the earliest first, and what of it could not be read: each kind in words, with how many there were. */
export interface ReadGuide {
  readonly programmes: readonly Programme[];
  readonly faults: ReadonlyMap<string, number>;
}

/** One that is being read. */
interface Draft {
  readonly start: string | undefined;
  readonly stop: string | undefined;
  readonly channel: string;
  readonly titles: string[];
  readonly cast: string[];
  minutes: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Of one name or title, characters; the rest is not kept. */
const MAX_TEXT = 2000;
/** XMLTV is five elements deep. */
const MAX_DEPTH = 64;
const CAST = new Set(['actor', 'presenter', 'guest']);

/**
 * Reads an XMLTV guide in pieces, in time linear in its length. What XML forbids and guides do all the same (an ampersand
 * by itself, HTML's names of letters, an end that is missing) is taken as it was meant.
 */
export class XmltvReader {
  private readonly path: string[] = [];
  private isGuide = false;
  private isWhole = false;
  private channel: { readonly id: string; name: string } | null = null;
  private draft: Draft | null = null;
  private text: string | null = null;
  private readonly channels = new Map<string, string>();
  private readonly drafts: (Draft & { readonly from: number })[] = [];
  private readonly faults = new Map<string, number>();
  /** Names come again and again, and a piece of a long text would keep the whole in memory: each is copied once. */
  private readonly copies = new Map<string, string>();
  private readonly parser = new Parser(
    {
      onopentag: (name, attributes) => this.open(name, attributes),
      ontext: (piece) => {
        if (this.text !== null && this.text.length < MAX_TEXT) this.text += piece;
      },
      onclosetag: (name, implied) => this.close(name, implied),
    },
    { xmlMode: true, decodeEntities: false },
  );

  /** @param file what messages call the guide */
  constructor(private readonly file: string) {}

  /** @throws KinoscopeError `unreadable` when it is no XMLTV */
  write(text: string): void {
    this.parser.write(text);
  }

  /** A programme without an end lasts until the next of its channel, at most a day. @throws KinoscopeError `unreadable` */
  end(): ReadGuide {
    this.parser.end();
    if (!this.isGuide) throw new KinoscopeError('unreadable', `${this.file} is no XMLTV guide: it has no <tv>`);
    if (!this.isWhole) this.count('the guide breaks off before its end');
    const nextStart = new Map<string, number>();
    const programmes: Programme[] = [];
    for (const { from: start, stop: end, channel: id, titles, cast, minutes } of this.drafts
      .reverse()
      .sort((a, b) => b.from - a.from)) {
      const told = end === undefined ? null : xmltvTime(end);
      if (end !== undefined && told === null)
        this.count(`the end "${shown(end)}" is no time that is known (taken from what follows)`);
      const length = minutes === null ? null : minutes * 60_000;
      const stop =
        told !== null && told > start
          ? told
          : Math.min(length === null ? (nextStart.get(id) ?? Infinity) : start + length, start + DAY_MS);
      // Two that start together end together.
      if (nextStart.get(id) !== start) nextStart.set(id, start);
      programmes.push({ titles, channel: this.channels.get(id) ?? id, start, stop, cast });
    }
    if (!this.isWhole && programmes.length === 0)
      throw new KinoscopeError('unreadable', `${this.file} is no XML that can be read`);
    return { programmes: programmes.reverse(), faults: this.faults };
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.path.push(name) > MAX_DEPTH)
      throw new KinoscopeError('unreadable', `${this.file} is no XMLTV guide: its elements are nested too deep`);
    const depth = this.path.length;
    if (depth === 1) this.isGuide ||= name === 'tv';
    if (!this.isGuide) return;
    if (name === 'channel' && depth === 2) {
      this.channel = { id: this.plain(attributes['id'] ?? ''), name: '' };
    } else if (name === 'programme' && depth === 2) {
      this.draft = {
        start: attributes['start'],
        stop: attributes['stop'],
        channel: this.plain(attributes['channel'] ?? ''),
        titles: [],
        cast: [],
        minutes: null,
      };
    } else if (this.isRead(name, depth)) {
      this.text = '';
      if (name === 'length' && this.draft) this.draft.minutes = unitMinutes(attributes['units']);
    } else if (depth === 5) {
      // `<actor>Name<image>...</image></actor>`: the name alone is the actor's.
      this.takeText();
    }
  }

  /** Whether the text of an element counts. */
  private isRead(name: string, depth: number): boolean {
    if (depth === 3)
      return this.channel ? name === 'display-name' : this.draft !== null && (name === 'title' || name === 'length');
    return depth === 4 && this.draft !== null && this.path[2] === 'credits' && CAST.has(name);
  }

  private close(name: string, implied: boolean): void {
    const depth = this.path.length;
    if (this.text !== null && (depth === 3 || depth === 4)) this.takeText();
    this.path.pop();
    if (depth === 1) this.isWhole ||= name === 'tv' && !implied;
    if (depth !== 2) return;
    if (this.channel && name === 'channel') {
      if (this.channel.name) this.channels.set(this.channel.id, this.channel.name);
      this.channel = null;
    }
    if (this.draft && name === 'programme') this.keep(this.draft);
  }

  /** Puts what was collected where it belongs. */
  private takeText(): void {
    if (this.text === null) return;
    const text = this.plain(this.text);
    this.text = null;
    const [, , third, fourth] = this.path;
    if (!text) return;
    if (this.channel) this.channel.name ||= text;
    else if (third === 'title') this.draft?.titles.push(text);
    else if (third === 'length' && this.draft?.minutes) this.draft.minutes *= Number(text) || 0;
    else if (fourth !== undefined) this.draft?.cast.push(text);
  }

  private keep(draft: Draft): void {
    this.draft = null;
    const from = draft.start === undefined ? null : xmltvTime(draft.start);
    if (from === null)
      this.count(
        draft.start === undefined ? 'no start is given' : `the start "${shown(draft.start)}" is no time that is known`,
      );
    else this.drafts.push({ ...draft, from, minutes: draft.minutes || null });
  }

  private count(fault: string): void {
    // Kinds of faults are few; of a guide full of odd times, the first ones tell enough.
    const kind = this.faults.has(fault) || this.faults.size < 20 ? fault : 'others';
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
  }

  private plain(text: string): string {
    const known = this.copies.get(text);
    if (known !== undefined) return known;
    const copy = Buffer.from(decodeHTMLStrict(text).replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT)).toString();
    this.copies.set(Buffer.from(text).toString(), copy);
    return copy;
  }
}

/** Reads a guide that is in memory. @throws KinoscopeError `unreadable` when it is no XMLTV */
export function parseXmltv(text: string, file = 'the guide'): readonly Programme[] {
  const reader = new XmltvReader(file);
  reader.write(text);
  return reader.end().programmes;
}

const unitMinutes = (units: string | undefined): number => (units === 'hours' ? 60 : units === 'seconds' ? 1 / 60 : 1);

const shown = (text: string): string => text.slice(0, 40);
