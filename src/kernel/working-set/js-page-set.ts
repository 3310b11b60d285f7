import {
  FACT_COLUMNS,
  FACT_LEVEL,
  FACT_LEVEL_TOKENS,
  FACT_TIER,
  FIGURE_COLUMNS,
  INDEX_NONE,
  MAX_TURN,
  MODE_EMERGENCY,
  MODE_NORMAL,
  ORDER_NEWEST,
  ORDER_OLDEST,
  POLICY_EVICT_HARD_TURNS,
  POLICY_FAULT_HARD_TURNS,
  SET_MAX_CAPACITY_SHIFT,
  STATUS_BAD_SLOT,
  STATUS_BAD_VALUE,
  STATUS_NO_MEMORY,
  STATUS_NO_ROOM,
  STATUS_OK,
  STATUS_TOO_MANY,
  TIER_CONTEXT,
  TIER_COUNT,
  PAGE_TYPE_COUNT,
  LEVEL_COUNT,
} from '../../../assembly/shared/layout.ts';
import { PagefoldError } from '../../domain/errors.ts';
import { closeGaps, refreshSeat } from './context-seats.ts';
import { planEviction } from './eviction-plan.ts';
import { buildFrequencyTable } from './frequency-table.ts';
import { auditPages } from './page-audit.ts';
import * as changes from './page-changes.ts';
import { PageColumns, seatsOf } from './page-columns.ts';
import { addPage, readPage, removePage } from './page-entries.ts';
import { areFactsValid, isShare, isTime } from './page-facts-check.ts';
import { writeFigures } from './page-figures.ts';
import { collectHot } from './page-scores.ts';
import type { PageSet, PageSetSource } from './page-set.ts';
import { hasRoom, usedTokens } from './page-sums.ts';
import { isPolicyValid, isWeighted } from './policy-check.ts';
import { ResultList } from './result-list.ts';
import { canReach, rankContext, seatsToSlots, selectVictims } from './victim-selection.ts';

/** What the sets of one JavaScript kernel share. */
interface Shared {
  /** Why the sets can no longer be trusted; all of them go at once, as those of a WASM kernel do. */
  failure: PagefoldError | null;
  readonly facts: Float64Array;
  readonly results: ResultList;
  readonly frequencies: Float64Array;
}

/** Opens working sets in plain JavaScript: the reference for the WASM kernel, and its stand-in. */
export function createJsPageSets(): PageSetSource {
  let shared: Shared | undefined;
  return {
    openSet: (totalTokens, reservedTokens) => {
      if (shared !== undefined) assertTrusted(shared);
      if (!isBudget(totalTokens, reservedTokens)) return STATUS_BAD_VALUE;
      shared ??= {
        failure: null,
        facts: new Float64Array(FACT_COLUMNS),
        results: new ResultList(),
        frequencies: buildFrequencyTable(),
      };
      return new JsPageSet(new PageColumns(totalTokens, reservedTokens), shared);
    },
  };
}

class JsPageSet implements PageSet {
  readonly #set: PageColumns;
  readonly #shared: Shared;
  readonly #figures = new Float64Array(FIGURE_COLUMNS);

  constructor(set: PageColumns, shared: Shared) {
    this.#set = set;
    this.#shared = shared;
    shared.results.reserve(seatsOf(set.capacity));
  }

  facts(): Float64Array {
    assertTrusted(this.#shared);
    return this.#shared.facts;
  }

  figures(): Float64Array {
    return writeFigures(this.#columns(), this.#figures);
  }

  addPage(): number {
    const set = this.#columns();
    const { facts } = this.#shared;
    if (!areFactsValid(facts, set.turn)) return STATUS_BAD_VALUE;
    const tokens = facts[FACT_LEVEL_TOKENS + (facts[FACT_LEVEL] ?? 0)] ?? 0;
    if (facts[FACT_TIER] === TIER_CONTEXT && !hasRoom(set, tokens)) return STATUS_NO_ROOM;
    if (set.freeSlot === INDEX_NONE && set.slotEnd === set.capacity) {
      if (set.capacity === 1 << SET_MAX_CAPACITY_SHIFT) return STATUS_TOO_MANY;
      if (!this.#grow(set)) return STATUS_NO_MEMORY;
    }
    return addPage(set, facts);
  }

  readPage(slot: number): number {
    return readPage(this.#columns(), slot, this.#shared.facts);
  }

  removePage(slot: number): number {
    return removePage(this.#columns(), slot);
  }

  admit(slot: number, nowMs: number): number {
    return changes.admit(this.#columns(), slot, nowMs);
  }

  touch(slot: number, nowMs: number): number {
    return changes.touch(this.#columns(), slot, nowMs);
  }

  renew(slot: number): number {
    return changes.renew(this.#columns(), slot);
  }

  moveTo(slot: number, tier: number): number {
    return changes.moveTo(this.#columns(), slot, tier);
  }

  evictTo(slot: number, tier: number): number {
    return changes.evictTo(this.#columns(), slot, tier);
  }

  protect(slot: number): number {
    return changes.protect(this.#columns(), slot);
  }

  mark(slot: number, on: number, off: number): number {
    return changes.mark(this.#columns(), slot, { on, off });
  }

  clearPins(flags: number): number {
    return changes.clearPins(this.#columns(), flags);
  }

  setImportance(slot: number, value: number): number {
    return this.#setShare(this.#columns().importance, slot, value);
  }

  setOverride(slot: number, value: number): number {
    return this.#setShare(this.#columns().override, slot, value);
  }

  setLevelTokens(slot: number, level: number, tokens: number): number {
    return changes.setLevelTokens(this.#columns(), slot, { level, tokens });
  }

  fold(slot: number, level: number): number {
    return changes.fold(this.#columns(), slot, level);
  }

  setPolicy(columns: Float64Array): number {
    if (!isPolicyValid(columns)) return STATUS_BAD_VALUE;
    const set = this.#columns();
    set.policy.set(columns);
    set.isWeighted = isWeighted(columns);
    set.hardUntil =
      set.turn +
      Math.max(columns[POLICY_FAULT_HARD_TURNS] ?? 0, columns[POLICY_EVICT_HARD_TURNS] ?? 0);
    closeGaps(set);
    for (let seat = 0; seat < set.seatEnd; seat += 1) refreshSeat(set, set.seatSlot[seat] ?? 0);
    return STATUS_OK;
  }

  setBudget(totalTokens: number, reservedTokens: number): number {
    if (!isBudget(totalTokens, reservedTokens)) return STATUS_BAD_VALUE;
    if (usedTokens(this.#columns()) > totalTokens - reservedTokens) return STATUS_NO_ROOM;
    this.#columns().totalTokens = totalTokens;
    this.#columns().reservedTokens = reservedTokens;
    return STATUS_OK;
  }

  setTurn(turn: number): number {
    if (turn < this.#columns().turn || turn > MAX_TURN) return STATUS_BAD_VALUE;
    this.#columns().turn = turn;
    return STATUS_OK;
  }

  selectVictims(needTokens: number, mode: number): number {
    if (needTokens < 0 || !isMode(mode)) return STATUS_BAD_VALUE;
    const need = { tokens: needTokens, isEmergency: mode === MODE_EMERGENCY };
    return selectVictims(this.#columns(), need, this.#shared.results);
  }

  planEviction(needTokens: number, mode: number, deepestLevel: number): number {
    if (needTokens < 0 || !isMode(mode) || !isBelow(deepestLevel, LEVEL_COUNT)) {
      return STATUS_BAD_VALUE;
    }
    const need = { tokens: needTokens, isEmergency: mode === MODE_EMERGENCY, deepestLevel };
    return planEviction(this.#columns(), need, this.#shared.results);
  }

  canReach(needTokens: number, mode: number): number {
    if (needTokens < 0 || !isMode(mode)) return STATUS_BAD_VALUE;
    const need = { tokens: needTokens, isEmergency: mode === MODE_EMERGENCY };
    return canReach(this.#columns(), need) ? 1 : 0;
  }

  scoreContext(mode: number): number {
    if (!isMode(mode)) return STATUS_BAD_VALUE;
    const { results } = this.#shared;
    const count = rankContext(this.#columns(), mode === MODE_EMERGENCY, results);
    seatsToSlots(this.#columns(), count, results);
    return count;
  }

  scoreHot(limit: number, nowMs: number): number {
    if (limit < 0 || !isTime(nowMs)) return STATUS_BAD_VALUE;
    const { results } = this.#shared;
    const count = collectHot(this.#columns(), nowMs, this.#shared);
    const chosen = results.selectFirst(0, count, Math.min(limit, count));
    results.key.set(results.value.subarray(0, chosen));
    return chosen;
  }

  listTier(tier: number): number {
    if (!isBelow(tier, TIER_COUNT)) return STATUS_BAD_VALUE;
    const set = this.#columns();
    if (tier !== TIER_CONTEXT) return this.#listChain(set.tierFirst[tier], set.tierNext);
    closeGaps(set);
    for (let seat = 0; seat < set.seatEnd; seat += 1) {
      this.#putSlot(seat, set.seatSlot[seat] ?? 0);
    }
    return set.seatEnd;
  }

  listType(type: number): number {
    if (!isBelow(type, PAGE_TYPE_COUNT)) return STATUS_BAD_VALUE;
    return this.#listChain(this.#columns().typeFirst[type], this.#columns().typeNext);
  }

  listByAccess(tier: number, limit: number, order: number): number {
    if (limit < 0 || (order !== ORDER_OLDEST && order !== ORDER_NEWEST)) return STATUS_BAD_VALUE;
    const count = this.listTier(tier);
    if (count < 0) return count;
    const [set, { results }] = [this.#columns(), this.#shared];
    for (let index = 0; index < count; index += 1) {
      const slot = results.key[index] ?? 0;
      const [accessed, created] = [set.accessed[slot] ?? 0, set.created[slot] ?? 0];
      if (order === ORDER_NEWEST) {
        results.put(index, 0 - accessed, { key: ~created >>> 0, value: slot });
      } else {
        results.put(index, accessed, { key: created, value: slot });
      }
    }
    const chosen = results.selectFirst(0, count, Math.min(limit, count));
    results.key.set(results.value.subarray(0, chosen));
    return chosen;
  }

  keys(count: number): number[] {
    return Array.from(this.#shared.results.key.subarray(0, count));
  }

  values(count: number): number[] {
    return Array.from(this.#shared.results.value.subarray(0, count));
  }

  scores(count: number): number[] {
    return Array.from(this.#shared.results.score.subarray(0, count));
  }

  audit(): number {
    return auditPages(this.#columns());
  }

  distrust(finding: number): PagefoldError {
    this.#shared.failure ??= new PagefoldError(
      'KERNEL_POISONED',
      'A working set was found inconsistent; no set of this kernel can be trusted.',
      { data: { finding } },
    );
    return this.#shared.failure;
  }

  close(): number {
    return STATUS_OK;
  }

  /** The columns, as long as they can be trusted. */
  #columns(): PageColumns {
    assertTrusted(this.#shared);
    return this.#set;
  }

  /** Results first, since every set must have room for its own there; false when the process has no memory for either. */
  #grow(set: PageColumns): boolean {
    try {
      this.#shared.results.reserve(seatsOf(2 * set.capacity));
      set.grow();
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  /** NaN takes an override back; an importance is never NaN, which is checked in front. */
  #setShare(column: Float64Array, slot: number, value: number): number {
    const set = this.#columns();
    if (!set.isLive(slot)) return STATUS_BAD_SLOT;
    const isCleared = Number.isNaN(value) && column === set.override;
    if (!isCleared && !isShare(value)) return STATUS_BAD_VALUE;
    column[slot] = value;
    if (set.isInContext(slot)) refreshSeat(set, slot);
    return STATUS_OK;
  }

  #listChain(first: number = INDEX_NONE, next: Int32Array): number {
    let count = 0;
    for (let slot = first; slot !== INDEX_NONE; slot = next[slot] ?? INDEX_NONE) {
      this.#putSlot(count, slot);
      count += 1;
    }
    return count;
  }

  #putSlot(index: number, slot: number): void {
    this.#shared.results.put(index, 0, { key: slot, value: this.#columns().tokensOf(slot) });
  }
}

function assertTrusted({ failure }: Shared): void {
  if (failure !== null) throw failure;
}

function isBudget(totalTokens: number, reservedTokens: number): boolean {
  return totalTokens >= 0 && reservedTokens >= 0 && reservedTokens <= totalTokens;
}

function isMode(mode: number): boolean {
  return mode === MODE_NORMAL || mode === MODE_EMERGENCY;
}

function isBelow(ordinal: number, count: number): boolean {
  return ordinal >= 0 && ordinal < count;
}
