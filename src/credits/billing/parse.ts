import { inColumns } from './columns.js';
import { type Said, saidBy } from './entries.js';
import { withHeadings } from './shared-roles.js';
import { spelled } from './spelling.js';
import { namesIn, type Told } from './styles.js';
import type { BilledActor, BilledSong, BilledText, Billing, Row } from './types.js';

/** Rows of credits become cast, crew, companies and songs. */

type Entry = Extract<Said, { kind: 'entry' }>;

/** Under a heading of actors a role and its neighbours must look so much like jobs to be some: natural logarithm. */
const UNDER_CAST = 12;
/** Roles so near speak for one, each with a part of its odds. */
const NEAR = { roles: 3, weight: 0.4 };
/** A heading that is so sure names a department. */
const DEPARTMENT = 0.5;
/** Texts that look so much like a company are one. */
const COMPANY = 0.5;

const plain = ({ text, confidence, start, end }: BilledText): BilledText => ({ text, confidence, start, end });

/** Jobs stand above names, characters hardly ever do: natural logarithm. */
const ABOVE = 4;

const jobOdds = ({ role, isBeside }: Entry): number | null =>
  role === null ? null : role.jobOdds + (isBeside ? 0 : ABOVE);

/** Two texts beside each other in a row of their own, as logos are: they are hardly a role and a name, unless one of them is a job. */
const LONE = 0.7;

function isLone(part: readonly Said[], at: number): boolean {
  const one = part[at]!;
  return (
    one.kind === 'entry' &&
    one.isBeside &&
    one.role?.kinds.namesJob !== true &&
    [at - 1, at + 1].every((near) => part[near] === undefined || part[near].kind === 'alone') &&
    part.length > 1
  );
}

/** Odds, natural logarithm, that a role is a job: its own and its neighbours', as a cast and a crew stand apart. */
function aroundHere(jobs: readonly (number | null)[], at: number): number {
  const from = Math.max(0, at - NEAR.roles);
  return jobs
    .slice(from, at + NEAR.roles + 1)
    .reduce<number>((sum, odds, k) => sum + (odds ?? 0) * (from + k === at ? 1 : NEAR.weight), 0);
}

class Collector {
  readonly cast: BilledActor[] = [];
  /** Those of the cast who stand under a heading of actors. */
  readonly listed = new Set<BilledActor>();
  readonly crew: { role: string; department: string | null; names: BilledText[] }[] = [];
  readonly companies: BilledText[] = [];
  readonly songs: BilledSong[] = [];
  /** Below a heading of actors. */
  private inCast = false;
  private heading: Told | null = null;

  /** A part of the credits between two headings. */
  take(part: readonly Said[]): void {
    const jobs = part.map((one) => (one.kind === 'entry' ? jobOdds(one) : null));
    for (const [k, one] of part.entries()) {
      if (one.kind === 'heading') this.under(one.text, one.sureness);
      else if (one.kind === 'song') this.songs.push(one.song);
      else if (one.kind === 'alone') this.alone([one.text]);
      else this.entry(isLone(part, k) ? { ...one, sureness: LONE * one.sureness } : one, aroundHere(jobs, k));
    }
  }

  private under(text: Told, sureness: number): void {
    this.inCast = text.kinds.headsCast;
    this.heading = sureness < DEPARTMENT ? null : text;
  }

  private entry(entry: Entry, job: number): void {
    const { role, isBeside } = entry;
    if (role === null && !this.inCast) this.alone(entry.names);
    else if (role === null || job < (this.inCast && isBeside ? UNDER_CAST : 0)) this.addActors(entry);
    else {
      // A crew that follows a cast without a heading.
      if (this.inCast) [this.inCast, this.heading] = [false, null];
      this.addCrew(role, entry);
    }
  }

  /** Names of which nobody says what they did are left out, but for companies. */
  private alone(names: readonly Told[]): void {
    for (const one of names) if (one.kinds.namesCompany && one.kinds.company > COMPANY) this.companies.push(plain(one));
  }

  private addActors({ role, names, sureness }: Entry): void {
    for (const one of names)
      for (const actor of namesIn(one.text)) {
        const billed = {
          character: role === null ? null : spelled(role.text),
          actor: spelled(actor),
          confidence: one.confidence * sureness * (role?.confidence ?? 1),
          start: one.start,
          end: one.end,
        };
        this.cast.push(billed);
        if (this.inCast) this.listed.add(billed);
      }
  }

  private addCrew(role: Told, { names: people, sureness }: Entry): void {
    const names = people.flatMap((one) =>
      namesIn(one.text).map((text) => ({ ...plain(one), text: spelled(text), confidence: one.confidence * sureness })),
    );
    const { heading } = this;
    // What heads one card says nothing of the next.
    const department = heading === null || heading.page !== role.page ? null : heading.text;
    const last = this.crew.at(-1);
    if (last?.role === role.text && last.department === department) last.names.push(...names);
    else this.crew.push({ role: role.text, department, names });
    this.alone(people);
  }
}

/** Parts of what is said: each begins with a heading. */
function partsOf(said: readonly Said[]): Said[][] {
  const parts: Said[][] = [[]];
  for (const one of said) {
    if (one.kind === 'heading') parts.push([]);
    parts.at(-1)!.push(one);
  }
  return parts;
}

/** What the rows of credits say. What cannot be told is left out. */
export function parseBilling(rows: readonly Row[]): Billing {
  const collector = new Collector();
  for (const part of partsOf(saidBy(inColumns(rows)))) collector.take(part);
  const { companies, songs, listed } = collector;
  return { ...withHeadings(collector.cast, collector.crew, (one) => listed.has(one)), companies, songs };
}
