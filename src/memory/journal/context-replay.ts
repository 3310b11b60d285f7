import type { PageMutation, PageRepresentation } from '../../domain/page-mutation.ts';
import type { PageLevel } from '../../domain/page.ts';
import { EMPTY_MEMORY, type MemoryFold, MemoryFolder } from './memory-fold.ts';

/** A page in a context that was rebuilt. */
export interface ReplayedEntry {
  readonly pageId: string;
  readonly level: PageLevel;
  /** How the page looked; null at level 0. */
  readonly representation: PageRepresentation | null;
  readonly isPinned: boolean;
}

/** A moment in a memory's past: after a mutation, or at the end of a turn. */
export type ReplayMoment = { readonly sequence: number } | { readonly turn: number };

/**
 * The context as it was at a moment, in its order. `from` is what the mutations go on from, and has to be older than the moment;
 * mutations have to be in their order.
 */
export function replayContext(
  mutations: Iterable<PageMutation>,
  until: ReplayMoment,
  from: MemoryFold = EMPTY_MEMORY,
): readonly ReplayedEntry[] {
  const folder = new MemoryFolder(from);
  for (const mutation of mutations) {
    if (isAfter(mutation, until)) break;
    folder.apply(mutation);
  }
  return contextEntries(folder.fold());
}

/** The context of a folded memory, in its order. */
function contextEntries({ context, pages }: MemoryFold): readonly ReplayedEntry[] {
  return context.flatMap((pageId) => {
    const state = pages.get(pageId);
    if (state === undefined) return [];
    const { level, representation, isPinned } = state;
    return [{ pageId, level, representation, isPinned }];
  });
}

/** Whether a point in the order of mutations comes after a moment. */
export function isAfter(
  point: { readonly sequence: number; readonly turn: number },
  moment: ReplayMoment,
): boolean {
  return 'sequence' in moment ? point.sequence > moment.sequence : point.turn > moment.turn;
}
