import { segmentName } from './format.js';
import type { Credits, EpisodePart } from './types.js';

/** A segment that is being set by hand. Times are seconds. */
export interface DraftSegment {
  readonly key: number;
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** What is set by hand together. */
export interface DraftRules<Kind extends string = string> {
  readonly heading: string;
  readonly kinds: readonly Kind[];
  /** What none of them is called, as an answer and as a button. */
  readonly nothing: string;
  readonly clear: string;
  /** How long a part is that is added, seconds, unless another one comes before. */
  readonly longest: number;
  /** What the first edge is called; null: as the others are. */
  readonly start: string | null;
  /** Why they cannot be saved; null where they can. */
  readonly wrong: (segments: readonly DraftSegment[]) => string | null;
}

export const CREDITS_RULES: DraftRules<Credits['segments'][number]['kind']> = {
  heading: 'Credits by hand',
  kinds: ['roll', 'cards', 'scene-after', 'scene-inside', 'logo', 'black'],
  nothing: 'No credits in this film.',
  clear: 'No credits',
  longest: Infinity,
  start: 'Start of the credits',
  wrong: ([first]) =>
    first && isScene(first.kind) ? 'The first part has to be of the credits: a scene follows them.' : null,
};

export const PARTS_RULES: DraftRules<EpisodePart['kind']> = {
  heading: 'Opening titles, recap and preview by hand',
  kinds: ['intro', 'recap', 'preview'],
  nothing: 'None of them in this film.',
  clear: 'None of them',
  longest: 60,
  start: null,
  wrong: () => null,
};

/** Where a segment begins, ends, or gives way to the next: what is dragged. */
export interface Edge {
  readonly time: number;
  readonly min: number;
  readonly max: number;
  readonly name: string;
}

const isScene = (kind: string): boolean => kind === 'scene-inside' || kind === 'scene-after';

/** Segments of a film while somebody sets them by hand: nothing is sent before they are saved. */
export class SegmentsDraft {
  segments = $state.raw<readonly DraftSegment[]>([]);
  locked = $state(false);
  private past = $state.raw<readonly (readonly DraftSegment[])[]>([]);
  private next = 1;

  /** @param frame seconds of a frame */
  constructor(
    readonly rules: DraftRules,
    segments: readonly Omit<DraftSegment, 'key'>[],
    locked: boolean,
    readonly duration: number,
    readonly frame: number,
  ) {
    this.segments = segments.map(({ kind, start, end }) => ({ key: this.next++, kind, start, end }));
    this.locked = locked;
  }

  /** Seconds; null: there are none. */
  readonly start = $derived(this.segments[0]?.start ?? null);

  /** Why it cannot be saved; null where it can. */
  readonly wrong = $derived.by(() => this.rules.wrong(this.segments));

  readonly edges = $derived.by((): readonly Edge[] =>
    timesOf(this.segments, this.frame).map((time, index, all) => ({
      time,
      min: index === 0 ? 0 : (all[index - 1] ?? 0) + this.frame,
      max: index === all.length - 1 ? this.duration : (all[index + 1] ?? this.duration) - this.frame,
      name: (index === 0 && this.rules.start) || nameOf(time, this.segments, this.frame),
    })),
  );

  get changed(): boolean {
    return this.past.length > 0;
  }

  /** What is sent. */
  said<Kind extends string>({ kinds }: DraftRules<Kind>): { kind: Kind; start: number; end: number }[] {
    return this.segments.flatMap(({ kind, start, end }) => {
      const known = kinds.find((one) => one === kind);
      return known === undefined ? [] : [{ kind: known, start, end }];
    });
  }

  /** Moves an edge, not past its neighbours. @param remember false while it is being dragged */
  move(index: number, wanted: number, remember = true): number {
    const edge = this.edges[index];
    if (!edge) return wanted;
    const time = Math.min(Math.max(wanted, edge.min), Math.max(edge.min, edge.max));
    const at = (old: number): number => (Math.abs(old - edge.time) < this.frame / 2 ? time : old);
    const segments = this.segments.map((one) => ({ ...one, start: at(one.start), end: at(one.end) }));
    if (remember) this.change(segments);
    else this.segments = segments;
    return time;
  }

  /** To the picture that is nearest. */
  snap(time: number): number {
    const base = this.edges[0]?.time ?? 0;
    return base + Math.round((time - base) / this.frame) * this.frame;
  }

  /** Before an edge is dragged. */
  begin(): void {
    this.past = [...this.past, this.segments];
  }

  /** A part from here on: to the next one, or to the end of the part that it divides. */
  add(kind: string, at: number): void {
    const time = Math.min(Math.max(0, at), this.duration - this.frame);
    const divided = this.segments.find(({ start, end }) => start < time && time < end);
    const next = this.segments.find(({ start }) => start >= time);
    const end = divided?.end ?? Math.min(next?.start ?? this.duration, time + this.rules.longest);
    const others = this.segments.flatMap((one) => {
      if (one === divided) return [{ ...one, end: time }];
      return one.start === time ? [] : [one];
    });
    const replaced = this.segments.find(({ start }) => start === time);
    this.change([...others, { key: this.next++, kind, start: time, end: replaced?.end ?? end }]);
  }

  remove(key: number): void {
    this.change(this.segments.filter((one) => one.key !== key));
  }

  setKind(key: number, kind: string): void {
    this.change(this.segments.map((one) => (one.key === key ? { ...one, kind } : one)));
  }

  clear(): void {
    this.change([]);
  }

  takeBack(): void {
    const before = this.past.at(-1);
    if (!before) return;
    this.segments = before;
    this.past = this.past.slice(0, -1);
  }

  /** The edge that a segment begins or ends with. */
  edgeAt(time: number): number {
    return this.edges.findIndex((edge) => Math.abs(edge.time - time) < this.frame / 2);
  }

  private change(segments: readonly DraftSegment[]): void {
    this.past = [...this.past, this.segments];
    this.segments = segments.toSorted((a, b) => a.start - b.start);
  }
}

/** Where segments begin and end; neighbours share an edge. */
function timesOf(segments: readonly DraftSegment[], frame: number): number[] {
  const times = segments.flatMap(({ start, end }) => [start, end]).sort((a, b) => a - b);
  return times.filter((time, index) => index === 0 || time - (times[index - 1] ?? 0) >= frame / 2);
}

function nameOf(time: number, segments: readonly DraftSegment[], frame: number): string {
  const near = (other: number): boolean => Math.abs(other - time) < frame / 2;
  const before = segments.find(({ end }) => near(end));
  const after = segments.find(({ start }) => near(start));
  if (after && !before) return `Start of ${quoted(after)}`;
  if (before && !after) return `End of ${quoted(before)}`;
  return before && after ? `From ${quoted(before)} to ${quoted(after)}` : '';
}

const quoted = ({ kind }: DraftSegment): string => segmentName(kind).toLowerCase();
