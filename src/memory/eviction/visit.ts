/** A page as the cache knows it: whose it is, and whether its content is in memory. */
export interface CachedPage {
  readonly key: string;
  bytes: number;
  isResident: boolean;
  /** The visit that touched it last. */
  visit: Visit;
  /** How often it was used, as far as is known. */
  uses: number;
  /** How many different pages came right after it. */
  followers: number;
}

/** Pages of a session that were used last at the same time, and equally often before: they will be used again together, or not. */
export interface Visit {
  visitClass: number;
  lastMs: number;
  /** Step of its age, see `ReturnModel`. */
  age: number;
  /** In the order of the chain. */
  pages: CachedPage[];
  /** The first so many of its pages are in memory; it is a ghost when there are none. */
  residentCount: number;
  list: VisitList | null;
  older: Visit | null;
  newer: Visit | null;
}

/** Visits in the order in which they came, each in one list at most. */
export class VisitList {
  oldest: Visit | null = null;
  #newest: Visit | null = null;

  append(visit: Visit): void {
    visit.list = this;
    visit.older = this.#newest;
    visit.newer = null;
    if (this.#newest === null) this.oldest = visit;
    else this.#newest.newer = visit;
    this.#newest = visit;
  }

  remove(visit: Visit): void {
    if (visit.older === null) this.oldest = visit.newer;
    else visit.older.newer = visit.newer;
    if (visit.newer === null) this.#newest = visit.older;
    else visit.newer.older = visit.older;
    visit.list = null;
  }
}
