/** Endings of files that may hold a film: what `watch` takes of a folder. `title` opens any file, whatever its name. */
const ENDINGS = [
  // In the order of the containers' families: MP4, Matroska, AVI, MPEG, transport streams, Windows, Flash, Ogg, Real, others.
  'mp4',
  'm4v',
  'mov',
  'qt',
  '3gp',
  '3g2',
  'f4v',
  'mj2',
  'ismv',
  'mkv',
  'mk3d',
  'webm',
  'avi',
  'divx',
  'xvid',
  'mpg',
  'mpeg',
  'mpe',
  'mpv',
  'm1v',
  'm2v',
  'm2p',
  'vob',
  'evo',
  'vro',
  'mod',
  'ts',
  'm2ts',
  'mts',
  'm2t',
  'tp',
  'trp',
  'tod',
  'rec',
  'wmv',
  'asf',
  'dvr-ms',
  'wtv',
  'flv',
  'ogv',
  'ogm',
  'ogx',
  'rm',
  'rmvb',
  'mxf',
  'gxf',
  'dv',
  'nut',
  'nsv',
  'amv',
  'ivf',
  'y4m',
  'h264',
  'h265',
  '264',
  '265',
  'hevc',
  'avc',
] as const;

const FILM = new RegExp(`(?<=.)\\.(?:${ENDINGS.join('|')})$`, 'i');

/** Whether a file is called as films are. */
export const isFilmName = (name: string): boolean => FILM.test(name);

/** A file's name without its ending; `The.Film.1999` and `Mr. Smith` have none. */
export function stemOf(name: string): string {
  if (FILM.test(name)) return name.replace(FILM, '');
  const [stem, ending, ...more] = name.split('.');
  return stem && ending && more.length === 0 && /^[a-z0-9]{1,5}$/i.test(ending) ? stem : name;
}
