import { PagefoldError } from '../../domain/errors.ts';
import type { Modality } from '../../domain/page.ts';
import type { FaultQuota, VmMode } from '../../domain/paging-policy.ts';
import type { PackCacheStats } from '../context/context-pack-cache.ts';
import type { MutationLogSummary } from '../journal/mutation-log.ts';
import type { FaultMeter } from '../meters/fault-meter.ts';
import type { MemoryFigures } from '../meters/memory-meter.ts';
import type { PressureLevel } from '../meters/pressure-monitor.ts';
import type { PagingFigures } from '../paging/paging-meter.ts';
import type { PrefetcherStats } from '../paging/prefetcher.ts';
import type { PageTableStats } from '../table/page-entry.ts';
import type { TlbStats } from '../table/page-tlb.ts';
import type { ManagerCore } from './manager-core.ts';

/** What stands in the context and beside it. */
export interface WorkingSetStats {
  readonly l0Pages: number;
  readonly l1Pages: number;
  readonly totalPages: number;
  readonly tokensUsed: number;
  readonly tokensAvailable: number;
  readonly utilization: number;
  readonly needsEviction: boolean;
  readonly tokensByModality: Readonly<Record<Modality, number>>;
}

/** What was faulted, and what may be in this turn. */
export interface FaultStats extends FaultQuota {
  readonly maxFaultsPerTurn: number;
  readonly faultsThisTurn: number;
  readonly totalFaults: number;
  readonly tlbHitRate: number;
}

/** The figures of a memory at one moment; a copy. A section that could not be read is null, and `errors` says why. */
export interface MemoryManagerStats {
  readonly sessionId: string;
  readonly turn: number;
  readonly mode: VmMode;
  readonly pageTable: PageTableStats | null;
  readonly workingSet: WorkingSetStats | null;
  readonly faultHandler: FaultStats | null;
  readonly tlb: TlbStats | null;
  readonly mutationLog: MutationLogSummary | null;
  readonly prefetcher: PrefetcherStats | null;
  readonly packCache: PackCacheStats | null;
  readonly metrics: MemoryFigures | null;
  readonly pressure: PressureLevel;
  readonly paging: { readonly demand: PagingFigures; readonly prefetch: PagingFigures } | null;
  /** Pages whose content is in the process. */
  readonly pagesInStore: number;
  /** Ids of pages whose content could not be loaded when it was needed last. */
  readonly unreadablePages: readonly string[];
  /** Error codes by section. */
  readonly errors: Readonly<Record<string, string>>;
}

/** What figures are read from. */
export interface StatsSource {
  readonly core: ManagerCore;
  readonly faults: FaultMeter;
  readonly packCache: { stats(): PackCacheStats };
  readonly head: Pick<MemoryManagerStats, 'sessionId' | 'mode' | 'pressure'>;
}

/** Reads all figures; one that fails leaves the others as they are. */
export function statsOf({ core, faults, packCache, head }: StatsSource): MemoryManagerStats {
  const { state, journal, room, prefetcher, pagingMeter } = core;
  const errors: Record<string, string> = {};
  const section = <T>(name: string, read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!PagefoldError.isInstance(error)) throw error;
      errors[name] = error.code;
      return null;
    }
  };
  const workingSet = section('workingSet', (): WorkingSetStats => {
    const figures = state.table.set.figures();
    const { usedTokens, availableTokens, totalTokens, reservedTokens, pagesByTier } = figures;
    return {
      l0Pages: pagesByTier.L0,
      l1Pages: pagesByTier.L1,
      totalPages: pagesByTier.L0 + pagesByTier.L1,
      tokensUsed: usedTokens,
      tokensAvailable: availableTokens,
      utilization: usedTokens / (totalTokens - reservedTokens),
      needsEviction: room.needsEviction(),
      tokensByModality: figures.tokensByModality,
    };
  });
  return {
    ...head,
    turn: state.turns.turn,
    workingSet,
    pageTable: section('pageTable', () => state.table.stats()),
    faultHandler: section('faultHandler', () => faultStats(core, faults)),
    tlb: section('tlb', () => state.table.tlbStats()),
    mutationLog: section('mutationLog', () => journal.log.summary()),
    prefetcher: section('prefetcher', () => prefetcher.stats),
    packCache: section('packCache', () => packCache.stats()),
    metrics: section('metrics', () => metricsOf(core, workingSet)),
    paging: section('paging', () => ({
      demand: pagingMeter.figures('demand'),
      prefetch: pagingMeter.figures('prefetch'),
    })),
    pagesInStore: state.contents.size,
    unreadablePages: core.unreadablePages,
    errors,
  };
}

function faultStats({ state, journal }: ManagerCore, faults: FaultMeter): FaultStats {
  const quota = faults.quota();
  const { maxFaultsPerTurn } = faults.policy;
  return {
    ...quota,
    maxFaultsPerTurn,
    faultsThisTurn: maxFaultsPerTurn - quota.faultsRemaining,
    totalFaults: journal.log.summary().faults,
    tlbHitRate: state.table.tlbStats().hitRate,
  };
}

function metricsOf(
  { state, journal }: ManagerCore,
  workingSet: WorkingSetStats | null,
): MemoryFigures {
  const { hits, misses, hitRate } = state.table.tlbStats();
  const tokens = {
    tokensInWorkingSet: workingSet?.tokensUsed ?? 0,
    tokensAvailable: workingSet?.tokensAvailable ?? 0,
  };
  return {
    ...journal.meter.figures(),
    ...tokens,
    tlbHits: hits,
    tlbMisses: misses,
    tlbHitRate: hitRate,
  };
}
