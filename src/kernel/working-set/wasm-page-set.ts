import {
  FACT_COLUMNS,
  FIGURE_COLUMNS,
  RESULT_KEY,
  RESULT_SCORE,
  RESULT_STRIDE,
  RESULT_VALUE,
  STATUS_OK,
} from '../../../assembly/shared/layout.ts';
import type { PagefoldError } from '../../domain/errors.ts';
import type { KernelInstance } from '../kernel-instance.ts';
import type { KernelModule } from '../kernel-module.ts';
import { buildFrequencyTable } from './frequency-table.ts';
import type { PageSet, PageSetSource } from './page-set.ts';

/** Opens working sets in the linear memory of a kernel instance. */
export function createWasmPageSets(instance: KernelInstance): PageSetSource {
  const areas = createAreas(instance);
  let isPrepared = false;
  return {
    openSet: (totalTokens, reservedTokens) => {
      try {
        if (!isPrepared) writeFrequencies(instance.exports);
        isPrepared = true;
        const set = instance.exports.openSet(totalTokens, reservedTokens);
        return set < STATUS_OK ? set : new WasmPageSet(set, instance, areas);
      } catch (error) {
        throw instance.poison(error);
      }
    },
  };
}

function writeFrequencies({ memory, frequenciesAddress }: KernelModule): void {
  const table = buildFrequencyTable();
  new Float64Array(memory.buffer, frequenciesAddress(), table.length).set(table);
}

/** The areas of fixed place through which facts and figures pass. */
interface Areas {
  readonly facts: () => Float64Array;
  readonly figures: () => Float64Array;
}

/** Views over linear memory, made anew after the memory has grown and left the old ones without a buffer. */
function createAreas(instance: KernelInstance): Areas {
  const view = (address: () => number, columns: number): (() => Float64Array) => {
    let area = new Float64Array(0);
    return () => {
      const { buffer } = instance.exports.memory;
      if (area.buffer !== buffer) area = new Float64Array(buffer, address(), columns);
      return area;
    };
  };
  return {
    facts: view(() => instance.exports.factsAddress(), FACT_COLUMNS),
    figures: view(() => instance.exports.figuresAddress(), FIGURE_COLUMNS),
  };
}

/** Every call is guarded by itself: a common guard would be called with many functions and could not be inlined. */
class WasmPageSet implements PageSet {
  readonly #set: number;
  readonly #instance: KernelInstance;
  readonly #areas: Areas;

  constructor(set: number, instance: KernelInstance, areas: Areas) {
    this.#set = set;
    this.#instance = instance;
    this.#areas = areas;
  }

  facts(): Float64Array {
    return this.#areas.facts();
  }

  figures(): Float64Array {
    this.#call(({ readFigures }) => readFigures(this.#set));
    return this.#areas.figures();
  }

  addPage(): number {
    try {
      return this.#instance.exports.addPage(this.#set);
    } catch (error) {
      throw this.#instance.poison(error);
    }
  }

  readPage(slot: number): number {
    try {
      return this.#instance.exports.readPage(this.#set, slot);
    } catch (error) {
      throw this.#instance.poison(error);
    }
  }

  removePage(slot: number): number {
    try {
      return this.#instance.exports.removePage(this.#set, slot);
    } catch (error) {
      throw this.#instance.poison(error);
    }
  }

  admit(slot: number, nowMs: number): number {
    try {
      return this.#instance.exports.admit(this.#set, slot, nowMs);
    } catch (error) {
      throw this.#instance.poison(error);
    }
  }

  touch(slot: number, nowMs: number): number {
    try {
      return this.#instance.exports.touch(this.#set, slot, nowMs);
    } catch (error) {
      throw this.#instance.poison(error);
    }
  }

  renew(slot: number): number {
    return this.#call(({ renew }) => renew(this.#set, slot));
  }

  moveTo(slot: number, tier: number): number {
    return this.#call(({ moveTo }) => moveTo(this.#set, slot, tier, 0));
  }

  evictTo(slot: number, tier: number): number {
    return this.#call(({ moveTo }) => moveTo(this.#set, slot, tier, 1));
  }

  protect(slot: number): number {
    return this.#call(({ protect }) => protect(this.#set, slot));
  }

  mark(slot: number, on: number, off: number): number {
    return this.#call(({ mark }) => mark(this.#set, slot, on, off));
  }

  clearPins(flags: number): number {
    return this.#call(({ clearPins }) => clearPins(this.#set, flags));
  }

  setImportance(slot: number, value: number): number {
    return this.#call(({ setImportance }) => setImportance(this.#set, slot, value));
  }

  setOverride(slot: number, value: number): number {
    return this.#call(({ setOverride }) => setOverride(this.#set, slot, value));
  }

  setLevelTokens(slot: number, level: number, tokens: number): number {
    return this.#call(({ setLevelTokens }) => setLevelTokens(this.#set, slot, level, tokens));
  }

  fold(slot: number, level: number): number {
    return this.#call(({ fold }) => fold(this.#set, slot, level));
  }

  setPolicy(columns: Float64Array): number {
    return this.#call(({ memory, policyAddress, setPolicy }) => {
      new Float64Array(memory.buffer, policyAddress(), columns.length).set(columns);
      return setPolicy(this.#set);
    });
  }

  setBudget(totalTokens: number, reservedTokens: number): number {
    return this.#call(({ setBudget }) => setBudget(this.#set, totalTokens, reservedTokens));
  }

  setTurn(turn: number): number {
    return this.#call(({ setTurn }) => setTurn(this.#set, turn));
  }

  selectVictims(needTokens: number, mode: number): number {
    return this.#call(({ selectVictims }) => selectVictims(this.#set, needTokens, mode));
  }

  planEviction(needTokens: number, mode: number, deepestLevel: number): number {
    return this.#call(({ planEviction }) =>
      planEviction(this.#set, needTokens, mode, deepestLevel),
    );
  }

  canReach(needTokens: number, mode: number): number {
    return this.#call(({ canReach }) => canReach(this.#set, needTokens, mode));
  }

  scoreContext(mode: number): number {
    return this.#call(({ scoreContext }) => scoreContext(this.#set, mode));
  }

  scoreHot(limit: number, nowMs: number): number {
    return this.#call(({ scoreHot }) => scoreHot(this.#set, limit, nowMs));
  }

  listTier(tier: number): number {
    return this.#call(({ listTier }) => listTier(this.#set, tier));
  }

  listType(type: number): number {
    return this.#call(({ listType }) => listType(this.#set, type));
  }

  listByAccess(tier: number, limit: number, order: number): number {
    return this.#call(({ listByAccess }) => listByAccess(this.#set, tier, limit, order));
  }

  keys(count: number): number[] {
    return this.#numbers(count, RESULT_KEY);
  }

  values(count: number): number[] {
    return this.#numbers(count, RESULT_VALUE);
  }

  scores(count: number): number[] {
    const { memory, resultsAddress } = this.#instance.exports;
    const step = RESULT_STRIDE / Float64Array.BYTES_PER_ELEMENT;
    const view = new Float64Array(memory.buffer, resultsAddress() + RESULT_SCORE, count * step);
    return Array.from({ length: count }, (_, index) => view[index * step] ?? 0);
  }

  audit(): number {
    return this.#call(({ audit }) => audit(this.#set));
  }

  distrust(finding: number): PagefoldError {
    return this.#instance.poison(new Error(`A working set is inconsistent: ${finding}.`));
  }

  close(): number {
    // A poisoned memory goes as a whole.
    if (this.#instance.isPoisoned()) return STATUS_OK;
    return this.#call(({ closeSet }) => closeSet(this.#set));
  }

  #numbers(count: number, field: number): number[] {
    const { memory, resultsAddress } = this.#instance.exports;
    const step = RESULT_STRIDE / Uint32Array.BYTES_PER_ELEMENT;
    const first = field / Uint32Array.BYTES_PER_ELEMENT;
    const view = new Uint32Array(memory.buffer, resultsAddress(), count * step);
    const numbers: number[] = [];
    for (let index = first; index < view.length; index += step) numbers.push(view[index] ?? 0);
    return numbers;
  }

  /** For calls whose own work is far above the cost of a closure. */
  #call(run: (exports: KernelModule) => number): number {
    try {
      return run(this.#instance.exports);
    } catch (error) {
      throw this.#instance.poison(error);
    }
  }
}
