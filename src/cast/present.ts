import { type Box, containment, iou } from '../core/boxes.js';
import { type Names, nameTracks, type OnScreen, type OnScreenTrack, type Who } from './names.js';
import { boxAt, type CastChunk, isClear, type StoredBody, type StoredTrack } from './stored.js';

/** Everybody on screen: by their faces, by the body that their face was seen on, by what they wear in the scene. */

/** What a name rests on: a face that is in view, a face that was seen on the same body in this shot, or clothes worn in the scene. */
export type By = 'face' | 'body' | 'scene';

/** Somebody on screen at one moment. */
export interface Present extends Omit<OnScreen, 'track'> {
  /** For corrections: the face track inside this title; null where no face was seen on the body. */
  readonly track: string | null;
  readonly by: By;
  /** Where the body is, fractions of the frame; null: a face alone was seen. `box` is the face's, or the head's. */
  readonly body: Box | null;
  /** Who it may be, where that is not sure enough for a name. */
  readonly perhaps: { readonly personId: string; readonly name: string | null; readonly confidence: number } | null;
}

/** Least side of a head that is to be seen, as a share of the frame's. */
const LEAST_HEAD = 0.01;
/** Probability that a body is still the one whose face was seen in the shot. */
const STAYS = 0.98;
/**
 * Probability from which clothes, or clothes and a poor face, tell whose they are, and from which that is a name: as of a clear face
 * (people/gallery.ts), which is not named better on the back than from the front.
 */
const [SAME_FROM, NAMED_FROM] = [0.7, 0.5];

interface Claim {
  readonly who: Who;
  /** Probability by faces and by clothes, 0 where they say nothing. */
  readonly face: number;
  readonly worn: number;
  /** Probability of the clothes being theirs, whatever their name is. */
  readonly same: number;
}

interface Identity {
  readonly who: Who | null;
  readonly confidence: number;
  readonly by: By;
  readonly perhaps: Present['perhaps'];
}

const NOBODY: Identity = { who: null, confidence: 0, by: 'body', perhaps: null };

/** Somebody on screen and what tells it: the face in view, if one is, and the face or the body that is there. */
export interface Told {
  readonly present: Present;
  readonly face: OnScreenTrack | null;
  readonly source: OnScreenTrack | StoredBody;
}

/**
 * Who is on screen at `time` (seconds), by confidence, from the chunk that covers it (null: nobody was seen in that stretch).
 * Nobody is there twice. Hidden people are left out.
 */
export function presentAt(chunk: Pick<CastChunk, 'tracks' | 'bodies'> | null, names: Names, time: number): Present[] {
  return presentFrom(chunk, names, time).map(({ present }) => present);
}

/** {@link presentAt} with what tells it. */
export function presentFrom(chunk: Pick<CastChunk, 'tracks' | 'bodies'> | null, names: Names, time: number): Told[] {
  const isNow = ({ start, end }: { readonly start: number; readonly end: number }): boolean =>
    start <= time && time < end;
  const tracks = nameTracks((chunk?.tracks ?? []).filter(isNow), names);
  const bodies = (chunk?.bodies ?? []).filter(isNow);
  const onBodies = new Set(bodies.flatMap(({ faces }) => faces.map(({ track }) => track)));
  const faces = tracks.filter(({ id }) => !onBodies.has(id)).map((track) => faceAlone(track, time));
  const shown = bodies.flatMap((body) => presentBody(body, tracks, names, time) ?? []);
  return onceEach(putOnBodies(faces, withoutPieces(shown)));
}

/** Two bodies that cover each other by so much are one, if no look has shown both. */
const SAME_BODY = 0.5;

/** The track of a body that was lost and found again lies on itself in between: the piece that tells more is shown. */
function withoutPieces(shown: readonly Told[]): Told[] {
  const more = ({ present }: Told): number => (present.personId === null ? Number(present.track !== null) : 2);
  const kept: Told[] = [];
  for (const one of shown.toSorted((a, b) => more(b) - more(a))) {
    const times = new Set(one.source.samples.map(([time]) => time));
    const { body, personId } = one.present;
    const isPiece = kept.some(
      ({ present, source }) =>
        (personId === null || personId === present.personId) &&
        iou(present.body!, body!) >= SAME_BODY &&
        !source.samples.some(([time]) => times.has(time)),
    );
    if (!isPiece) kept.push(one);
  }
  return kept;
}

/** By how much a face lies on its body, how far down at most its middle is there, and how tall it is at least beside it. */
const [ON_BODY, UPPER, TALL] = [0.8, 0.5, 0.25];

/** Between two looks a face and its body may part where somebody moves fast; a large face on a body that nobody is known on is its own. */
function putOnBodies(faces: readonly Told[], shown: readonly Told[]): Told[] {
  const left = new Set(shown);
  const told = faces.map((face): Told => {
    const { box } = face.present;
    const isUnder = ({ present: { body, track, personId } }: Told): boolean =>
      body !== null &&
      track === null &&
      personId === null &&
      containment(box, body) >= ON_BODY &&
      box[1] + box[3] / 2 < body[1] + UPPER * body[3] &&
      box[3] > TALL * body[3];
    const under = [...left].find(isUnder);
    if (!under) return face;
    left.delete(under);
    const perhaps = face.present.personId === null ? (face.present.perhaps ?? under.present.perhaps) : null;
    return { ...face, present: { ...face.present, body: under.present.body, perhaps } };
  });
  return [...told, ...left];
}

/** A poor face that no body, clear face or clothes support is only perhaps somebody. */
function faceAlone(track: OnScreenTrack, time: number): Told {
  const { id, appearance, samples, name, personId, label, confidence } = track;
  const present: Present = {
    key: personId ?? appearance,
    ...{ personId, name, label, confidence, track: id, by: 'face', body: null, perhaps: null },
    box: boxAt(samples, time),
  };
  const told = isSupported(track) || personId === null ? present : unnamed(present, id);
  return { present: told, face: track, source: track };
}

const isSupported = (track: OnScreenTrack): boolean => track.clear !== false || isClear(track);

function unnamed(present: Present, key: string): Present {
  const { personId, name, confidence } = present;
  return {
    ...present,
    key,
    personId: null,
    name: null,
    label: null,
    confidence: 0,
    perhaps: personId === null ? null : { personId, name, confidence },
  };
}

function presentBody(body: StoredBody, tracks: readonly OnScreenTrack[], names: Names, time: number): Told | null {
  if ([...body.faces, ...body.worn.slice(0, 1)].some(({ appearance }) => names[appearance]?.hidden)) return null;
  const face = tracks.find(({ id }) => body.faces.some(({ track }) => track === id)) ?? null;
  const { who, confidence, by, perhaps } = identityOf(body, face, names);
  const place = boxAt(body.samples, time);
  const present: Present = {
    key: who?.personId ?? body.faces[0]?.appearance ?? body.id,
    personId: who?.personId ?? null,
    name: who?.name ?? null,
    label: who?.label ?? null,
    ...{ confidence, by, perhaps, body: place },
    track: face?.id ?? body.faces[0]?.track ?? null,
    box: boxAt(face ? face.samples : headsOf(body.samples), time),
  };
  return { present, face, source: body };
}

/** Where the head is, inside the frame; the body where its head is outside. @returns samples as a face's, without quality */
export const headsOf = (samples: StoredBody['samples'] | StoredTrack['samples']): StoredTrack['samples'] =>
  samples.map((sample) => {
    const [time, x, y, w, h, left = 0, top = 0, width = 0, height = 0] = sample;
    const [from, to] = [Math.max(0, left), Math.min(1, left + width)];
    const [above, below] = [Math.max(0, top), Math.min(1, top + height)];
    const isInside = to - from > LEAST_HEAD && below - above > LEAST_HEAD;
    return isInside ? [time, from, above, to - from, below - above, 0] : [time, x, y, w, h, 0];
  });

function identityOf(body: StoredBody, face: OnScreenTrack | null, names: Names): Identity {
  const inView: By = face ? 'face' : 'body';
  const clear = body.faces.filter((one) => one.clear).map(({ appearance }) => names[appearance]);
  const people = new Map(clear.flatMap((who) => (who && who.personId !== null ? [[who.personId, who] as const] : [])));
  // Clear faces that contradict each other: only the one in view counts.
  const own = people.size === 1 ? [...people.values()][0]! : face && people.get(face.personId ?? '');
  if (own) return { who: own, confidence: own.confidence * (face ? 1 : STAYS), by: inView, perhaps: null };
  if (clear.length > 0) return { ...NOBODY, by: inView };
  const claims = claimsOf(body, names).sort((a, b) => together(b) - together(a));
  const [best] = claims;
  if (!best) return { ...NOBODY, by: inView };
  const confidence = together(best);
  const by: By = best.face > 0 ? inView : 'scene';
  const supported = best.worn > 0 || (face !== null && isSupported(face));
  const { personId, name } = best.who;
  const isSame = either(best.face, best.same) >= SAME_FROM;
  if (isSame && confidence >= NAMED_FROM && supported) return { who: best.who, confidence, by, perhaps: null };
  return { who: null, confidence: 0, by: inView, perhaps: { personId: personId!, name, confidence } };
}

const either = (a: number, b: number): number => 1 - (1 - a) * (1 - b);
const together = ({ face, worn }: Claim): number => either(face, worn);

/** By person: appearances of one person count together. */
function claimsOf(body: StoredBody, names: Names): Claim[] {
  const claims = new Map<string, Claim>();
  const add = (appearance: string, face: number, worn: number): void => {
    const who = names[appearance];
    if (!who || who.personId === null) return;
    const known = claims.get(who.personId);
    claims.set(who.personId, {
      who: known && known.who.confidence > who.confidence ? known.who : who,
      face: Math.max(known?.face ?? 0, face * who.confidence),
      worn: (known?.worn ?? 0) + worn * who.confidence,
      same: (known?.same ?? 0) + worn,
    });
  };
  // Poor faces of strangers are alike because they are poor: they tell nobody apart.
  for (const { appearance, known } of body.faces) if (known || names[appearance]?.name != null) add(appearance, 1, 0);
  for (const { appearance, probability } of body.worn) add(appearance, 0, probability);
  return [...claims.values()];
}

const RANK: Readonly<Record<By, number>> = { face: 0, body: 1, scene: 2 };

const likelihood = ({ present }: Told): number => present.perhaps?.confidence ?? 0;

/** Nobody is in a frame twice: the better evidence has the name, the likeliest is perhaps somebody. By confidence, highest first. */
function onceEach(told: readonly Told[]): Told[] {
  const taken = new Set<string>();
  const isFirst = (personId: string): boolean => {
    const before = taken.size;
    return taken.add(personId).size > before;
  };
  return told
    .toSorted(({ present: a }, { present: b }) => RANK[a.by] - RANK[b.by] || b.confidence - a.confidence)
    .map((one) => {
      const { present } = one;
      if (present.personId === null || isFirst(present.personId)) return one;
      return { ...one, present: { ...unnamed(present, present.track ?? present.key), perhaps: null } };
    })
    .sort((a, b) => likelihood(b) - likelihood(a))
    .map((one) => {
      const { present } = one;
      if (present.perhaps === null || isFirst(present.perhaps.personId)) return one;
      return { ...one, present: { ...present, perhaps: null } };
    })
    .sort((a, b) => b.present.confidence - a.present.confidence);
}
