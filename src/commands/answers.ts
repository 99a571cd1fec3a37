import { printableLine } from '../core/terminal.js';
import type { GenreProbabilities } from '../genre/types.js';
import type { AnalysisAnswer, AnswerResults, CreditsAnswer } from '../titles/documents.js';

/** Answers as a person reads them on a terminal. */

interface Member {
  readonly name: string | null;
  readonly label?: string | null;
  readonly confidence: number;
  readonly screenTime?: number;
}

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const who = (member: Member): string => printableLine(member.name ?? member.label ?? 'unknown');

const listed = ({ top3 }: Pick<AnswerResults['genre'], 'top3'>): string =>
  top3.map(({ genre, probability }) => `${genre} ${percent(probability)}`).join(', ');

interface GenreView extends GenreProbabilities {
  readonly witnesses?: AnswerResults['genre']['witnesses'];
  readonly corrected?: boolean;
  readonly machine?: GenreProbabilities;
}

const genresSaid = ({ genres }: GenreProbabilities): string =>
  Object.keys(genres)
    .filter((genre) => genres[genre] === 1)
    .join(', ');

export function genreText(answer: GenreView): string {
  const { sure, witnesses, corrected, machine } = answer;
  if (corrected && machine) return `Genre: ${genresSaid(answer)} (set by hand)\n  machine: ${listed(machine)}`;
  const head = `Genre: ${listed(answer)}${sure ? '' : ' (not sure)'}`;
  // Where nothing is told of the film, the pictures' answer is the whole one.
  if (!witnesses?.words) return head;
  return [head, `  pictures: ${listed(witnesses.pictures)}`, `  words: ${listed(witnesses.words)}`].join('\n');
}

type CreditsView = CreditsAnswer & { readonly corrected?: boolean; readonly machine?: CreditsAnswer };

export function creditsText(answer: CreditsView): string {
  const { creditsStart, nextEpisodeAt, reason, segments, episodes, sure, timecode, frame, confidence } = answer;
  const perhaps = sure ? '' : 'not sure, perhaps ';
  // Reasons of answers that were stored say "none" themselves.
  const head =
    creditsStart === null
      ? `Credits: none${reason ? `, because ${reason.replace(/^none: /, '')}` : ''}`
      : `Credits: ${perhaps}from ${timecode} (frame ${frame}, confidence ${percent(confidence)})`;
  const offer =
    creditsStart === null
      ? []
      : [nextEpisodeAt === null ? `  no next episode offered: ${reason}` : `  next episode at ${clock(nextEpisodeAt)}`];
  const rows = segments.map(
    ({ kind, start, end, confidence: sureness, evidence }) =>
      `  ${clock(start)} to ${clock(end)}  ${kind.padEnd(8)} ${percent(sureness)}${evidence ? `  ${evidence}` : ''}`,
  );
  const { corrected, machine } = answer;
  const hand = corrected && machine ? [`  set by hand; machine: ${startText(machine)}`] : [];
  return [head, ...hand, ...offer, ...(episodes ? [`  ${episodes.reason}`] : []), ...rows].join('\n');
}

const startText = ({ creditsStart, timecode, confidence }: CreditsAnswer): string =>
  creditsStart === null ? 'none' : `from ${timecode} (${percent(confidence)})`;

const noted = (note: string | null): string[] => (note === null ? [] : [`note: ${note}`]);

function castText({ scenes, note }: AnswerResults['cast']): string {
  const rows = scenes.map(({ start, end, cast }) => {
    const people = cast.map((member) => `${who(member)} (${(member.screenTime ?? 0).toFixed(0)} s)`).join(', ');
    return `  ${clock(start)} to ${clock(end)}  ${people || 'nobody seen'}`;
  });
  return [`Cast: ${scenes.length} ${scenes.length === 1 ? 'scene' : 'scenes'}`, ...rows, ...noted(note)].join('\n');
}

function shotsText({ shots, fps }: AnswerResults['shots']): string {
  const rows = shots.map(
    ({ start, end, startFrame, transition }) =>
      `  ${clock(start)} to ${clock(end)}  ${(end - start).toFixed(2).padStart(7)} s  from frame ${startFrame}${transition === 'cut' ? '' : ` (${transition})`}`,
  );
  return [`Shots: ${shots.length}, ${fps.toFixed(3)} frames a second`, ...rows].join('\n');
}

function soundText({ reason, ...sound }: AnswerResults['sound']): string {
  const { track, loudness, loudnessRange, truePeak, speech, silence, cutsPerMinute } = sound;
  const cuts = cutsPerMinute === null ? [] : [`${cutsPerMinute} cuts a minute`];
  if (reason !== '') return [`Sound: none, because ${printableLine(reason)}`, ...cuts].join('; ');
  const channels = track && [`${track.channels} ${track.channels === 1 ? 'channel' : 'channels'}`];
  const facts = [
    loudness === null ? (silence === null ? 'too short to tell how loud' : 'silent') : `${loudness} LUFS`,
    ...(loudnessRange === null ? [] : [`range ${loudnessRange} LU`]),
    ...(truePeak === null ? [] : [`peak ${truePeak} dBTP`]),
    ...(speech === null ? [] : [`speech ${percent(speech)}`]),
    ...(silence === null ? [] : [`silence ${percent(silence)}`]),
  ];
  return `Sound: ${[...facts, ...(channels ?? []), ...cuts].join(', ')}`;
}

function billingText({ cast, crew, companies, songs, reason }: AnswerResults['billing']): string {
  if (reason !== '') return `Billing: none, because ${reason}`;
  const name = ({ text, sure }: { text: string; sure: boolean }): string =>
    `${printableLine(text)}${sure ? '' : ' (not sure)'}`;
  const actors = cast.map(
    ({ actor, character, sure, start }) =>
      `  ${clock(start)}  ${name({ text: actor, sure })}${character === null ? '' : ` as ${printableLine(character)}`}`,
  );
  const others = crew.map(
    ({ role, names }) => `  ${clock(names[0]?.start ?? 0)}  ${printableLine(role)}: ${names.map(name).join(', ')}`,
  );
  const firms = companies.map((company) => `  ${clock(company.start)}  ${name(company)}`);
  const tunes = songs.map(({ title, sure, start }) => `  ${clock(start)}  ${name({ text: title, sure })}`);
  const list = (title: string, rows: readonly string[]): string[] =>
    rows.length === 0 ? [] : [`${title}: ${rows.length}`, ...rows];
  const all = [...list('Cast', actors), ...list('Crew', others), ...list('Companies', firms), ...list('Songs', tunes)];
  return all.join('\n') || 'Billing: lines, but no names';
}

/** How a name is known, where no face in view tells it. */
const BY = { face: '', body: ', face seen before or after', scene: ', by clothes' } as const;

type MemberNow = Member & { readonly by: keyof typeof BY; readonly perhaps: { readonly name: string | null } | null };

export function sceneMoment(moment: {
  readonly at: number;
  readonly cast: readonly MemberNow[];
  readonly scene: { readonly others: readonly Member[] } | null;
  readonly note: string | null;
}): string {
  const said = (member: MemberNow): string => {
    if (member.name === null && member.perhaps?.name) return `perhaps ${printableLine(member.perhaps.name)}`;
    if (member.confidence === 0) return who(member);
    return `${who(member)} (${percent(member.confidence)}${member.name === null ? '' : BY[member.by]})`;
  };
  const people = moment.cast.map(said);
  const others = (moment.scene?.others ?? []).map(who);
  const line = `At ${clock(moment.at)}: ${people.join(', ') || 'nobody seen'}`;
  const also = others.length > 0 ? [`Also in the scene: ${others.join(', ')}`] : [];
  return [line, ...also, ...noted(moment.note)].join('\n');
}

/** The value of an answer, for --json. */
export function flatten({ result, detectorVersion, truncated }: AnalysisAnswer) {
  return { ...result, truncated, detectorVersion };
}

/** An answer in the words of a person; of a film that breaks off it says so. */
export function analysisText(analysis: AnalysisAnswer): string {
  const text = resultText(analysis);
  return analysis.truncated ? `${text}\n  the film is cut off: this is of what there is` : text;
}

function resultText(analysis: AnalysisAnswer): string {
  switch (analysis.kind) {
    case 'genre':
      return genreText(analysis.result);
    case 'credits':
      return creditsText(analysis.result);
    case 'billing':
      return billingText(analysis.result);
    case 'cast':
      return castText(analysis.result);
    case 'sound':
      return soundText(analysis.result);
    case 'shots':
      return shotsText(analysis.result);
  }
}
