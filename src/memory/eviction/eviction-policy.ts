import type { Modality, PageType, StorageTier } from '../../domain/page.ts';
import type { EvictionWeights } from '../../kernel/working-set/eviction-policy.ts';

/** A page that may leave, and how much speaks for keeping it: the lowest score leaves first. */
export interface EvictionCandidate {
  readonly pageId: string;
  readonly score: number;
}

/** What a policy may look at in a page. */
export interface EvictionPage {
  readonly pageType: PageType;
  readonly modality: Modality;
  /** From 0 to 1. */
  readonly importance: number;
  /** Whether somebody wants to keep it where it is. */
  readonly pinned: boolean;
  /** What it takes in the context; null where it is not known. */
  readonly tokens: number | null;
  /** Milliseconds since 1970, UTC. */
  readonly lastAccessedMs: number;
  readonly accessCount: number;
}

/** What speaks against taking out a page so soon; `AntiThrash` is one. */
export interface ThrashHistory {
  canEvict(pageId: string, turn: number): boolean;
  /** From 0 to 1. */
  getEvictionPenalty(pageId: string, turn: number): number;
}

/** All that a policy sees: plain data, which it must not change. */
export interface EvictionContext {
  readonly currentTurn: number;
  readonly nowMs: number;
  /** The context, the oldest page first. */
  readonly l0PageIds: readonly string[];
  /** The hot pages beside it, in the order in which they came. */
  readonly l1Pages: ReadonlyMap<string, EvictionPage>;
  readonly pinnedPageIds: ReadonlySet<string>;
  /** Importances that go before those of the pages, from 0 to 1. */
  readonly importanceOverrides: ReadonlyMap<string, number>;
  readonly antiThrash: ThrashHistory | null;
  /** Knows the pages of the context; without it they have neither type nor importance of their own. */
  readonly pageTable: { lookup(pageId: string): EvictionPage | null } | null;
  /** Whether pages that the history protects may follow when all others are named. By default not. */
  readonly isEmergency?: boolean;
}

/**
 * Decides in which order pages leave a tier. A policy of one's own is any object with `scoreCandidates`: it leaves out what is
 * pinned or protected and answers with the lowest score first, ties in the order in which the pages came.
 */
export interface EvictionPolicy {
  /**
   * @param fromTier `L0` for pages of the context; every other tier stands for the hot pages.
   * @param tokensNeeded No more pages are named than free so many tokens, all of them when it is 0, the default.
   */
  scoreCandidates(
    context: EvictionContext,
    fromTier: StorageTier,
    tokensNeeded?: number,
  ): readonly EvictionCandidate[];
  /** The same policy as weights that the kernel scores with, or null where it cannot; absent means null. */
  kernelWeights?(): EvictionWeights | null;
}

/** What is known of a page in a context. */
export function findPage(context: EvictionContext, pageId: string): EvictionPage | null {
  return context.l1Pages.get(pageId) ?? context.pageTable?.lookup(pageId) ?? null;
}
