import { isTextTerm } from './page-scoring.ts';
import type { PageScoring, SlotScores } from './page-scoring.ts';
import { TopList } from './top-list.ts';

// Chosen on half of the conversations of `bench/recall.bench.ts`, as those of the ranking.
const FEEDBACK_PAGES = 5;
const FEEDBACK_TERMS = 20;
const FEEDBACK_WEIGHT = 0.2;
/** A term of one page finds nothing new, one of every tenth says nothing. */
const MIN_FREQUENCY = 2;
const MAX_SHARE = 0.1;
const MAX_COUNT = 2;
const LENGTH_OFFSET = 5;

interface Weighted<T> {
  readonly item: T;
  readonly weight: number;
  readonly place: number;
}

/**
 * Terms that stand in the best pages for a query and were not asked for, with weights below those of the query (pseudo-relevance
 * feedback): how a conversation itself speaks of the subject.
 */
export function feedbackTerms(
  scoring: PageScoring,
  found: SlotScores,
  asked: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  const pages = bestPages(scoring, found);
  const most = pages[0]?.weight ?? 1;
  for (const { item: slot, weight } of pages) {
    const length = Math.max(0, scoring.pages.columns.length(slot));
    for (const [term, count] of scoring.pages.termsAt(slot)) {
      if (asked.has(term) || !isTelling(scoring, term)) continue;
      const presence = Math.min(count, MAX_COUNT) / Math.sqrt(length + LENGTH_OFFSET);
      const gain = (weight / most) * presence * scoring.rarity(term);
      weights.set(term, (weights.get(term) ?? 0) + gain);
    }
  }
  const terms = bestTerms(weights);
  const top = terms[0]?.weight ?? 1;
  return new Map(terms.map(({ item, weight }) => [item, (FEEDBACK_WEIGHT * weight) / top]));
}

function isTelling(scoring: PageScoring, term: string): boolean {
  const frequency = scoring.pages.postings.frequencyOf(term);
  return (
    isTextTerm(term) && frequency >= MIN_FREQUENCY && frequency <= scoring.pages.size * MAX_SHARE
  );
}

/** The slots of the best pages, of equals those of later pages. */
function bestPages(
  { pages }: PageScoring,
  { scores, touched }: SlotScores,
): readonly Weighted<number>[] {
  const top = new TopList<Weighted<number>>(FEEDBACK_PAGES, (left, right) =>
    left.weight === right.weight ? left.place > right.place : left.weight > right.weight,
  );
  for (const slot of touched) {
    const weight = scores[slot] ?? 0;
    if (weight < (top.worst?.weight ?? 0)) continue;
    top.offer({ item: slot, weight, place: pages.columns.order(slot) });
  }
  return top.toSorted();
}

/** The heaviest terms, of equals those that were met first. */
function bestTerms(weights: ReadonlyMap<string, number>): readonly Weighted<string>[] {
  const top = new TopList<Weighted<string>>(FEEDBACK_TERMS, (left, right) =>
    left.weight === right.weight ? left.place < right.place : left.weight > right.weight,
  );
  let place = 0;
  for (const [item, weight] of weights) {
    top.offer({ item, weight, place });
    place += 1;
  }
  return top.toSorted();
}
