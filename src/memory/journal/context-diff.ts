import { isSameCut } from '../../domain/page-mutation.ts';
import type { PageLevel } from '../../domain/page.ts';
import type { ReplayedEntry } from './context-replay.ts';

/** A page that is shown at another level. */
export interface LevelChange {
  readonly pageId: string;
  readonly from: PageLevel;
  readonly to: PageLevel;
}

/** How one context differs from another; ids in the order of the newer context, removed ones in that of the older. */
export interface ContextDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Less is shown than before. */
  readonly folded: readonly LevelChange[];
  /** More is shown than before. */
  readonly unfolded: readonly LevelChange[];
  /** At the same level, but with another text: what is sent to the model changed there. */
  readonly rewritten: readonly string[];
  /** The fewest pages that have to be moved to turn the old order into the new one. */
  readonly reordered: readonly string[];
}

/** What changed between two contexts. */
export function diffContexts(
  before: readonly ReplayedEntry[],
  after: readonly ReplayedEntry[],
): ContextDiff {
  const places = new Map(before.map(({ pageId }, place) => [pageId, place]));
  const remaining = new Set(after.map(({ pageId }) => pageId));
  const kept = after.flatMap((entry) => {
    const place = places.get(entry.pageId);
    const old = place === undefined ? undefined : before[place];
    return old === undefined || place === undefined ? [] : [{ entry, old, place }];
  });
  const changes = kept
    .map(({ entry, old }) => ({ pageId: entry.pageId, from: old.level, to: entry.level }))
    .filter(({ from, to }) => from !== to);
  const unmoved = longestAscending(kept.map(({ place }) => place));
  return {
    added: idsOf(after.filter(({ pageId }) => !places.has(pageId))),
    removed: idsOf(before.filter(({ pageId }) => !remaining.has(pageId))),
    folded: changes.filter(({ from, to }) => to > from),
    unfolded: changes.filter(({ from, to }) => to < from),
    rewritten: idsOf(kept.filter(isRewritten).map(({ entry }) => entry)),
    reordered: idsOf(kept.filter(({ place }) => !unmoved.has(place)).map(({ entry }) => entry)),
  };
}

function idsOf(entries: readonly ReplayedEntry[]): readonly string[] {
  return entries.map(({ pageId }) => pageId);
}

function isRewritten({
  entry,
  old,
}: {
  readonly entry: ReplayedEntry;
  readonly old: ReplayedEntry;
}): boolean {
  return entry.level === old.level && !isSameCut(entry.representation, old.representation);
}

/** The numbers of a longest ascending run that may leave others out (patience sorting, O(n log n)); all numbers differ. */
function longestAscending(numbers: readonly number[]): ReadonlySet<number> {
  /** The lowest number that a run of each length can end with, in ascending order. */
  const ends: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const number of numbers) {
    const length = countBelow(ends, number);
    previous.set(number, ends[length - 1]);
    ends[length] = number;
  }
  const run = new Set<number>();
  let number = ends.at(-1);
  while (number !== undefined) {
    run.add(number);
    number = previous.get(number);
  }
  return run;
}

function countBelow(ascending: readonly number[], number: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
