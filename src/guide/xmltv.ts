import { XMLParser } from 'fast-xml-parser';
import { KinoscopeError } from '../errors.js';

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

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => ['channel', 'programme', 'title', 'display-name', 'actor', 'presenter', 'guest'].includes(name),
});

type Node = string | { readonly '#'?: string; readonly [attribute: `@${string}`]: string };
interface ProgrammeNode {
  readonly '@start': string;
  readonly '@stop'?: string;
  readonly '@channel': string;
  readonly title?: readonly Node[];
  readonly credits?: Readonly<Record<string, readonly Node[]>> | '';
}
interface Guide {
  readonly tv?: {
    readonly channel?: readonly { readonly '@id': string; readonly 'display-name'?: readonly Node[] }[];
    readonly programme?: readonly ProgrammeNode[];
  } | '';
}

const textOf = (node: Node | undefined): string => (typeof node === 'string' ? node : (node?.['#'] ?? '')).trim();

/**
 * An XMLTV time, `YYYYMMDDhhmmss +hhmm` with anything after the year left out, in milliseconds since 1970; UTC where no
 * offset is given. null when it is none.
 */
export function xmltvTime(text: string): number | null {
  const found = /^(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?\s*(?:([+-])(\d{2}):?(\d{2})|Z|UTC|GMT)?$/.exec(text.trim());
  if (!found) return null;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', sign, hours = '00', minutes = '00'] = found;
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return utc - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/**
 * Reads an XMLTV guide. A programme without an end lasts until the next of its channel, at most a day.
 * @throws KinoscopeError `unreadable` when it is no XMLTV
 */
export function parseXmltv(text: string, file = 'the guide'): Programme[] {
  let guide: Guide;
  try {
    guide = PARSER.parse(text, true) as Guide;
  } catch (cause) {
    throw new KinoscopeError('unreadable', `${file} is no XML that can be read`, { cause });
  }
  if (guide.tv === undefined) throw new KinoscopeError('unreadable', `${file} is no XMLTV guide: it has no <tv>`);
  const { channel: channels = [], programme: programmes = [] } = guide.tv === '' ? {} : guide.tv;
  const channelNames = new Map(channels.map((channel) => [channel['@id'], textOf(channel['display-name']?.[0]) || channel['@id']]));
  const started = programmes.flatMap((node) => {
    const start = xmltvTime(node['@start'] ?? '');
    return start === null ? [] : [{ node, start }];
  }).sort((a, b) => a.start - b.start);
  const nextStart = new Map<string, number>();
  return started.reverse().map(({ node, start }): Programme => {
    const id = node['@channel'];
    const end = node['@stop'] === undefined ? null : xmltvTime(node['@stop']);
    const stop = end ?? Math.min(nextStart.get(id) ?? Infinity, start + DAY_MS);
    nextStart.set(id, start);
    const credits = typeof node.credits === 'object' ? node.credits : {};
    return {
      titles: (node.title ?? []).map(textOf).filter(Boolean),
      channel: channelNames.get(id) ?? id,
      start,
      stop,
      cast: ['actor', 'presenter', 'guest'].flatMap((role) => (credits[role] ?? []).map(textOf)).filter(Boolean),
    };
  }).reverse();
}

const DAY_MS = 24 * 60 * 60 * 1000;
