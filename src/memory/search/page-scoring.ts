import { IndexedPages } from './indexed-pages.ts';
import type { PageSlot } from './indexed-pages.ts';
import { ScoreScratch } from './score-scratch.ts';
import { passesFilter } from './search-page.ts';
import type { IndexedPage, SearchFilter } from './search-page.ts';
import { searchTerms } from './search-terms.ts';
import { TopList } from './top-list.ts';

/** Weights of terms, as a query holds them. */
export type TermWeights = ReadonlyMap<string, number>;

/** Scores by slot; `touched` lists the slots that have one, and only of these the score means anything. */
export interface SlotScores {
  readonly scores: Float64Array;
  readonly touched: readonly number[];
}

/** A page that was found. */
export interface SearchHit {
  readonly page: IndexedPage;
  /** BM25; comparable within one search only. */
  readonly score: number;
  /** From 0 to 1: the score against the best of this search, and 1 for a page that the query names. */
  readonly relevance: number;
}

/** The constants of BM25. */
export interface ScoringConstants {
  readonly k1: number;
  readonly b: number;
}

/** Terms to find, and how. */
export interface FindRequest {
  readonly weights: TermWeights;
  readonly limit: number;
  readonly filter?: SearchFilter | undefined;
  /** Slots that come before all others, whatever they match. */
  readonly named?: ReadonlySet<number> | undefined;
  /** See {@link PageScoring.score}. */
  readonly maxPostings?: number | undefined;
}

/** Postings that are looked at for the words of one message at most, whatever the length of its conversation. */
export const MESSAGE_POSTINGS = 4_096;
/** Terms of ids are kept apart from those of texts by a character that no term has. */
const ID_MARK = '#';
const ID_WEIGHT = 2;
/** The newest pages that hold a term count, however common it is. */
const MIN_POSTINGS = 64;
/** Numbers and random digits of ids would match by accident. */
const ID_TERM = /^\p{L}{3,}$/u;

/** BM25 over pages where they stand. */
export class PageScoring {
  readonly pages: IndexedPages = new IndexedPages();
  readonly #constants: ScoringConstants;
  readonly #scratch = new ScoreScratch();

  constructor(constants: ScoringConstants) {
    this.#constants = constants;
  }

  /**
   * The scores of all pages that hold any of the terms, in time proportional to their postings. With more than `maxPostings` of
   * them the rarest terms come first, and of those that tell least only the newest pages count. With `known`, they are added to
   * scores of other terms, which are used up.
   */
  score(
    weights: TermWeights,
    maxPostings: number = Infinity,
    known: SlotScores = { scores: this.takeScores(), touched: [] },
  ): SlotScores {
    const { scores } = known;
    const touched = [...known.touched];
    const meanLength = this.pages.totalLength / Math.max(1, this.pages.size) || 1;
    const { k1, b } = this.#constants;
    for (const { term, weight, limit } of this.#shares(weights, maxPostings)) {
      const factor = weight * this.rarity(term);
      const isId = !isTextTerm(term);
      this.pages.postings.visit(
        term,
        (slot, count, length) => {
          const norm = isId ? 1 : 1 - b + (b * length) / meanLength;
          const saturated = (count * (k1 + 1)) / (count + k1 * norm);
          const before = scores[slot] ?? 0;
          if (before === 0) touched.push(slot);
          scores[slot] = before + factor * saturated;
        },
        limit,
      );
    }
    return { scores, touched };
  }

  /** Room for a score of every slot, all of them 0; see {@link release}. */
  takeScores(): Float64Array {
    return this.#scratch.take(this.pages.slotCount);
  }

  /** Gives scores back that nobody reads any more; without that they are made anew, which takes the longer the more pages there are. */
  release({ scores, touched }: SlotScores): void {
    this.#scratch.giveBack(scores, touched);
  }

  /** How many postings of each term are visited. */
  #shares(weights: TermWeights, maxPostings: number): readonly TermShare[] {
    const { postings } = this.pages;
    const terms = [...weights].map(([term, weight]) => ({
      term,
      weight,
      frequency: postings.frequencyOf(term),
    }));
    const all = terms.reduce((sum, { frequency }) => sum + frequency, 0);
    if (all <= maxPostings) return terms.map((term) => ({ ...term, limit: Infinity }));
    let left = maxPostings;
    return terms
      .toSorted((one, other) => one.frequency - other.frequency)
      .map((term) => {
        const limit = Math.max(MIN_POSTINGS, left);
        left -= term.frequency;
        return { ...term, limit };
      });
  }

  /** How much a term tells (BM25's idf): the rarer, the more. */
  rarity(term: string): number {
    const frequency = this.pages.postings.frequencyOf(term);
    return Math.log(1 + (this.pages.size - frequency + 0.5) / (frequency + 0.5));
  }

  /** The best pages for some terms, ranked before they are cut; of equals the later page is better. */
  find({
    weights,
    limit,
    filter = {},
    named = new Set(),
    maxPostings,
  }: FindRequest): readonly SearchHit[] {
    const { scores, touched } = this.score(weights, maxPostings);
    const top = new TopList<Found>(limit, isBetter);
    const offer = (slot: number, isNamed: boolean): void => {
      const score = scores[slot] ?? 0;
      // Most pages match a common word only and are passed over here.
      if (!isNamed && score < (top.worst?.score ?? 0)) return;
      const found = this.pages.at(slot);
      if (found === null || !passesFilter(found.page, filter)) return;
      top.offer({ page: found.page, order: found.order, score, isNamed });
    };
    for (const slot of named) offer(slot, true);
    for (const slot of touched) if (!named.has(slot)) offer(slot, false);
    this.release({ scores, touched });
    const hits = top.toSorted();
    const best = hits.reduce((most, { score }) => Math.max(most, score), 0);
    return hits.map(({ page, score, isNamed }) => ({
      page,
      score,
      relevance: isNamed ? 1 : score / best,
    }));
  }

  /** How many pages {@link find} would give without a limit. */
  count({
    weights,
    filter = {},
    named = new Set(),
  }: Pick<FindRequest, 'filter' | 'named' | 'weights'>): number {
    const slots = new Set(named);
    for (const term of weights.keys()) this.pages.postings.visit(term, (slot) => slots.add(slot));
    let count = 0;
    for (const slot of slots) {
      const found = this.pages.at(slot);
      if (found !== null && passesFilter(found.page, filter)) count += 1;
    }
    return count;
  }
}

interface TermShare {
  readonly term: string;
  readonly weight: number;
  /** Postings at most. */
  readonly limit: number;
}

interface Found extends Pick<PageSlot, 'page' | 'order'> {
  readonly score: number;
  readonly isNamed: boolean;
}

/** Whether a term comes from a text and not from a page's id. */
export function isTextTerm(term: string): boolean {
  return !term.startsWith(ID_MARK);
}

/** The terms of a query with their weights; words of ids weigh twice as much. */
export function queryWeights(query: string): TermWeights {
  const weights = new Map<string, number>();
  for (const term of searchTerms(query)) weights.set(term, 1);
  for (const term of idTerms(query)) weights.set(term, ID_WEIGHT);
  return weights;
}

/** The words of an id as terms. */
export function idTerms(id: string): ReadonlySet<string> {
  return new Set(
    searchTerms(id)
      .filter((term) => ID_TERM.test(term))
      .map((term) => ID_MARK + term),
  );
}

function isBetter(left: Found, right: Found): boolean {
  if (left.isNamed !== right.isNamed) return left.isNamed;
  return left.score === right.score ? left.order > right.order : left.score > right.score;
}
