import type { Schemas } from '../../client/index.js';

/** What the pages work with, by the contract's names. Times are seconds, boxes fractions. */

export type Box = readonly [x: number, y: number, width: number, height: number];
export type Kind = Schemas['AnalysisKind'];
export type Job = Schemas['Job'];
export type Person = Schemas['Person'];
export type PersonDetail = Schemas['PersonDetail'];
export type Title = Schemas['Title'];
export type ListedTitle = Schemas['ListedTitle'];
export type Genre = Schemas['Genre'];
export type Credits = Schemas['Credits'];
export type Billing = Schemas['Billing'];
export type BilledName = Schemas['BilledName'];
export type Segments = Schemas['Segments'];
export type EpisodePart = Schemas['EpisodePart'];
export type SkipSettings = Schemas['SkipSettings'];
export type Cast = Schemas['Cast'];
export type Sound = Schemas['Sound'];
export type Scene = Cast['scenes'][number];
export type Track = Schemas['FaceTrack'];
export type Broadcast = Schemas['Broadcast'];
export type Broadcasts = Schemas['Broadcasts'];
export type Guide = Schemas['Guide'];
export type Identified = Schemas['Identified'];
