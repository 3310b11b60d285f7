import { parseSessionAwareOptions } from '../../domain/eviction-options.ts';
import type { SessionAwareOptions } from '../../domain/eviction-options.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { ReturnModel } from './return-model.ts';
import { VisitShelves } from './visit-shelves.ts';
import type { CachedPage, Visit } from './visit.ts';
import { classOfUses, LEFTOVER_CLASS, SHARED_CLASS, TAIL_CLASS } from './visit-class.ts';

/** A page of a session, with a key that no other page of any session has. */
export interface ChainPage {
  readonly key: string;
  /** What it takes in memory. */
  readonly bytes: number;
}

/** What one touch came to. */
export interface TouchOutcome {
  /** Pages of the chain that were not in memory. */
  readonly missing: readonly string[];
  /** Pages to drop from memory now, in this order; some may be of the chain itself, when others are worth more. */
  readonly evicted: readonly string[];
}

/** How a page becomes one of a visit. */
interface Taking {
  readonly visit: Visit;
  /** How often it was used before. */
  readonly uses: number;
  /** Where the visit goes that it belonged to. */
  readonly previous: Set<Visit>;
}

/** A page that so many different pages came after is shared by sessions, such as a system prompt. */
const SHARED_FOLLOWERS = 8;
/** Ghosts for every page in memory, and some more. */
const GHOSTS_PER_PAGE = 2;
const LEAST_GHOSTS = 64;

/**
 * Decides which pages of many sessions stay in memory under one budget of bytes. A session is used as a whole, from its first page
 * on, when somebody goes on with it; so what matters is whether and when that happens. The policy learns from the sessions how long
 * they are away, by how often they have come back before, and drops what earns least for the time it would have to be kept: often
 * not the session that waits longest, but one that nobody came back to yet. Pages leave from the end of a session.
 */
export class SessionAwareCache {
  readonly maxBytes: number;
  readonly #model = new ReturnModel();
  readonly #shelves = new VisitShelves(this.#model);
  readonly #pages = new Map<string, CachedPage>();
  readonly #ghosts = new Set<Visit>();
  #usedBytes = 0;
  #residentPages = 0;
  #nowMs = 0;

  /** @throws INVALID_INPUT naming the option that is wrong. */
  constructor(options: SessionAwareOptions) {
    this.maxBytes = parseSessionAwareOptions(options).maxBytes;
  }

  /** Bytes of the pages in memory. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Pages in memory. */
  get size(): number {
    return this.#residentPages;
  }

  /** Pages that are only remembered. */
  get ghostCount(): number {
    return this.#pages.size - this.#residentPages;
  }

  /** Whether a page is in memory. */
  has(key: string): boolean {
    return this.#pages.get(key)?.isResident ?? false;
  }

  /**
   * Uses the pages of a session, all of them from the first on, and says what to load and what to drop for it.
   * @param nowMs Milliseconds; never goes back: an earlier time counts as the latest one.
   * @throws INVALID_INPUT for a page that takes no whole number of bytes, and for a time that is none.
   */
  touch(pages: readonly ChainPage[], nowMs: number): TouchOutcome {
    for (const { bytes } of pages) assertBytes(bytes);
    if (!Number.isFinite(nowMs)) throw new InvalidInput({ field: 'nowMs', expected: 'a time' });
    const chain = [...new Map(pages.map((page) => [page.key, page])).values()];
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    this.#shelves.advance(this.#nowMs);
    const missing = chain.filter(({ key }) => !this.has(key)).map(({ key }) => key);
    for (const visit of this.#takeOver(chain)) {
      this.#model.recordReached(visit.visitClass, 0);
      this.#shelves.place(visit);
    }
    if (this.#model.tick()) this.#shelves.sort();
    const evicted = this.#evict();
    this.#forgetGhosts();
    return { missing, evicted };
  }

  /** Forgets a page that no longer exists; answers whether it was in memory. */
  remove(key: string): boolean {
    const page = this.#pages.get(key);
    if (page === undefined) return false;
    const { visit } = page;
    const wasResident = page.isResident;
    this.#unplace(visit);
    if (wasResident) this.#release(page);
    this.#pages.delete(key);
    this.#keepRest(
      visit,
      visit.pages.filter((other) => other !== page),
    );
    return wasResident;
  }

  /** Makes the pages of the chain those of new visits, and ends the visits that they belonged to. */
  #takeOver(chain: readonly ChainPage[]): readonly Visit[] {
    const previous = new Set<Visit>();
    const sharedEnd = this.#findSharedEnd(chain);
    const uses = this.#countUses(chain);
    const visits: Visit[] = [];
    chain.forEach((page, index) => {
      const isShared = index < sharedEnd;
      const sessionClass = index === chain.length - 1 ? TAIL_CLASS : classOfUses(uses[index]);
      const visitClass = isShared ? SHARED_CLASS : sessionClass;
      let visit = visits.at(-1);
      if (visit === undefined || isShared || visit.visitClass !== visitClass) {
        visit = newVisit(visitClass, this.#nowMs);
        visits.push(visit);
      }
      visit.pages.push(this.#takePage(page, { visit, uses: uses[index] ?? 0, previous }));
      visit.residentCount += 1;
    });
    for (const visit of previous) this.#endVisit(visit);
    return visits;
  }

  /** So many pages of the chain are shared with other sessions. */
  #findSharedEnd(chain: readonly ChainPage[]): number {
    const known = chain.map(({ key }) => this.#pages.get(key));
    const deepest = known.findLastIndex((page) => page !== undefined);
    const last = known[deepest];
    if (last !== undefined && deepest + 1 < chain.length) last.followers += 1;
    return known.findLastIndex((page) => (page?.followers ?? 0) >= SHARED_FOLLOWERS) + 1;
  }

  /** How often each page was used before, as far as is known; no page was used less often than one after it. */
  #countUses(chain: readonly ChainPage[]): readonly number[] {
    const uses: number[] = chain.map(({ key }) => this.#pages.get(key)?.uses ?? 0);
    for (let at = chain.length - 2; at >= 0; at -= 1) {
      uses[at] = Math.max(uses[at] ?? 0, uses[at + 1] ?? 0);
    }
    return uses;
  }

  #takePage({ key, bytes }: ChainPage, { visit, uses, previous }: Taking): CachedPage {
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = { key, bytes, isResident: false, visit, uses: 0, followers: 0 };
      this.#pages.set(key, page);
    } else {
      previous.add(page.visit);
    }
    if (page.isResident) this.#usedBytes -= page.bytes;
    else this.#residentPages += 1;
    page.isResident = true;
    page.bytes = bytes;
    page.visit = visit;
    page.uses = uses + 1;
    this.#usedBytes += bytes;
    return page;
  }

  /** The session of a visit has come back; what it did not use again stays behind. */
  #endVisit(visit: Visit): void {
    this.#unplace(visit);
    this.#shelves.advanceVisit(visit, this.#nowMs);
    this.#model.recordReturn(visit.visitClass, visit.age);
    visit.visitClass = LEFTOVER_CLASS;
    visit.lastMs = this.#nowMs;
    visit.age = 0;
    const rest = visit.pages.filter((page) => page.visit === visit);
    if (this.#keepRest(visit, rest)) this.#model.recordReached(LEFTOVER_CLASS, 0);
  }

  /** Leaves a visit those of its pages that are in memory; answers false when there are none and it is gone. */
  #keepRest(visit: Visit, rest: CachedPage[]): boolean {
    for (const page of rest) if (!page.isResident) this.#forgetGhost(page);
    visit.pages = rest.filter(({ isResident }) => isResident);
    visit.residentCount = visit.pages.length;
    if (visit.residentCount === 0) return false;
    this.#shelves.place(visit);
    return true;
  }

  #unplace(visit: Visit): void {
    visit.list?.remove(visit);
    this.#ghosts.delete(visit);
  }

  #release(page: CachedPage): void {
    page.isResident = false;
    this.#usedBytes -= page.bytes;
    this.#residentPages -= 1;
  }

  /** A page of the same key that came later is another one. */
  #forgetGhost(page: CachedPage): void {
    if (this.#pages.get(page.key) === page) this.#pages.delete(page.key);
  }

  #evict(): readonly string[] {
    const evicted: string[] = [];
    while (this.#usedBytes > this.maxBytes) {
      const visit = this.#shelves.findVictim();
      if (visit === null) break;
      this.#shrink(visit, evicted);
    }
    return evicted;
  }

  /** Drops pages of a visit, the last of them first, until there is room or nothing left. */
  #shrink(visit: Visit, evicted: string[]): void {
    // The last page of a visit stays as its ghost: by it the session is known when it comes back.
    const anchor = visit.pages.at(-1);
    while (visit.residentCount > 0 && this.#usedBytes > this.maxBytes) {
      visit.residentCount -= 1;
      const page = visit.pages[visit.residentCount];
      if (page === undefined) continue;
      evicted.push(page.key);
      this.#release(page);
      if (page !== anchor) this.#pages.delete(page.key);
    }
    if (anchor === undefined || visit.residentCount > visit.pages.length / 2) return;
    visit.pages = [...visit.pages.slice(0, visit.residentCount), anchor];
    if (visit.residentCount > 0) return;
    visit.list?.remove(visit);
    this.#shelves.place(visit);
    this.#ghosts.add(visit);
  }

  #forgetGhosts(): void {
    const most = LEAST_GHOSTS + GHOSTS_PER_PAGE * this.#residentPages;
    for (const visit of this.#ghosts) {
      if (this.#ghosts.size <= most) return;
      this.#unplace(visit);
      for (const page of visit.pages) this.#forgetGhost(page);
    }
  }
}

function newVisit(visitClass: number, lastMs: number): Visit {
  return {
    visitClass,
    lastMs,
    age: 0,
    pages: [],
    residentCount: 0,
    list: null,
    older: null,
    newer: null,
  };
}

function assertBytes(bytes: number): void {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return;
  throw new InvalidInput({ field: 'bytes', expected: 'a whole number of at least 0' });
}
