import type { FaultOutcome } from '../memory/context/vm-tool-result.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';

/**
 * Looks at a memory before a page is loaded into it; what it gives tells afterwards what came of that: where the page is now, and
 * which pages left for it.
 */
export function effectOf(state: MemoryState, planned: FaultOutcome): () => FaultOutcome {
  if (planned.kind !== 'loaded') return () => planned;
  const before = state.table.idsOfTier('L0');
  return () => {
    const tier = state.table.lookup(planned.page.pageId)?.tier ?? planned.tier;
    const evictions = before.filter((pageId) => !state.isInContext(pageId));
    return { ...planned, tier, isPromoted: tier === 'L0', evictions };
  };
}
