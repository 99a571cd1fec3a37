import { boxAt, type Sample } from './geometry.js';

/** What the overlay asks the service: the cast ahead of a pause, so that a pause asks nothing. */

type By = 'face' | 'body' | 'scene';
type Perhaps = { readonly personId: string; readonly name: string | null } | null;

export interface OverlayTrack {
  readonly id: string;
  readonly track: string | null;
  readonly by: By;
  readonly perhaps: Perhaps;
  readonly start: number;
  readonly end: number;
  readonly personId: string | null;
  readonly name: string | null;
  readonly label: string | null;
  readonly confidence: number;
  readonly samples: readonly Sample[];
}

/** Somebody on screen, or in the scene. */
export interface Seen {
  readonly personId: string | null;
  readonly name: string | null;
  readonly label: string | null;
  readonly role: string | null;
  readonly confidence: number;
}
export interface OnScreen extends Seen {
  /** Of somebody's stretch on screen. */
  readonly id: string;
  /** For corrections: the face track; null where no face was seen. */
  readonly track: string | null;
  /** What tells who it is: a face in view, a face seen before on this body, clothes worn in the scene. */
  readonly by: By;
  /** Who it may be, where that is not sure enough for a name. */
  readonly perhaps: Perhaps;
  /** Of the face, or the head: `[x, y, width, height]`, fractions of the frame. */
  readonly box: readonly [number, number, number, number];
}
export interface Moment {
  /** Seconds. */
  readonly at: number;
  readonly onScreen: readonly OnScreen[];
  /** Who is in the scene, but not in this picture. */
  readonly inScene: readonly Seen[];
}
export interface CreditsTimes {
  readonly start: number | null;
  readonly nextEpisodeAt: number | null;
  /** Where a scene follows the credits. */
  readonly sceneAfter: number | null;
}

export type SkipMode = 'offer' | 'auto' | 'never';
/** Of an episode: what viewers pass over. */
export interface SkippedPart {
  readonly kind: 'intro' | 'recap' | 'preview';
  readonly start: number;
  readonly end: number;
  readonly skip: SkipMode;
}

interface SegmentsAnswer {
  readonly segments: readonly {
    readonly kind: string;
    readonly start: number;
    readonly end: number;
    readonly sure: boolean;
    readonly skip: SkipMode | null;
  }[];
  readonly skip: { readonly credits: SkipMode };
}
interface SceneAnswer {
  readonly start: number;
  readonly end: number;
  readonly cast: readonly (Omit<Seen, 'role'> & { readonly personId: string })[];
}
interface CreditsAnswer {
  readonly creditsStart: number | null;
  readonly nextEpisodeAt: number | null;
  readonly sure: boolean;
  readonly segments: readonly { readonly kind: string; readonly start: number }[];
}
interface TitleAnswer {
  readonly metadata: { readonly cast?: readonly { readonly name: string; readonly role: string | null }[] };
}

/** Seconds of one request. */
const STRETCH = 60;

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export class OverlaySource {
  private readonly stretches = new Map<number, Promise<readonly OverlayTrack[]>>();
  private readonly loaded = new Map<number, readonly OverlayTrack[]>();
  private hasCast = false;
  private scenes: readonly SceneAnswer[] = [];
  private roles: ReadonlyMap<string, string> = new Map();
  credits: CreditsTimes = { start: null, nextEpisodeAt: null, sceneAfter: null };
  /** What of it is sure, in order of time. */
  parts: readonly SkippedPart[] = [];
  readonly ready: Promise<void>;

  /**
   * @param api where the service is; empty: this page's own
   * @param key an API key with the scope `read`, where the service wants one and this page has no session
   */
  constructor(
    private readonly api: string,
    private readonly title: string,
    private readonly key: string | null,
  ) {
    this.ready = this.open();
  }

  /** Asks for the stretch at a time and the one after it. */
  prepare(time: number): Promise<unknown> {
    const first = Math.floor(time / STRETCH);
    return Promise.all([this.stretch(first), this.stretch(first + 1)]);
  }

  /** Who is there, from what has been asked for; null while it is on its way. */
  momentAt(time: number): Moment | null {
    const tracks = this.loaded.get(Math.floor(time / STRETCH));
    if (!tracks) return null;
    const onScreen = tracks
      .filter(({ start, end }) => start <= time && time < end)
      // of people with their back turned of whom nothing can be said, nothing is
      .filter(({ by, personId, perhaps }) => by === 'face' || personId !== null || perhaps !== null)
      .flatMap(({ start: _start, end: _end, samples, ...who }): OnScreen[] => {
        const box = boxAt(samples, time);
        return box ? [{ ...who, role: this.roleOf(who.name), box }] : [];
      })
      .sort((a, b) => b.confidence - a.confidence);
    const there = new Set(onScreen.map(({ personId }) => personId));
    const scene = this.scenes.find(({ start, end }) => start <= time && time < end);
    const inScene = (scene?.cast ?? [])
      .filter(({ personId }) => !there.has(personId))
      .map(({ personId, name, label, confidence }) => ({ personId, name, label, confidence, role: this.roleOf(name) }));
    return { at: time, onScreen, inScene };
  }

  private roleOf(name: string | null): string | null {
    return (name !== null && this.roles.get(fold(name))) || null;
  }

  private stretch(index: number): Promise<readonly OverlayTrack[]> {
    const known = this.stretches.get(index);
    if (known) return known;
    const path = `tracks?everybody=true&start=${index * STRETCH}&end=${(index + 1) * STRETCH}`;
    // faces that were not looked at yet cannot be had
    const asked = this.ready
      .then(() => (this.hasCast ? this.get<{ items: readonly OverlayTrack[] }>(path) : null))
      .then((body) => body?.items ?? [])
      .then((items) => (this.loaded.set(index, items), items))
      .catch(() => (this.stretches.delete(index), []));
    this.stretches.set(index, asked);
    return asked;
  }

  private async open(): Promise<void> {
    const [stored, segments, title] = await Promise.all([
      this.get<{ analyses: readonly { kind: string; result: unknown }[] }>('analyses').catch(() => null),
      this.get<SegmentsAnswer>('segments').catch(() => null),
      this.get<TitleAnswer>('').catch(() => null),
    ]);
    const resultOf = <T>(kind: string): T | null =>
      (stored?.analyses.find((one) => one.kind === kind)?.result as T | undefined) ?? null;
    const cast = resultOf<{ scenes: SceneAnswer[] }>('cast');
    this.hasCast = cast !== null;
    this.scenes = cast?.scenes ?? [];
    const credits = resultOf<CreditsAnswer>('credits');
    this.parts = (segments?.segments ?? []).flatMap(({ kind, start, end, sure, skip }) =>
      sure && skip !== null && (kind === 'intro' || kind === 'recap' || kind === 'preview')
        ? [{ kind, start, end, skip }]
        : [],
    );
    if (credits?.sure && credits.creditsStart !== null && segments?.skip.credits !== 'never') {
      const { creditsStart: start, nextEpisodeAt, segments } = credits;
      const sceneAfter = segments.find(({ kind }) => kind === 'scene-after')?.start ?? null;
      this.credits = { start, nextEpisodeAt, sceneAfter };
    }
    this.roles = new Map((title?.metadata.cast ?? []).flatMap(({ name, role }) => (role ? [[fold(name), role]] : [])));
  }

  private async get<T>(path: string): Promise<T | null> {
    const url = `${this.api}/v1/titles/${encodeURIComponent(this.title)}${path && '/'}${path}`;
    const headers: HeadersInit = this.key ? { Authorization: `Bearer ${this.key}` } : {};
    const response = await fetch(url, { headers, credentials: this.key ? 'omit' : 'same-origin' });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`The service answered ${response.status}`);
    return (await response.json()) as T;
  }
}
