import type { Billing } from '../credits/billing/types.js';
import type { ExportedFilm } from './film.js';
import { xmlText } from './xml.js';

/** Who the credits name, as libraries and spreadsheets read it. */

/** Jobs of the two others that an .nfo file names, without case. */
const DIRECTORS = new Set(
  'director,directed by,written and directed by,regie,regia,regi,réalisation,réalisateur,réalisé par,dirección,dirigida por,direção,reżyseria,režie,rendező,yönetmen,buch und regie'.split(
    ',',
  ),
);
const WRITERS = new Set(
  'writer,written by,written and directed by,screenplay,screenplay by,drehbuch,buch,buch und regie,scénario,guion,guión,sceneggiatura,roteiro,scenariusz,scénář,senaryo'.split(
    ',',
  ),
);

const namesOf = ({ crew }: Billing, jobs: ReadonlySet<string>): string[] => [
  ...new Set(
    crew.filter(({ role }) => jobs.has(role.toLowerCase())).flatMap(({ names }) => names.map(({ text }) => text)),
  ),
];

/** An .nfo file as Kodi, Jellyfin and Emby read it: what was known of the title, director, writers, actors with their roles in the order of the screen. */
export function nfo({ name, episode, billing, metadata = {} }: ExportedFilm): string {
  const { cast, crew } = billing ?? { cast: [], crew: [] };
  const root = episode ? 'episodedetails' : 'movie';
  const tag = (element: string, text: string): string => `  <${element}>${xmlText(text)}</${element}>`;
  const known = { ...billing!, cast, crew };
  const actors = cast.map(({ actor, character }, order) =>
    [
      '  <actor>',
      `  ${tag('name', actor)}`,
      ...(character === null ? [] : [`  ${tag('role', character)}`]),
      `  ${tag('order', String(order))}`,
      '  </actor>',
    ].join('\n'),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    `<${root}>`,
    tag('title', metadata.title ?? name),
    ...(
      [
        ['showtitle', episode && metadata.series],
        ['season', episode && metadata.season],
        ['episode', episode && metadata.episode],
        ['year', metadata.year],
        ['plot', metadata.description],
        ...(metadata.genres ?? []).map((genre) => ['genre', genre] as const),
      ] as const
    ).flatMap(([element, value]) => (value === undefined || value === false ? [] : [tag(element, String(value))])),
    ...namesOf(known, WRITERS).map((writer) => tag('credits', writer)),
    ...namesOf(known, DIRECTORS).map((director) => tag('director', director)),
    ...actors,
    `</${root}>`,
    '',
  ].join('\n');
}

/** A field of RFC 4180; a spreadsheet must not take what a film shows for a formula. */
function field(value: string | number | null): string {
  const text =
    value === null ? '' : typeof value === 'number' ? value.toFixed(3) : value.replace(/^[=+\-@\t\r]/u, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** All names with what they did, a line each (RFC 4180); seconds on a player's clock. */
export function csv({ billing }: ExportedFilm): string {
  const { cast, crew } = billing ?? { cast: [], crew: [] };
  const rows: (string | number | null)[][] = [
    ...cast.map(({ actor, character, confidence, start, end }) => [
      'cast',
      actor,
      character,
      null,
      confidence,
      start,
      end,
    ]),
    ...crew.flatMap(({ role, department, names }) =>
      names.map(({ text, confidence, start, end }) => ['crew', text, role, department, confidence, start, end]),
    ),
  ];
  const head = ['kind', 'name', 'role', 'department', 'confidence', 'start', 'end'];
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
