import type { PagingMode } from '../../domain/paging-policy.ts';
import { PressureMonitor } from '../meters/pressure-monitor.ts';
import type { DemandPager } from '../paging/demand-pager.ts';
import type { FaultDesk } from './fault-desk.ts';
import type { ManagerCore } from './manager-core.ts';
import type { PageEviction } from './page-eviction.ts';
import type { RoomChange } from './room-maker.ts';

/** How a turn began. */
export interface TurnStart extends RoomChange {
  readonly turn: number;
  /** Ids of pages that were loaded because they are likely needed. */
  readonly prefetched: readonly string[];
  /** Ids of pages whose content went to the store. */
  readonly stored: readonly string[];
}

/** What turns are kept with. */
export interface TurnParts {
  readonly core: ManagerCore;
  readonly desk: FaultDesk;
  readonly eviction: PageEviction;
  readonly pager: DemandPager;
  readonly paging: PagingMode;
}

/** Pages that are loaded at the start of a turn at most. */
const MAX_PREFETCHED = 5;
/** A longer page is loaded as an abstract ahead of its use. */
const MAX_WHOLE_TOKENS = 1_024;
const ABSTRACT_TOKENS = 208;

/** What happens between turns and before a model is called: room, pins, and pages that will be needed. */
export class TurnKeeper {
  readonly pressure: PressureMonitor = new PressureMonitor();
  readonly #parts: TurnParts;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /** Ends the turn and begins the next. The number of the turn changes at once. */
  async start(): Promise<TurnStart> {
    const { core, desk, eviction } = this.#parts;
    const { room } = core;
    this.#measure();
    const turn = core.startTurn();
    desk.meter.newTurn();
    await room.prepareRelief();
    const change = room.relieve();
    const prefetched = await this.#prefetch(turn);
    const stored = await eviction.spill();
    return { turn, ...change, prefetched, stored };
  }

  /** Loads what a message needs, and returns the ids of it. No quota of the model is touched. */
  async prePass(message: string): Promise<readonly string[]> {
    const { core, pager, paging } = this.#parts;
    if (paging === 'model') return [];
    const { table, index } = core.state;
    const wholeTokens = (id: string): number => table.lookup(id)?.levelTokens[0] ?? 0;
    const plan = pager.plan({
      message,
      index,
      resident: new Set(table.idsOfTier('L0')),
      tokensOf: (id) => (wholeTokens(id) > MAX_WHOLE_TOKENS ? ABSTRACT_TOKENS : wholeTokens(id)),
    });
    return this.#loadAll('demand', plan.candidates, true);
  }

  async #prefetch(turn: number): Promise<readonly string[]> {
    const { core, paging } = this.#parts;
    if (paging === 'model') return [];
    const { table, index } = core.state;
    const resident = new Set(table.idsOfTier('L0'));
    const wanted = core.prefetcher.startTurn({ turn, index, resident }).slice(0, MAX_PREFETCHED);
    const asked = wanted.map((id) => ({ id, reason: 'speculative' as const }));
    return this.#loadAll('prefetch', asked, false);
  }

  async #loadAll(
    kind: 'demand' | 'prefetch',
    wanted: readonly {
      readonly id: string;
      readonly reason: 'user_requested_recall' | 'speculative';
    }[],
    mayEvict: boolean,
  ): Promise<readonly string[]> {
    const { core, desk } = this.#parts;
    const { state } = core;
    const loaded: string[] = [];
    for (const { id, reason } of wanted) {
      const tokens = state.table.lookup(id)?.levelTokens[0] ?? 0;
      const level = tokens > MAX_WHOLE_TOKENS ? 2 : 0;
      const cost = level === 0 ? tokens : ABSTRACT_TOKENS;
      if (!mayEvict && cost > state.table.set.figures().availableTokens) continue;
      const asked = { pageId: id, level, reason, actor: 'system', mayEvict } as const;
      // In order: they stand in the context in the order in which they are wanted.
      const outcome = await desk.fault(asked);
      if (outcome.kind === 'loaded' && outcome.isPromoted) loaded.push(id);
    }
    core.pagingMeter.recordLoad(kind, state.turns.turn, loaded);
    return loaded;
  }

  #measure(): void {
    const { state, journal } = this.#parts.core;
    const { usedTokens, totalTokens, reservedTokens, turn } = state.table.set.figures();
    const { faultsThisTurn, evictionsThisTurn } = journal.meter.figures();
    this.pressure.endTurn({
      turn,
      utilisation: usedTokens / (totalTokens - reservedTokens),
      faults: faultsThisTurn,
      evictions: evictionsThisTurn,
    });
  }
}
