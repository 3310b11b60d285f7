import { instantiateKernel, kernelBytes } from '../src/kernel/kernel-module.ts';
import { createJsKernel } from '../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../src/kernel/wasm-kernel.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import {
  IMPORTANCE_WEIGHTED_LRU,
  MODALITY_AWARE_LRU,
} from '../src/kernel/working-set/eviction-policy.ts';
import type { EvictionWeights } from '../src/kernel/working-set/eviction-policy.ts';
import type { SlotIndex } from '../src/kernel/working-set/page-kinds.ts';
import type { WorkingSet } from '../src/kernel/working-set/working-set.ts';
import { collectedMemory } from './lib/collected-memory.ts';
import { measure } from './lib/measure.ts';
import { selectBySorting } from './lib/object-pages.ts';
import type { ObjectPage } from './lib/object-pages.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

const SIZES = [100, 1000, 10_000, 100_000] as const;
/** A small need, and what an eviction from 0.85 or from 1 down to 0.7 of the budget frees. */
const SHARES = [0.02, 0.15, 0.3] as const;
const MODALITIES = ['text', 'text', 'text', 'structured', 'image'] as const;
const TURN = 100;
const NOW_MS = 1_800_000_000_000;
const TARGET_NS = 100;

const TURNS = { rounds: 5, turnMs: 60 } as const;

/** Are working sets in WASM worth it: against a twin in typed arrays, and against sorting objects? */
export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const size of SIZES) {
    for (const share of SHARES) rows.push(...(await selectionRows(size, share)));
  }
  rows.push(...(await policyRows()), ...(await callRows()), ...(await cycleRows()));
  return [...rows, ...memoryRows()];
}

async function selectionRows(size: number, share: number): Promise<readonly BenchRow[]> {
  const pages = somePages(size);
  const need = needOf(pages, share);
  const simd = filledSet(simdKernel(), pages);
  const plain = filledSet(plainKernel(), pages);
  const twin = filledSet(createJsKernel(), pages);
  const costs = await measure(
    {
      simd: () => simd.set.selectVictims({ tokens: need }),
      plain: () => plain.set.selectVictims({ tokens: need }),
      twin: () => twin.set.selectVictims({ tokens: need }),
      objects: () => selectBySorting(pages, TURN, need),
    },
    TURNS,
  );
  const metric = `pick victims for ${share * 100}% of the tokens of ${size} pages`;
  const ours = costs.simd.nanoseconds / 1000;
  return [
    compareRow(
      { metric, unit: 'µs', ours, peer: 'JavaScript twin', theirs: costs.twin.nanoseconds / 1000 },
      'lower',
    ),
    compareRow(
      { metric, unit: 'µs', ours, peer: 'without SIMD', theirs: costs.plain.nanoseconds / 1000 },
      'lower',
    ),
    compareRow(
      {
        metric,
        unit: 'µs',
        ours,
        peer: 'sorting objects',
        theirs: costs.objects.nanoseconds / 1000,
      },
      'lower',
    ),
  ];
}

/** The policy with factors takes two more table look-ups a page. */
async function policyRows(): Promise<readonly BenchRow[]> {
  const pages = somePages(1000);
  const need = needOf(pages, 0.15);
  const simd = filledSet(simdKernel(), pages, MODALITY_AWARE_LRU);
  const twin = filledSet(createJsKernel(), pages, MODALITY_AWARE_LRU);
  const costs = await measure(
    {
      simd: () => simd.set.selectVictims({ tokens: need }),
      twin: () => twin.set.selectVictims({ tokens: need }),
      simdPlan: () => simd.set.planEviction({ tokens: need }, 2),
      twinPlan: () => twin.set.planEviction({ tokens: need }, 2),
    },
    TURNS,
  );
  return [
    twinRow('pick victims for 15% of 1000 pages by modality', costs.simd, costs.twin),
    twinRow('plan folds for 15% of 1000 pages', costs.simdPlan, costs.twinPlan),
  ];
}

async function callRows(): Promise<readonly BenchRow[]> {
  const pages = somePages(1000);
  const simd = filledSet(simdKernel(), pages);
  const twin = filledSet(createJsKernel(), pages);
  const touch = ({ set, slots }: Filled): (() => void) => {
    const next = cycle(slots);
    return () => set.touch(next(), NOW_MS);
  };
  const outAndIn = ({ set, slots }: Filled): (() => unknown) => {
    const next = cycle(slots);
    return () => {
      const slot = next();
      set.moveTo(slot, 'L1');
      return set.admit(slot, NOW_MS);
    };
  };
  const out = ({ set, slots }: Filled): (() => unknown) => {
    const next = cycle(slots);
    return () => {
      const slot = next();
      set.moveTo(slot, 'L2');
      return set.moveTo(slot, 'L1');
    };
  };
  const touches = await measure({ simd: touch(simd), twin: touch(twin) }, TURNS);
  const admissions = await measure({ simd: outAndIn(simd), twin: outAndIn(twin) }, TURNS);
  const moves = await measure({ simd: out(simd), twin: out(twin) }, TURNS);
  // What is admitted has to leave before; half of two moves below the context is what that costs.
  const admit = admissions.simd.nanoseconds - moves.simd.nanoseconds / 2;
  const admitTwin = admissions.twin.nanoseconds - moves.twin.nanoseconds / 2;
  const { simd: ours, twin: theirs } = touches;
  return [
    nsRow('touch a page', ours.nanoseconds, ['JavaScript twin', theirs.nanoseconds]),
    nsRow('touch a page', ours.nanoseconds, ['target', TARGET_NS]),
    nsRow('admit a page', admit, ['JavaScript twin', admitTwin]),
    nsRow('admit a page', admit, ['target', TARGET_NS]),
  ];
}

/** A whole eviction: pick, take out, and fill up again; gaps are closed in it. */
async function cycleRows(): Promise<readonly BenchRow[]> {
  const pages = somePages(1000);
  const need = needOf(pages, 0.15);
  const evict = ({ set }: Filled): (() => unknown) => {
    return () => {
      const victims = set.selectVictims({ tokens: need }) ?? [];
      for (const slot of victims) set.moveTo(slot, 'L1');
      for (const slot of victims) set.admit(slot, NOW_MS);
      return victims.length;
    };
  };
  const simd = filledSet(simdKernel(), pages);
  const twin = filledSet(createJsKernel(), pages);
  const costs = await measure({ simd: evict(simd), twin: evict(twin) }, TURNS);
  return [twinRow('evict 15% of 1000 pages and admit as many', costs.simd, costs.twin)];
}

function memoryRows(): readonly BenchRow[] {
  const size = 100_000;
  const pages = somePages(size);
  const module = instantiateKernel();
  const before = module.memory.buffer.byteLength;
  const wasm = filledSet(createWasmKernel(module), pages);
  const ours = (module.memory.buffer.byteLength - before) / wasm.slots.length;
  const buffersBefore = collectedMemory().arrayBuffers;
  const twin = filledSet(createJsKernel(), pages);
  const theirs = (collectedMemory().arrayBuffers - buffersBefore) / twin.slots.length;
  const heapBefore = collectedMemory().heapUsed;
  const objects = somePages(size);
  const heap = (collectedMemory().heapUsed - heapBefore) / objects.length;
  const metric = `memory of a page in a set that grew to ${size}`;
  return [
    compareRow({ metric, unit: 'B', ours, peer: 'JavaScript twin', theirs }, 'lower'),
    compareRow({ metric, unit: 'B', ours, peer: 'objects', theirs: heap }, 'lower'),
  ];
}

interface Filled {
  readonly set: WorkingSet;
  readonly slots: readonly SlotIndex[];
}

function simdKernel(): Kernel {
  return createWasmKernel(instantiateKernel(kernelBytes('simd')));
}

function plainKernel(): Kernel {
  return createWasmKernel(instantiateKernel(kernelBytes('plain')));
}

function filledSet(
  kernel: Kernel,
  pages: readonly ObjectPage[],
  policy: EvictionWeights = IMPORTANCE_WEIGHTED_LRU,
): Filled {
  const set = kernel.openWorkingSet({
    totalTokens: 2 ** 31 - 1,
    reservedTokens: 0,
    policy,
    turn: TURN,
  });
  const slots = pages.map((page, index) => {
    const slot = set.add({
      type: 'transcript',
      modality: MODALITIES[index % MODALITIES.length] ?? 'text',
      tier: 'L0',
      levelTokens: [page.tokens, page.tokens >> 1, page.tokens >> 2, null],
      importance: page.importance,
      flags: page.isPinned ? ['resident', 'pinnedExplicitly'] : ['resident'],
      lastAccessedMs: NOW_MS - index,
      faultTurn: page.faultTurn,
      evictTurn: page.evictTurn,
    });
    if (slot === undefined) throw new Error('The budget of the benchmark is too small.');
    return slot;
  });
  return { set, slots };
}

/** Pages of every importance, some pinned, a few freshly faulted or once evicted. */
function somePages(count: number): readonly ObjectPage[] {
  const draw = drawer();
  return Array.from({ length: count }, (_, index) => ({
    id: `page-${index}`,
    tokens: 20 + Math.floor(draw() * 400),
    modality: MODALITIES[index % MODALITIES.length] ?? 'text',
    importance: Math.round(draw() * 100) / 100,
    isPinned: draw() < 0.01,
    faultTurn: draw() < 0.02 ? TURN - Math.floor(draw() * 3) : null,
    evictTurn: draw() < 0.02 ? TURN - Math.floor(draw() * 20) : null,
  }));
}

function needOf(pages: readonly ObjectPage[], share: number): number {
  return Math.floor(pages.reduce((sum, { tokens }) => sum + tokens, 0) * share);
}

function cycle(slots: readonly SlotIndex[]): () => SlotIndex {
  const [first] = slots;
  if (first === undefined) throw new Error('There is no page.');
  let index = 0;
  return () => {
    // A stride that is prime to the number of pages: neighbours in time are none in memory.
    index = (index + 379) % slots.length;
    return slots[index] ?? first;
  };
}

/** A fixed sequence of numbers from 0 to 1 (Numerical Recipes' generator), so that every run has the same pages. */
function drawer(): () => number {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

interface Nanoseconds {
  readonly nanoseconds: number;
}

function twinRow(metric: string, ours: Nanoseconds, theirs: Nanoseconds): BenchRow {
  return compareRow(
    {
      metric,
      unit: 'µs',
      ours: ours.nanoseconds / 1000,
      peer: 'JavaScript twin',
      theirs: theirs.nanoseconds / 1000,
    },
    'lower',
  );
}

function nsRow(metric: string, ours: number, [peer, theirs]: readonly [string, number]): BenchRow {
  return compareRow({ metric, unit: 'ns', ours, peer, theirs }, 'lower');
}
