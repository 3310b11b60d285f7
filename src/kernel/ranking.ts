import {
  MAX_RANKED,
  MAX_RANKED_PAGES,
  POSTING_MAX,
  POSTING_STRIDE,
  STATUS_BAD_VALUE,
  STATUS_OK,
} from '../../assembly/shared/layout.ts';
import { PagefoldError } from '../domain/errors.ts';

/** Words of a posting. */
const POSTING_WORDS = POSTING_STRIDE / Uint32Array.BYTES_PER_ELEMENT;

/** One term of a query. */
export interface RankedTerm {
  /** Two numbers for each page that has the term, as `encodePosting` makes them. */
  readonly postings: Uint32Array;
  /** `(k1 + 1) · idf`. */
  readonly weight: number;
}

/** What is searched for: the score of a page is the sum of `weight · f / (f + base + slope · length)` over the terms. */
export interface RankingQuery {
  /** Pages are numbered from 0 up to this. */
  readonly pageCount: number;
  readonly terms: readonly RankedTerm[];
  /** `k1 · (1 - b)`. */
  readonly lengthBase: number;
  /** `k1 · b / mean length`. */
  readonly lengthSlope: number;
  /** How many pages to return, at most 1024. */
  readonly limit: number;
}

/** A page that was found. */
export interface RankedPage {
  readonly page: number;
  readonly score: number;
}

/** Writes a posting as two numbers; frequencies and lengths above 65535 count as that. */
export function encodePosting(
  page: number,
  frequency: number,
  length: number,
): readonly [page: number, counts: number] {
  const counts = Math.min(frequency, POSTING_MAX) + Math.min(length, POSTING_MAX) * 0x10000;
  return [page, counts];
}

/**
 * Checks the numbers of a query before they go to a kernel.
 *
 * @throws {PagefoldError} `INVALID_INPUT` that names the number that is out of range.
 */
export function checkQuery(query: RankingQuery): void {
  checkRange('pageCount', query.pageCount, MAX_RANKED_PAGES);
  checkRange('limit', query.limit, MAX_RANKED);
  checkFinite('lengthBase', query.lengthBase);
  checkFinite('lengthSlope', query.lengthSlope);
  for (const { postings, weight } of query.terms) {
    checkFinite('weight', weight);
    if (postings.length % POSTING_WORDS !== 0) throw outOfRange('postings', postings.length);
  }
}

/** Makes a ranking in plain JavaScript, which keeps its scores for the next query: the twin of the one in WASM. */
export function createJsRanking(): (query: RankingQuery) => readonly RankedPage[] {
  let kept = new Float64Array(0);
  return (query) => {
    checkQuery(query);
    if (kept.length < query.pageCount) kept = new Float64Array(query.pageCount);
    const scores = kept.subarray(0, query.pageCount).fill(0);
    for (const term of query.terms) mustRank(addPostings(scores, term, query));
    return takeBest(scores, query.limit);
  };
}

/**
 * Takes a status of a ranking.
 *
 * @throws {PagefoldError} `INVALID_INPUT` for a posting of a page that is not there, `OVERLOADED` without memory.
 */
export function mustRank(status: number): void {
  if (status === STATUS_OK) return;
  if (status === STATUS_BAD_VALUE) throw outOfRange('page', status);
  throw new PagefoldError('OVERLOADED', 'The kernel has no memory for a ranking.');
}

function addPostings(
  scores: Float64Array,
  { postings, weight }: RankedTerm,
  { lengthBase, lengthSlope }: RankingQuery,
): number {
  for (let index = 0; index < postings.length; index += POSTING_WORDS) {
    const page = postings[index] ?? 0;
    if (page >= scores.length) return STATUS_BAD_VALUE;
    const counts = postings[index + 1] ?? 0;
    const frequency = counts & POSTING_MAX;
    const norm = lengthBase + lengthSlope * (counts >>> 16);
    scores[page] = (scores[page] ?? 0) + (weight * frequency) / (frequency + norm);
  }
  return STATUS_OK;
}

function takeBest(scores: Float64Array, limit: number): readonly RankedPage[] {
  if (limit === 0) return [];
  const best: RankedPage[] = [];
  let least = 0;
  for (let page = 0; page < scores.length; page += 1) {
    const score = scores[page] ?? 0;
    if (!(score > least)) continue;
    insertBest(best, { page, score }, limit);
    if (best.length === limit) least = best.at(-1)?.score ?? 0;
  }
  return best;
}

function insertBest(best: RankedPage[], found: RankedPage, limit: number): void {
  if (best.length === limit) best.pop();
  let hole = best.length;
  while (hole > 0 && (best[hole - 1]?.score ?? 0) < found.score) hole -= 1;
  best.splice(hole, 0, found);
}

function checkRange(field: string, value: number, most: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= most)) throw outOfRange(field, value);
}

function checkFinite(field: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) throw outOfRange(field, value);
}

function outOfRange(field: string, value: number): PagefoldError {
  return new PagefoldError('INVALID_INPUT', `${field} of a ranking is out of range: ${value}.`, {
    data: { field, value: String(value) },
  });
}
