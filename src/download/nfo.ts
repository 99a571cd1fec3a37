import { XMLParser } from 'fast-xml-parser';
import type { CastEntry, MediaMetadata } from './media-source.js';

/** Entities are not expanded: a file of a kilobyte could grow to gigabytes. The usual five are put back by `plain`. */
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: false, trimValues: true });

const ROOTS = ['movie', 'episodedetails', 'tvshow', 'musicvideo'] as const;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

type Node = Readonly<Record<string, unknown>>;

/**
 * Reads what Kodi and Jellyfin keep beside a film. Of a file of several episodes the first counts; what follows the XML
 * (a link, in older files) is ignored. An .nfo of another kind gives nothing.
 */
export function parseNfo(text: string): MediaMetadata {
  const root = readRoot(text);
  if (!root) return {};
  const { kind, node } = root;
  const name = string(node['title']);
  const year = number(node['year']) ?? number(string(node['premiered'])?.slice(0, 4) ?? string(node['aired'])?.slice(0, 4));
  const series = kind === 'tvshow' ? name : kind === 'episodedetails' ? string(node['showtitle']) : undefined;
  const season = kind === 'episodedetails' ? number(node['season']) : undefined;
  const episode = kind === 'episodedetails' ? number(node['episode']) : undefined;
  const cast = list(node['actor']).flatMap(readActor);
  const genres = list(node['genre']).flatMap((genre) => string(genre) ?? []);
  return {
    ...(name && kind !== 'tvshow' ? { title: name } : {}),
    ...(year ? { year } : {}),
    ...(series ? { series } : {}),
    ...(season !== undefined ? { season } : {}),
    ...(episode !== undefined ? { episode } : {}),
    ...(cast.length ? { cast } : {}),
    ...(genres.length ? { genres } : {}),
  };
}

function readRoot(text: string): { kind: (typeof ROOTS)[number]; node: Node } | null {
  // Several roots, or a link after the only one, are no XML: the first root is cut out.
  for (const kind of ROOTS) {
    const found = new RegExp(`<${kind}[\\s>][\\s\\S]*?</${kind}>`).exec(text);
    if (!found) continue;
    try {
      const node = (parser.parse(found[0]) as Node)[kind];
      if (node && typeof node === 'object') return { kind, node: node as Node };
    } catch {
      return null;
    }
  }
  return null;
}

function readActor(node: unknown): CastEntry[] {
  if (!node || typeof node !== 'object') return [];
  const name = string((node as Node)['name']);
  return name ? [{ name, role: string((node as Node)['role']) ?? null }] : [];
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function string(value: unknown): string | undefined {
  const [first] = list(value);
  return typeof first === 'string' && first ? plain(first) : undefined;
}

function number(value: unknown): number | undefined {
  const text = string(value);
  return text && /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

function plain(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    const point = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : null;
    if (point === null) return ENTITIES[name ?? ''] ?? whole;
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
