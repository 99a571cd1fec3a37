import { decodeHTMLStrict } from 'entities';
import { Parser } from 'htmlparser2';
import { KinoscopeError } from '../core/errors.js';
import { siteId } from '../core/site-id.js';
import { type EpisodeNumber, episodeNumber } from './episode-numbers.js';
import { xmltvTime } from './xmltv-time.js';

export { xmltvTime } from './xmltv-time.js';

/** Somebody on screen, as a guide names them. */
export interface CastMember {
  readonly name: string;
  /** Whom they play. */
  readonly role: string | null;
}

/** Something that was broadcast. */
export interface Programme extends EpisodeNumber {
  /** In all languages that the guide gives. */
  readonly titles: readonly string[];
  /** Of an episode. */
  readonly subtitles?: readonly string[];
  /** As the guide calls it for people. */
  readonly channel: string;
  readonly channelId: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly stop: number;
  /** Actors, presenters and guests. */
  readonly cast: readonly CastMember[];
  /** When it was made. */
  readonly year?: number;
  /** The day on which it was made or first shown, `YYYY-MM-DD`. */
  readonly aired?: string;
  /** On sites of films and series, as `siteId` writes them. */
  readonly ids?: readonly string[];
}

export interface Channel {
  readonly id: string;
  /** In all languages and ways that the guide gives. */
  readonly names: readonly string[];
}

/** What a guide holds, the earliest first, and what of it could not be read: each kind in words, with how many there were. */
export interface ReadGuide {
  readonly programmes: readonly Programme[];
  /** Those that it describes. */
  readonly channels: readonly Channel[];
  readonly faults: ReadonlyMap<string, number>;
}

/** One that is being read. */
interface Draft {
  readonly start: string | undefined;
  readonly stop: string | undefined;
  readonly channel: string;
  readonly titles: string[];
  readonly subtitles: string[];
  readonly cast: CastMember[];
  readonly numbers: [system: string, text: string][];
  readonly links: string[];
  date: string | null;
  minutes: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Of one name or title, characters; the rest is not kept. */
const MAX_TEXT = 2000;
/** XMLTV is five elements deep. */
const MAX_DEPTH = 64;
/** A hundred times what a broad guide has. */
const MOST_PROGRAMMES = 3_000_000;
/** Of a programme. */
const MOST_CAST = 500;
const TEXTS = new Set(['title', 'sub-title', 'length', 'date', 'episode-num', 'url']);
const CAST = new Set(['actor', 'presenter', 'guest']);

/**
 * Reads an XMLTV guide in pieces, in time linear in its length. What XML forbids and guides do all the same (an ampersand
 * by itself, HTML's names of letters, an end that is missing) is taken as it was meant.
 */
export class XmltvReader {
  private readonly path: string[] = [];
  private isGuide = false;
  private isWhole = false;
  private channel: (Channel & { readonly names: string[] }) | null = null;
  private draft: Draft | null = null;
  private text: string | null = null;
  /** An attribute of the element that is being read: whom an actor plays, the system of an episode's number. */
  private attribute = '';
  private readonly channels = new Map<string, Channel>();
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
    // the last to start first, each given up as it is taken
    this.drafts.sort((a, b) => a.from - b.from);
    for (let draft = this.drafts.pop(); draft; draft = this.drafts.pop()) {
      const { from: start, stop: end, channel: id, minutes } = draft;
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
      programmes.push({
        ...described(draft),
        channel: this.channels.get(id)?.names[0] ?? id,
        channelId: id,
        start,
        stop,
      });
    }
    if (!this.isWhole && programmes.length === 0)
      throw new KinoscopeError('unreadable', `${this.file} is no XML that can be read`);
    return { programmes: programmes.reverse(), channels: [...this.channels.values()], faults: this.faults };
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.path.push(name) > MAX_DEPTH)
      throw new KinoscopeError('unreadable', `${this.file} is no XMLTV guide: its elements are nested too deep`);
    const depth = this.path.length;
    if (depth === 1) this.isGuide ||= name === 'tv';
    if (!this.isGuide) return;
    if (name === 'channel' && depth === 2) {
      this.channel = { id: this.plain(attributes['id'] ?? ''), names: [] };
    } else if (name === 'programme' && depth === 2) {
      this.draft = {
        start: attributes['start'],
        stop: attributes['stop'],
        channel: this.plain(attributes['channel'] ?? ''),
        titles: [],
        subtitles: [],
        cast: [],
        numbers: [],
        links: [],
        date: null,
        minutes: null,
      };
    } else if (this.isRead(name, depth)) {
      this.text = '';
      this.attribute = (name === 'episode-num' ? (attributes['system'] ?? 'onscreen') : attributes['role']) ?? '';
      if (name === 'length' && this.draft) this.draft.minutes = unitMinutes(attributes['units']);
    } else if (depth === 5) {
      // `<actor>Name<image>...</image></actor>`: the name alone is the actor's.
      this.takeText();
    }
  }

  /** Whether the text of an element counts. */
  private isRead(name: string, depth: number): boolean {
    if (depth === 3) return this.channel ? name === 'display-name' : this.draft !== null && TEXTS.has(name);
    return depth === 4 && this.draft !== null && this.path[2] === 'credits' && CAST.has(name);
  }

  private close(name: string, implied: boolean): void {
    const depth = this.path.length;
    if (this.text !== null && (depth === 3 || depth === 4)) this.takeText();
    this.path.pop();
    if (depth === 1) this.isWhole ||= name === 'tv' && !implied;
    if (depth !== 2) return;
    if (this.channel && name === 'channel') {
      if (this.channel.names.length > 0) this.channels.set(this.channel.id, this.channel);
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
    const { channel, draft } = this;
    if (!text) return;
    if (channel) channel.names.push(text);
    else if (!draft) return;
    else if (third === 'title') draft.titles.push(text);
    else if (third === 'sub-title') draft.subtitles.push(text);
    else if (third === 'length') draft.minutes = draft.minutes && draft.minutes * (Number(text) || 0);
    else if (third === 'date') draft.date ??= text;
    else if (third === 'url') draft.links.push(text);
    else if (third === 'episode-num') draft.numbers.push([this.plain(this.attribute), text]);
    else if (fourth !== undefined && draft.cast.length < MOST_CAST)
      draft.cast.push({ name: text, role: this.plain(this.attribute) || null });
  }

  private keep(draft: Draft): void {
    this.draft = null;
    if (this.drafts.length >= MOST_PROGRAMMES)
      throw new KinoscopeError('too-large', `${this.file} has more programmes than a guide may have`);
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

/** What a programme's elements say of it. */
function described({ titles, subtitles, cast, numbers, links, date }: Draft) {
  const number = episodeNumber(numbers);
  const [, year, month, day] = /^(\d{4})(?:-?(\d{2})-?(\d{2}))?(?!\d)/.exec(date ?? '') ?? [];
  // What counts episodes is one, or a series.
  const kind = number.episode === undefined ? 'movie' : 'series';
  const ids = [
    ...numbers.map(([system, text]) => siteId(system, text, kind)),
    ...links.map((link) => siteId(link, link, kind)),
  ].filter((id) => id !== null);
  return {
    titles,
    ...(subtitles.length > 0 && { subtitles }),
    cast,
    ...number,
    ...(Number(year) > 0 && { year: Number(year) }),
    ...(day !== undefined && { aired: `${year}-${month}-${day}` }),
    ...(ids.length > 0 && { ids: [...new Set(ids)] }),
  };
}

/** Reads a guide that is in memory. @throws KinoscopeError `unreadable` when it is no XMLTV */
export function parseXmltv(text: string, file = 'the guide'): readonly Programme[] {
  const reader = new XmltvReader(file);
  reader.write(text);
  return reader.end().programmes;
}

const unitMinutes = (units: string | undefined): number => (units === 'hours' ? 60 : units === 'seconds' ? 1 / 60 : 1);

const shown = (text: string): string => text.slice(0, 40);
