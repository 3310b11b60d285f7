import type { EvictionContext, EvictionPage, EvictionPolicy } from '../eviction/eviction-policy.ts';
import { AntiThrash } from '../eviction/anti-thrash.ts';
import type { FoldLevel } from '../folding/level-limits.ts';
import type { MemoryState } from './memory-state.ts';

/** What becomes of a page that makes room. */
export type RoomStep =
  | { readonly kind: 'fold'; readonly pageId: string; readonly level: FoldLevel }
  | { readonly kind: 'evict'; readonly pageId: string };

/** How much is to be freed, and whether protected pages may go. */
export interface RoomNeed {
  readonly tokens: number;
  readonly isEmergency: boolean;
}

/** The pages of the context that may leave, in the order that a policy of one's own says; what it must not name is left out. */
export function rankByPolicy(
  state: MemoryState,
  policy: EvictionPolicy,
  { isEmergency, nowMs }: { readonly isEmergency: boolean; readonly nowMs: number },
): readonly string[] {
  const ids = state.table.idsOfTier('L0');
  const allowed = new Set(
    state.table.set.scoreContext(isEmergency).map(({ slot }) => state.table.idOf(slot)),
  );
  const named = policy.scoreCandidates(contextOf(state, ids, { isEmergency, nowMs }), 'L0');
  return [...new Set(named.map(({ pageId }) => pageId))].filter((id) => allowed.has(id));
}

/**
 * Folds in the given order and takes pages out only where that does not suffice, as the kernel does for its own policies. Null when
 * the pages do not come to so much.
 */
export function planInOrder(
  state: MemoryState,
  order: readonly string[],
  request: {
    readonly tokens: number;
    readonly deepestLevel: 0 | FoldLevel;
    readonly tokensAt: (pageId: string, level: FoldLevel) => number | null;
  },
): readonly RoomStep[] | null {
  const draft: PlanDraft = {
    costs: new Map(order.map((id) => [id, state.table.lookup(id)?.tokens ?? 0])),
    levels: new Map(),
  };
  let missing = request.tokens;
  for (const level of [1, 2, 3] as const) {
    if (level > request.deepestLevel) break;
    const deeper = order.filter((id) => level > (state.table.lookup(id)?.level ?? 0));
    missing = foldInOrder(deeper, draft, {
      missing,
      level,
      tokensAt: (id) => request.tokensAt(id, level) ?? Infinity,
    });
  }
  const gone = new Set<string>();
  for (const id of order) {
    const tokens = draft.costs.get(id) ?? 0;
    if (missing <= 0 || tokens === 0) continue;
    missing -= tokens;
    gone.add(id);
  }
  return missing > 0 ? null : toSteps(order, gone, draft.levels);
}

interface PlanDraft {
  /** What each page costs after the plan so far. */
  readonly costs: Map<string, number>;
  readonly levels: Map<string, FoldLevel>;
}

/** Folds to one level until the need is met; returns what is still missing. */
function foldInOrder(
  order: readonly string[],
  { costs, levels }: PlanDraft,
  step: {
    readonly missing: number;
    readonly level: FoldLevel;
    readonly tokensAt: (pageId: string) => number;
  },
): number {
  let { missing } = step;
  for (const id of order) {
    const [now, then] = [costs.get(id) ?? 0, step.tokensAt(id)];
    if (missing <= 0 || then >= now) continue;
    missing -= now - then;
    costs.set(id, then);
    levels.set(id, step.level);
  }
  return missing;
}

function toSteps(
  order: readonly string[],
  gone: ReadonlySet<string>,
  levels: ReadonlyMap<string, FoldLevel>,
): readonly RoomStep[] {
  return order.flatMap((pageId): readonly RoomStep[] => {
    if (gone.has(pageId)) return [{ kind: 'evict', pageId }];
    const level = levels.get(pageId);
    return level === undefined ? [] : [{ kind: 'fold', pageId, level }];
  });
}

function contextOf(
  state: MemoryState,
  l0PageIds: readonly string[],
  { isEmergency, nowMs }: { readonly isEmergency: boolean; readonly nowMs: number },
): EvictionContext {
  const { table } = state;
  const antiThrash = new AntiThrash();
  const pinned = new Set<string>();
  const overrides = new Map<string, number>();
  for (const pageId of l0PageIds) {
    const { faultTurn, evictTurn, importanceOverride } = table.set.read(table.slotOf(pageId));
    if (faultTurn !== null) antiThrash.recordFault(pageId, faultTurn);
    if (evictTurn !== null) antiThrash.recordEviction(pageId, evictTurn);
    if (importanceOverride !== null) overrides.set(pageId, importanceOverride);
    if (table.lookup(pageId)?.pin !== 'none') pinned.add(pageId);
  }
  return {
    currentTurn: state.turns.turn,
    nowMs,
    l0PageIds,
    l1Pages: new Map(),
    pinnedPageIds: pinned,
    importanceOverrides: overrides,
    antiThrash,
    pageTable: { lookup: (pageId) => toEvictionPage(state, pageId) },
    isEmergency,
  };
}

function toEvictionPage(state: MemoryState, pageId: string): EvictionPage | null {
  const entry = state.table.lookup(pageId);
  if (entry === null) return null;
  const { card, pin, tokens, lastAccessedMs, accessCount } = entry;
  return {
    pageType: card.pageType,
    modality: card.modality,
    importance: card.importance,
    pinned: pin !== 'none',
    tokens,
    lastAccessedMs,
    accessCount,
  };
}
