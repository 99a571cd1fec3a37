/** What a guide says of which episode a programme is. Both count from 1. */
export interface EpisodeNumber {
  readonly season?: number;
  readonly episode?: number;
}

const MOST = 100_000;
const SEASON = '(?:s(?:eason|eries)?|staffel|saison|temporada|stagione|seizoen|sezon|s\u00e4song)';
const EPISODE =
  '(?:e(?:p(?:isode)?)?|folge|\u00e9pisode|episodio|cap\u00edtulo|puntata|aflevering|odcinek|avsnitt|teil)';
const GAP = '[\\s.,:#-]{0,4}';
/** `S01E02`, `s1.e2`, `Season 1, Episode 2`, `Staffel 1, Folge 2`. */
const BOTH = new RegExp(`(?<!\\p{L})${SEASON}${GAP}(\\d{1,4})[\\s.,:;/-]{0,4}${EPISODE}${GAP}(\\d{1,5})`, 'iu');
const CROSSED = /(?<!\d)(\d{1,3})x(\d{1,4})(?!\d)/i;
const EPISODE_ALONE = new RegExp(`(?<!\\p{L})${EPISODE}${GAP}(\\d{1,5})(?!\\d)`, 'iu');
const SEASON_ALONE = new RegExp(`(?<!\\p{L})${SEASON}${GAP}(\\d{1,4})(?!\\d)`, 'iu');
const MAX_TEXT = 200;

const numbered = (season: string | undefined, episode: string | undefined, first = 0): EpisodeNumber => {
  const read = (text: string | undefined): number | null =>
    text !== undefined && Number(text) + first <= MOST ? Number(text) + first : null;
  const [a, b] = [read(season), read(episode)];
  return { ...(a !== null && { season: a }), ...(b !== null && { episode: b }) };
};

/** `season/of.episode/of.part/of`, counted from 0, any of them left out: `0 . 4/13 . 0/2`. */
function xmltvNumber(text: string): EpisodeNumber {
  const [season, episode] = text.split('.').map((part) => /^\s*(\d{1,5})/.exec(part)?.[1]);
  return numbered(season, episode, 1);
}

function onscreenNumber(text: string): EpisodeNumber {
  const both = BOTH.exec(text) ?? CROSSED.exec(text);
  if (both) return numbered(both[1], both[2]);
  const alone = EPISODE_ALONE.exec(text)?.[1] ?? /^#?(\d{1,5})(?:\/\d+)?$/.exec(text.replace(/\s+/g, ''))?.[1];
  return numbered(SEASON_ALONE.exec(text)?.[1], alone);
}

/** What all the `episode-num` of a programme say: `xmltv_ns` counts more than what is written for people. */
export function episodeNumber(numbers: readonly (readonly [system: string, text: string])[]): EpisodeNumber {
  let [told, written]: EpisodeNumber[] = [{}, {}];
  for (const [system, text] of numbers) {
    const cut = text.slice(0, MAX_TEXT);
    if (system === 'xmltv_ns') told = { ...told, ...xmltvNumber(cut) };
    else if (/^(?:onscreen|sxxexx|common)$/i.test(system)) written = { ...written, ...onscreenNumber(cut) };
  }
  return { ...written, ...told };
}
