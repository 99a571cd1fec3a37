import type { paths } from '../../client/schema.js';

/** What the pages work with, taken from the contract; what it says only loosely is said here. Times are seconds, boxes fractions. */

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never;
type Get<Path extends keyof paths> = paths[Path] extends { get: infer Operation } ? Ok<Operation> : never;

export type Box = readonly [x: number, y: number, width: number, height: number];
export type Kind = 'genre' | 'credits' | 'cast' | 'shots';

export type Job = Get<'/v1/jobs'>['items'][number];
export type Person = Get<'/v1/people'>['items'][number];
export type PersonDetail = Get<'/v1/people/{id}'>;

/** Of a library's list. */
export interface Summary {
  readonly kinds: readonly Kind[];
  readonly top3: readonly string[];
  readonly job: Job | null;
  readonly error: { readonly message: string } | null;
}
export type Title = Get<'/v1/titles/{id}'> & { readonly summary?: Partial<Summary> };

export type Genre = Get<'/v1/titles/{id}/genre'> & {
  readonly sure: boolean;
  readonly evidence: readonly { readonly genre: string; readonly times: readonly number[] }[];
};
export interface Segment {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly evidence?: string;
}
export interface Credits {
  readonly creditsStart: number | null;
  readonly nextEpisodeAt: number | null;
  readonly frame: number | null;
  readonly timecode: string | null;
  readonly smpte: string | null;
  readonly confidence: number;
  readonly sure: boolean;
  readonly reason: string | null;
  readonly segments: readonly Segment[];
  readonly episodes?: { readonly agreeing: number; readonly reason: string };
}

export interface Member {
  readonly personId: string;
  readonly name: string | null;
  readonly label: string | null;
  readonly confidence: number;
  readonly screenTime: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}
export interface Scene {
  readonly start: number;
  readonly end: number;
  readonly shots: number;
  readonly passersBy: number;
  readonly cast: readonly Member[];
}
export interface Cast {
  readonly scenes: readonly Scene[];
  readonly shots: readonly { readonly start: number; readonly end: number }[];
  readonly people: readonly (Member & { readonly bestFrame: { readonly time: number; readonly box: Box } })[];
}
export type Track = Get<'/v1/titles/{id}/tracks'>['items'][number];
export type Identified = Extract<
  paths['/v1/identify']['post']['responses'][200]['content']['application/json'],
  object
>;
