import { InvalidInput } from '../../domain/errors.ts';
import type { StorageTier } from '../../domain/page.ts';
import { decodePages, encodePages } from './index-codec.ts';
import { NO_SLOT } from './indexed-pages.ts';
import type { PageEntry } from './indexed-pages.ts';
import { idTerms, PageScoring, queryWeights } from './page-scoring.ts';
import type { SearchHit } from './page-scoring.ts';
import { assertFilter, toIndexedPage } from './search-page.ts';
import type { SearchFilter, SearchPage } from './search-page.ts';
import { searchTerms } from './search-terms.ts';

/** Bounds and constants of a {@link SearchIndex}. */
export interface SearchIndexOptions {
  /** Pages at most; the oldest leave the index for new ones. Default 100,000. */
  readonly maxPages?: number | undefined;
  /** Postings (one for each distinct term of a page) at most; the oldest pages leave, the newest stays in any case. Default 4,000,000, which is 56 MB. */
  readonly maxPostings?: number | undefined;
  /** How much of a page is indexed, in UTF-16 units from its beginning. Default 262,144. */
  readonly maxPageLength?: number | undefined;
  /** How soon repetition of a term in a page stops to count (BM25's k1). Default 1.2. */
  readonly k1?: number | undefined;
  /** How much the length of a page counts against it (BM25's b), 0 to 1. Default 0.75. */
  readonly b?: number | undefined;
}

/** What to find. */
export interface SearchOptions {
  /** Hits at most, from 1 to 1,000. Default 5. */
  readonly limit?: number | undefined;
  readonly filter?: SearchFilter | undefined;
}

/** What an index holds. */
export interface SearchIndexStats {
  readonly pages: number;
  readonly terms: number;
  readonly postings: number;
  /** Pages that left because of a limit; they can no longer be found, though nothing else about them changed. */
  readonly dropped: number;
  /** Bytes of the typed arrays; page ids and terms come on top. */
  readonly byteLength: number;
}

type Settings = { readonly [Key in keyof SearchIndexOptions]-?: number };

const DEFAULTS: Settings = {
  maxPages: 100_000,
  maxPostings: 4_000_000,
  maxPageLength: 262_144,
  k1: 1.2,
  b: 0.75,
};
const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 5;

let readScoring: (index: SearchIndex) => PageScoring;

/**
 * Finds pages of one session by their words: an inverted index with BM25 (S. Robertson and H. Zaragoza, "The Probabilistic
 * Relevance Framework", 2009) over texts and page ids. A search costs time in proportion to the postings of its terms. Equal
 * scores are ordered by place in the conversation, later pages first.
 */
export class SearchIndex {
  static {
    readScoring = (index) => index.#scoring;
  }

  readonly #settings: Settings;
  readonly #scoring: PageScoring;
  #dropped = 0;

  /** @throws InvalidInput when an option is out of range. */
  constructor(options: SearchIndexOptions = {}) {
    this.#settings = toSettings(options);
    this.#scoring = new PageScoring(this.#settings);
  }

  /**
   * An index from what {@link SearchIndex.encode} gave; limits and constants are those of the options.
   * @throws PagefoldError CORRUPT_RECORD, SCHEMA_TOO_NEW
   */
  static decode(bytes: Uint8Array, options: SearchIndexOptions = {}): SearchIndex {
    const index = new SearchIndex(options);
    for (const entry of decodePages(bytes)) index.#append(entry);
    return index;
  }

  /** How many pages can be found. */
  get size(): number {
    return this.#scoring.pages.size;
  }

  /** What the index holds and what it costs. */
  get stats(): SearchIndexStats {
    const { termCount, liveCount, byteLength } = this.#scoring.pages.postings;
    return {
      pages: this.size,
      terms: termCount,
      postings: liveCount,
      dropped: this.#dropped,
      byteLength,
    };
  }

  /** Whether a page can be found. */
  has(id: string): boolean {
    return this.#scoring.pages.slotOf(id) !== NO_SLOT;
  }

  /**
   * Adds a page at the end of the conversation; the oldest pages leave when a limit is passed.
   * @throws InvalidInput when there is a page with this id.
   */
  add(page: SearchPage): void {
    if (this.has(page.id)) {
      throw new InvalidInput({ field: 'id', expected: 'an id that the index does not have' });
    }
    this.#append(this.#read(page));
  }

  /** Replaces what is known of a page and keeps its place in the conversation; false when there is no such page. */
  update(page: SearchPage): boolean {
    if (!this.has(page.id)) return false;
    this.#scoring.pages.replace(this.#read(page));
    this.#dropExcess();
    return true;
  }

  /** Notes where a page lives now; false when there is no such page. */
  move(id: string, tier: StorageTier): boolean {
    const slot = this.#scoring.pages.slotOf(id);
    this.#scoring.pages.move(slot, tier);
    return slot !== NO_SLOT;
  }

  /** Takes a page out; false when there is no such page. */
  remove(id: string): boolean {
    const isKnown = this.has(id);
    if (isKnown) this.#scoring.pages.remove(this.#scoring.pages.slotOf(id));
    return isKnown;
  }

  /**
   * The pages that match any word of a query, best first; a page whose id is one of the query's words comes before all others.
   * @throws InvalidInput when the limit is no whole number from 1 to 1,000, or the filter names what no page can be.
   */
  search(query: string, options: SearchOptions = {}): readonly SearchHit[] {
    const limit = searchLimit(options.limit);
    const { filter = {} } = options;
    assertFilter(filter);
    const named = this.#namedIn(query);
    return this.#scoring.find({ weights: queryWeights(query), limit, filter, named });
  }

  /**
   * How many pages match any word of a query, found within a limit or not.
   * @throws InvalidInput when the filter names what no page can be.
   */
  count(query: string, filter: SearchFilter = {}): number {
    assertFilter(filter);
    const named = this.#namedIn(query);
    return this.#scoring.count({ weights: queryWeights(query), filter, named });
  }

  /** The ids of at most so many of the latest pages of the conversation, without some; the latest first. */
  latest(limit: number, except: ReadonlySet<string>): readonly string[] {
    const { pages } = this.#scoring;
    const ids: string[] = [];
    for (let slot = pages.last; slot !== NO_SLOT && ids.length < limit; slot = pages.before(slot)) {
      const id = pages.at(slot)?.page.id;
      if (id !== undefined && !except.has(id)) ids.push(id);
    }
    return ids;
  }

  /** All of the index as bytes that begin with their version. */
  encode(): Uint8Array {
    return encodePages(this.#scoring.pages.entries());
  }

  #read(page: SearchPage): PageEntry {
    const terms = searchTerms(page.text.slice(0, this.#settings.maxPageLength));
    const counts = countTerms(terms);
    for (const term of idTerms(page.id)) counts.set(term, 1);
    return { page: toIndexedPage(page), length: terms.length, terms: counts };
  }

  #append(entry: PageEntry): void {
    this.#scoring.pages.append(entry);
    this.#dropExcess();
  }

  #dropExcess(): void {
    const { maxPages, maxPostings } = this.#settings;
    while (
      this.size > maxPages ||
      (this.#scoring.pages.postings.liveCount > maxPostings && this.size > 1)
    ) {
      this.#scoring.pages.remove(this.#scoring.pages.first);
      this.#dropped += 1;
    }
  }

  #namedIn(query: string): ReadonlySet<number> {
    const words = [query.trim(), ...query.split(/\s+/)].filter((word) => word.length > 0);
    return new Set(
      words.map((word) => this.#scoring.pages.slotOf(word)).filter((slot) => slot !== NO_SLOT),
    );
  }
}

function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/**
 * The limit of a search, 5 when none is given.
 * @throws InvalidInput
 */
export function searchLimit(limit: number | undefined): number {
  const wanted = limit ?? DEFAULT_LIMIT;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= MAX_LIMIT) return wanted;
  const expected = `a whole number from 1 to ${MAX_LIMIT}`;
  throw new InvalidInput({ field: 'limit', expected });
}

function toSettings(options: SearchIndexOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: Settings = { ...DEFAULTS, ...Object.fromEntries(given) };
  for (const field of ['maxPages', 'maxPostings', 'maxPageLength'] as const) {
    if (!(settings[field] >= 1)) throw new InvalidInput({ field, expected: 'at least 1' });
  }
  if (!(settings.k1 >= 0)) throw new InvalidInput({ field: 'k1', expected: 'at least 0' });
  if (!(settings.b >= 0 && settings.b <= 1)) {
    throw new InvalidInput({ field: 'b', expected: 'a number from 0 to 1' });
  }
  return settings;
}

/** What ranking works on: pages where they stand, and their scores. Users of it change nothing. */
export function scoringOf(index: SearchIndex): PageScoring {
  return readScoring(index);
}
