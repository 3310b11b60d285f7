import type { Modality, PageLevel, PageType, StorageTier } from '../domain/page.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';

/** A page as callers see it. */
export interface MemoryPageView {
  readonly pageId: string;
  readonly pageType: PageType;
  readonly modality: Modality;
  /**
   * L0: in the context. L1: its content is in this process. L2: its content is read from the log when it is needed. Which of L1 and L2
   * it is belongs to the process and not to the log: another process, or a fork, may say the other of the same memory.
   */
  readonly tier: StorageTier;
  /** 0 shows all of it. */
  readonly level: PageLevel;
  /** As it is shown, its line included. */
  readonly tokens: number;
  readonly isPinned: boolean;
  readonly importance: number;
  readonly hint: string;
}

/** What a memory holds. */
export interface SessionMemoryStats {
  /** Questions of the user so far. */
  readonly turn: number;
  readonly pages: number;
  /** L1 and L2 are this process's own, see {@link MemoryPageView.tier}; together they are the same in every process. */
  readonly pagesByTier: Readonly<Record<StorageTier, number>>;
  /** What the pages that stand in the context are thought to take as they are shown; `tokens` of a built context is exact. */
  readonly contextTokens: number;
  /** Tokens that all pages would take at full length, with their lines; `totalTokens` of a session counts messages alone. */
  readonly totalTokens: number;
  /** UTF-16 units (roughly bytes) of the contents that are in this process, those of the context counted in; of another it is another. */
  readonly contentBytes: number;
  /** Pages of the context that are not shown whole. */
  readonly foldedPages: number;
  /** Pages that the model loaded in the open turn. */
  readonly faultsThisTurn: number;
}

/** A page of a memory, or null when there is none with this id. */
export function viewOf(state: MemoryState, pageId: string): MemoryPageView | null {
  const entry = state.table.lookup(pageId);
  if (entry === null) return null;
  const { card, tier, level, tokens, pin, importance } = entry;
  const { pageType, modality, hint } = card;
  const isPinned = pin !== 'none';
  return { pageId, pageType, modality, tier, level, tokens, isPinned, importance, hint };
}

/** What a memory holds now. */
export function statsOf(state: MemoryState): SessionMemoryStats {
  const { pages, pagesByTier, usedTokens } = state.table.set.figures();
  const shown = state.context().filter((page) => page.shown !== null);
  const saved = shown.reduce((sum, { pageId, tokens }) => {
    const whole = state.table.lookup(pageId)?.levelTokens[0] ?? tokens;
    return sum + whole - tokens;
  }, 0);
  return {
    turn: state.turns.turn,
    pages,
    pagesByTier,
    contextTokens: usedTokens,
    totalTokens: state.table.totalTokens() + saved,
    contentBytes: state.contents.bytes,
    foldedPages: shown.length,
    faultsThisTurn: state.loads.faults.count,
  };
}
