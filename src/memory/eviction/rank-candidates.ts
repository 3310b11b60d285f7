import type { StorageTier } from '../../domain/page.ts';
import type { EvictionCandidate, EvictionContext, EvictionPage } from './eviction-policy.ts';
import { findPage } from './eviction-policy.ts';

/** A page that is to be scored. */
export interface ScoredSubject {
  readonly pageId: string;
  /** From 0 for the oldest page of the tier towards 1 for the newest. */
  readonly position: number;
  /** Null for a page that nobody knows anything about. */
  readonly page: EvictionPage | null;
}

/** What a built-in policy says of a page of a tier. */
export type ScorePage = (context: EvictionContext, subject: ScoredSubject) => number;

/** What is ranked, and how far. */
export interface RankRequest {
  readonly fromTier: StorageTier;
  readonly tokensNeeded: number;
  readonly score: ScorePage;
}

interface Ranked extends EvictionCandidate {
  /** Place in the tier, which decides between equal scores. */
  readonly order: number;
  readonly tokens: number;
}

/**
 * Scores the pages of a tier that may leave, lowest first, in an emergency the protected ones after all others; no more than free
 * the tokens, where some are asked for.
 */
export function rankCandidates(
  context: EvictionContext,
  { fromTier, tokensNeeded, score }: RankRequest,
): readonly EvictionCandidate[] {
  const groups: [free: Ranked[], held: Ranked[]] = [[], []];
  const subjects = fromTier === 'L0' ? contextPages(context) : hotPages(context);
  subjects.forEach((subject, order) => {
    const { pageId, page } = subject;
    if (context.pinnedPageIds.has(pageId) || page?.pinned === true) return;
    const isFree = context.antiThrash?.canEvict(pageId, context.currentTurn) ?? true;
    if (!isFree && context.isEmergency !== true) return;
    const tokens = page?.tokens ?? 0;
    groups[isFree ? 0 : 1].push({ pageId, score: score(context, subject), order, tokens });
  });
  if (tokensNeeded <= 0) {
    return groups.flatMap((group) => group.toSorted(compareRanked).map(toCandidate));
  }
  return takeLowest(groups, tokensNeeded);
}

function contextPages(context: EvictionContext): readonly ScoredSubject[] {
  const { l0PageIds } = context;
  return l0PageIds.map((pageId, index) => ({
    pageId,
    position: index / l0PageIds.length,
    page: findPage(context, pageId),
  }));
}

function hotPages({ l1Pages }: EvictionContext): readonly ScoredSubject[] {
  return Array.from(l1Pages, ([pageId, page], index) => ({
    pageId,
    position: index / l1Pages.size,
    page,
  }));
}

/** Takes the lowest from heaps, so that what is not needed is never sorted. */
function takeLowest(
  groups: readonly Ranked[][],
  tokensNeeded: number,
): readonly EvictionCandidate[] {
  const taken: EvictionCandidate[] = [];
  let freed = 0;
  for (const heap of groups) {
    for (let at = heap.length >> 1; at >= 0; at -= 1) siftDown(heap, at);
    while (freed < tokensNeeded) {
      const lowest = popLowest(heap);
      if (lowest === undefined) break;
      taken.push(toCandidate(lowest));
      freed += lowest.tokens;
    }
  }
  return taken;
}

function popLowest(heap: Ranked[]): Ranked | undefined {
  const [lowest] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return lowest;
  heap[0] = last;
  siftDown(heap, 0);
  return lowest;
}

function siftDown(heap: Ranked[], start: number): void {
  let at = start;
  for (;;) {
    const parent = heap[at];
    const childAt = lowerChild(heap, at);
    const child = heap[childAt];
    if (parent === undefined || child === undefined || compareRanked(parent, child) <= 0) return;
    heap[at] = child;
    heap[childAt] = parent;
    at = childAt;
  }
}

function lowerChild(heap: readonly Ranked[], parentAt: number): number {
  const leftAt = 2 * parentAt + 1;
  const left = heap[leftAt];
  const right = heap[leftAt + 1];
  if (left === undefined || right === undefined) return leftAt;
  return compareRanked(right, left) < 0 ? leftAt + 1 : leftAt;
}

function compareRanked(left: Ranked, right: Ranked): number {
  return left.score - right.score || left.order - right.order;
}

function toCandidate({ pageId, score }: Ranked): EvictionCandidate {
  return { pageId, score };
}
