import type { Sound } from './types.js';

/** Seconds as people read them: 1:02:03 or 2:03. */
export function clock(seconds: number, tenths = false): string {
  const whole = Math.max(0, tenths ? Math.floor(seconds * 10) / 10 : Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = (whole % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Seconds to the thousandth, for who looks at single frames: 2:03.480. */
export function exact(seconds: number): string {
  const thousandths = Math.max(0, Math.round(seconds * 1000));
  return `${clock(Math.floor(thousandths / 1000))}.${String(thousandths % 1000).padStart(3, '0')}`;
}

/** How long something lasts: 1 h 52 min, 4 min, 12 s. */
export function length(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** step).toFixed(step > 2 ? 1 : 0)} ${units[step]}`;
}

/** What the sound is like, in one line. */
export function soundOf(sound: Sound): string {
  const { reason, loudness, loudnessRange, speech, silence, cutsPerMinute } = sound;
  const cuts = cutsPerMinute === null ? '' : `${Math.round(cutsPerMinute)} cuts a minute`;
  if (reason !== '') return [`No sound is heard: ${reason}`, cuts].filter(Boolean).join(' · ');
  return [
    loudness === null ? (silence === null ? 'Too short to tell how loud' : 'Silent') : `Loudness ${loudness} LUFS`,
    loudnessRange === null ? '' : `range ${loudnessRange} LU`,
    speech === null ? '' : `speech ${percent(speech)}`,
    silence === null ? '' : `silence ${percent(silence)}`,
    cuts,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** A probability in the words of somebody who watches. */
export const certainty = (confidence: number): 'certain' | 'likely' | 'perhaps' =>
  confidence >= 0.9 ? 'certain' : confidence >= 0.6 ? 'likely' : 'perhaps';

export const called = (who: { readonly name: string | null; readonly label: string | null }): string =>
  who.name ?? (who.label ? who.label.charAt(0).toUpperCase() + who.label.slice(1) : 'Somebody');

/** Text without case and accents, to be searched. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ø/gi, 'o')
    .replace(/ł/gi, 'l')
    .replace(/ß/g, 'ss')
    .toLowerCase();

const SEGMENTS: Readonly<Record<string, string>> = {
  'intro': 'Opening titles',
  'recap': 'Recap',
  'preview': 'Preview',
  'credits': 'Credits',
  'scene': 'Scene',
  'cards': 'Credit cards',
  'roll': 'Credit roll',
  'scene-inside': 'Scene within the credits',
  'scene-after': 'Scene after the credits',
  'logo': 'Logo',
  'black': 'Black',
};
export const segmentName = (kind: string): string => SEGMENTS[kind] ?? kind;

const KINDS: Readonly<Record<string, string>> = {
  genre: 'Genre',
  credits: 'Credits',
  billing: 'Names in the credits',
  cast: 'Cast',
  shots: 'Shots',
};
export const kindName = (kind: string): string => KINDS[kind] ?? kind;

const JOBS: Readonly<Record<string, string>> = {
  analyze: 'Analysis',
  download: 'Download',
  export: 'Film with names',
  proxy: 'Copy that plays',
  map: 'Map of faces',
  part: 'Part of an analysis',
  faces: 'Faces of a part',
  join: 'Cast of a long film',
  names: 'Names in the library',
  season: 'Episodes of a season compared',
  sidecar: 'Files for players',
  photos: 'Photos of people',
  clear: 'Tidying up',
  webhook: 'Message to a webhook',
};
export const jobName = (name: string): string => JOBS[name] ?? name;

export function ago(iso: string): string {
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(iso).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

/** S1 E4 of a title's metadata. */
export function episodeOf(metadata: { season?: number | undefined; episode?: number | undefined }): string {
  const parts = [
    metadata.season === undefined ? '' : `S${metadata.season}`,
    metadata.episode === undefined ? '' : `E${metadata.episode}`,
  ];
  return parts.filter(Boolean).join(' ');
}
