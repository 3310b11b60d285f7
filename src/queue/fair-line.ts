import { JOB_PRIORITIES, type JobPriority } from './job.ts';

/** What stands in the line. */
interface Waiting {
  readonly id: string;
  readonly tenant: string;
  readonly priority: JobPriority;
}

/** Those who wait: by class, then one of each tenant in turn, then in the order in which they came. */
export class FairLine<T extends Waiting> {
  /** Tenants stand in the order of their turns; a map keeps it. */
  readonly #turns: Readonly<Record<JobPriority, Map<string, Map<string, T>>>> = {
    high: new Map(),
    normal: new Map(),
    low: new Map(),
  };
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Puts one at the end of its tenant's part of the line. */
  add(one: T): void {
    const turns = this.#turns[one.priority];
    const own = turns.get(one.tenant) ?? new Map<string, T>();
    turns.set(one.tenant, own.set(one.id, one));
    this.#size += 1;
  }

  /** Takes out whose turn it is; null when nobody waits. */
  next(): T | null {
    for (const priority of JOB_PRIORITIES) {
      const turns = this.#turns[priority];
      const [turn] = turns;
      if (turn === undefined) continue;
      const [tenant, own] = turn;
      const [first] = own.values();
      if (first === undefined) throw new TypeError('a tenant in the line has somebody waiting');
      this.remove(first);
      // The tenant's next one waits until every other tenant has had a turn.
      if (turns.delete(tenant)) turns.set(tenant, own);
      return first;
    }
    return null;
  }

  /** Takes one out that need not wait any more. */
  remove({ id, tenant, priority }: T): void {
    const turns = this.#turns[priority];
    const own = turns.get(tenant);
    if (own?.delete(id) !== true) return;
    this.#size -= 1;
    if (own.size === 0) turns.delete(tenant);
  }

  /** Everybody who waits, in no order that matters. */
  *[Symbol.iterator](): Generator<T> {
    for (const turns of Object.values(this.#turns))
      for (const own of turns.values()) yield* own.values();
  }
}
