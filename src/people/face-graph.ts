import { setTimeout } from 'node:timers/promises';
import type { Index } from 'usearch';

/** Somebody with a vector of unit length. Another vector is another array, never the same one changed. */
export interface Placed {
  readonly id: string;
  readonly mean: Float32Array;
}

/** Edges of a node, and how widely its place is looked for: bench/people-many.ts tells what they cost and what they miss. */
const CONNECTIVITY = 24;
const EXPANSION = 64;
/** Put in without a pause, milliseconds apart. Among a million it takes some 20 ms, and meanwhile the process does nothing else. */
const AT_ONCE = 64;
const PAUSE = 1;
const ALL_CORES = 0;
/** So few that wait are compared one by one. */
const FEW = 1000;

/**
 * Finds those who are nearest among very many, nearly always all of them: a navigable small-world graph (Malkov and
 * Yashunin 2018) by usearch. It lives in memory alone and follows the people as they change. Those who have gone are taken out
 * before anything else happens, and their vectors overwritten; those who have come wait to be put in, while the process has
 * time, and is compared meanwhile.
 */
export class FaceGraph<T extends Placed> {
  private graph: Index;
  private readonly keys = new Map<string, bigint>();
  private readonly owners = new Map<bigint, T>();
  private readonly waiting = new Map<string, T>();
  /** Keys of places that hold nobody's vector. */
  private readonly blank: bigint[] = [];
  private lastKey = 0n;
  private filling = false;

  private constructor(
    private readonly make: () => Index,
    private readonly columns: number,
  ) {
    this.graph = make();
  }

  /** @throws Error where there is no usearch for this machine */
  static async open<T extends Placed>(columns: number): Promise<FaceGraph<T>> {
    // Loaded when it is needed: a machine that it was not built for can do without while galleries are small.
    const { Index, MetricKind, ScalarKind } = await import('usearch');
    return new FaceGraph<T>(
      () =>
        new Index({
          dimensions: columns,
          metric: MetricKind.IP,
          quantization: ScalarKind.I8,
          connectivity: CONNECTIVITY,
          expansion_add: EXPANSION,
          expansion_search: EXPANSION,
          multi: false,
        }),
      columns,
    );
  }

  /** From now on these are the people, and nobody else is found. */
  follow(people: readonly T[]): void {
    const wanted = new Map(people.map((one) => [one.id, one]));
    const gone = [...this.owners].filter(([, { id, mean }]) => wanted.get(id)?.mean !== mean);
    if (gone.length > this.owners.size / 2) this.clear();
    else for (const [key, { id }] of gone) this.takeOut(key, id);
    for (const id of this.waiting.keys()) if (!wanted.has(id)) this.waiting.delete(id);
    for (const one of people) {
      const key = this.keys.get(one.id);
      if (key === undefined) this.waiting.set(one.id, one);
      else this.owners.set(key, one);
    }
    void this.fill();
  }

  /** Whether it is to be asked: most people are in it. */
  get ready(): boolean {
    return this.waiting.size <= FEW;
  }

  /** Whether everybody is in it. */
  get complete(): boolean {
    return this.waiting.size === 0;
  }

  /** The nearest, and those who wait, in no order. @param count of the nearest */
  nearest(vector: Float32Array, count: number): T[] {
    const found = this.owners.size === 0 ? [] : [...this.graph.search(vector, count, 1).keys];
    return [...found.flatMap((key) => this.owners.get(key) ?? []), ...this.waiting.values()];
  }

  private clear(): void {
    this.graph = this.make();
    this.keys.clear();
    this.owners.clear();
    this.blank.length = 0;
  }

  /** The library leaves the vector of a node that is taken out where it is until another one takes its place. */
  private takeOut(key: bigint, id: string): void {
    this.graph.remove(key);
    this.owners.delete(key);
    this.keys.delete(id);
    const blank = ++this.lastKey;
    this.graph.add(blank, new Float32Array(this.columns), 1);
    this.blank.push(blank);
  }

  private async fill(): Promise<void> {
    if (this.filling) return;
    this.filling = true;
    while (this.waiting.size > 0) {
      // Nobody waits for this: it does not keep a process alive.
      await setTimeout(PAUSE, undefined, { ref: false });
      this.putIn(firstOf(this.waiting.values(), AT_ONCE));
    }
    this.filling = false;
  }

  private putIn(people: readonly T[]): void {
    const keys = new BigUint64Array(people.length);
    const rows = new Float32Array(people.length * this.columns);
    for (const [i, one] of people.entries()) {
      const blank = this.blank.pop();
      if (blank !== undefined) this.graph.remove(blank);
      keys[i] = ++this.lastKey;
      rows.set(one.mean, i * this.columns);
      this.owners.set(keys[i]!, one);
      this.keys.set(one.id, keys[i]!);
      this.waiting.delete(one.id);
    }
    this.graph.add(keys, rows, ALL_CORES);
  }
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) if (first.push(item) === count) break;
  return first;
}
