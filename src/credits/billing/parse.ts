import { byColumns, byTurns, type Entry } from './entries.js';
import { stretchesOf, type Stretch } from './layout.js';
import { withHeadings } from './shared-roles.js';
import { songsOf } from './songs.js';
import { spelled } from './spelling.js';
import { namesIn, type Told } from './styles.js';
import type { BilledActor, BilledSong, BilledText, Billing, Row } from './types.js';

/** Rows of credits become cast, crew, companies and songs. */

/** What a heading says about the lists below it. */
type Section = 'cast' | 'songs' | null;

/** Under a heading of actors a role and its neighbours must look so much like jobs to be some: natural logarithm. */
const UNDER_CAST = 12;
/** Roles so near speak for one, each with a part of its odds. */
const NEAR = { rows: 3, weight: 0.4 };
/** Texts that look so much like a company are one. */
const COMPANY = 0.5;

const plain = ({ text, confidence, start, end }: BilledText): BilledText => ({ text, confidence, start, end });

/** Odds, natural logarithm, that a role is a job: its own and its neighbours', as a cast and a crew stand apart. */
function aroundHere(jobs: readonly (number | null)[], at: number): number {
  return jobs
    .slice(Math.max(0, at - NEAR.rows), at + NEAR.rows + 1)
    .reduce<number>(
      (sum, odds, k) => sum + (odds ?? 0) * (Math.max(0, at - NEAR.rows) + k === at ? 1 : NEAR.weight),
      0,
    );
}

class Collector {
  readonly cast: BilledActor[] = [];
  /** Those of the cast who stand under a heading of actors. */
  readonly listed = new Set<BilledActor>();
  readonly crew: { role: string; department: string | null; names: BilledText[] }[] = [];
  readonly companies: BilledText[] = [];
  readonly songs: BilledSong[] = [];
  private section: Section = null;
  private heading: Told | null = null;

  take(stretch: Stretch): void {
    switch (stretch.kind) {
      case 'columns':
        return this.add(byColumns(stretch));
      case 'grid':
        return this.add([{ role: this.heading, names: stretch.rows.flat(), sureness: 0.9 }]);
      case 'lines':
        return this.lines(stretch.groups);
    }
  }

  private under(text: Told): void {
    this.section = text.kinds.headsCast ? 'cast' : text.kinds.headsSongs ? 'songs' : null;
    this.heading = text;
  }

  /** Lines below each other: songs, headings of what follows, roles and names. */
  private lines(groups: readonly (readonly Told[])[]): void {
    const rest: (readonly Told[])[] = [];
    const flush = (): void => {
      if (rest.length > 0) this.add(byTurns(rest.splice(0), this.section === 'cast' ? null : this.heading));
    };
    for (const group of groups) {
      const song = songsOf(group, this.section === 'songs');
      const [first, ...others] = group;
      if (song !== null) {
        flush();
        this.songs.push(song);
      } else if (first!.kinds.headsCast || first!.kinds.headsSongs) {
        flush();
        this.under(first!);
        if (others.length > 0) rest.push(others);
      } else rest.push(group);
    }
    const last = rest.at(-1);
    // A lone line that looks like no name heads what follows.
    const heads = last?.length === 1 && last[0]!.nameOdds < 0 ? rest.pop()![0]! : null;
    flush();
    if (heads !== null) this.under(heads);
  }

  private add(entries: readonly Entry[]): void {
    const jobs = entries.map(({ role }) => role?.jobOdds ?? null);
    entries.forEach(({ role, names, sureness }, k) => {
      if (role === null && this.section !== 'cast') this.alone(names);
      else if (role === null || aroundHere(jobs, k) < (this.section === 'cast' ? UNDER_CAST : 0))
        this.addActors(role, names, sureness);
      else this.addCrew(role, names, sureness);
    });
  }

  /** Names of which nobody says what they did are left out, but for companies. */
  private alone(names: readonly Told[]): void {
    for (const one of names) if (one.kinds.namesCompany && one.kinds.company > COMPANY) this.companies.push(plain(one));
  }

  private addActors(role: Told | null, people: readonly Told[], sureness: number): void {
    for (const one of people)
      for (const actor of namesIn(one.text)) {
        const billed = {
          character: role === null ? null : spelled(role.text),
          actor: spelled(actor),
          confidence: one.confidence * sureness * (role?.confidence ?? 1),
          start: one.start,
          end: one.end,
        };
        this.cast.push(billed);
        if (this.section === 'cast') this.listed.add(billed);
      }
  }

  private addCrew(role: Told, people: readonly Told[], sureness: number): void {
    const names = people.flatMap((one) =>
      namesIn(one.text).map((text) => ({ ...plain(one), text: spelled(text), confidence: one.confidence * sureness })),
    );
    const department = this.heading === null || this.heading === role ? null : this.heading.text;
    const last = this.crew.at(-1);
    if (last?.role === role.text && last.department === department) last.names.push(...names);
    else this.crew.push({ role: role.text, department, names });
    this.alone(people);
  }
}

/** What the rows of credits say. What cannot be told is left out. */
export function parseBilling(rows: readonly Row[]): Billing {
  const collector = new Collector();
  for (const stretch of stretchesOf(rows)) collector.take(stretch);
  const { companies, songs, listed } = collector;
  return { ...withHeadings(collector.cast, collector.crew, (one) => listed.has(one)), companies, songs };
}
