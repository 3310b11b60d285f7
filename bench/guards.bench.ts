import { createMemoryArtifactStore } from '../src/runtime/artifact-stores.ts';
import { createMemoryStore } from '../src/runtime/memory-store.ts';
import { ToolStateManager } from '../src/runtime/tool-state.ts';
import { openPagefold, type Pagefold } from '../src/api/pagefold.ts';
import { SessionTools } from '../src/api/session-tools.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';
import { median } from './lib/median.ts';

const CALLS = 1_000;
const LENGTHS = [0, 1_000, 10_000] as const;
const ROUNDS = 5;
const WARM_UP_CALLS = 3_000;
const TARGET_US = 30;

/**
 * What does a guarded tool call cost beyond the tool, with and without what recording it costs anyway, does it stay flat as the
 * conversation grows, and what does opening cost?
 */
export async function run(): Promise<readonly BenchRow[]> {
  // A service that runs has optimised this code long ago; what is measured here is not how it begins.
  stateRow(WARM_UP_CALLS);
  await sessionRows(WARM_UP_CALLS);
  const rows: BenchRow[] = [];
  for (const length of LENGTHS) rows.push(stateRow(length));
  for (const length of LENGTHS) rows.push(...(await sessionRows(length)));
  rows.push(await openRow(10_000));
  return rows;
}

function stateRow(length: number): BenchRow {
  const state = new ToolStateManager({ limits: { executionBudget: 1e9, toolBudgetTotal: 1e9 } });
  callState(state, 0, length);
  const costs = Array.from({ length: ROUNDS }, (_, turn) => {
    const start = process.cpuUsage();
    callState(state, length + turn * CALLS, CALLS);
    return perCall(start);
  });
  return row(`judge and note a call after ${length} calls`, costs);
}

async function sessionRows(length: number): Promise<readonly BenchRow[]> {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const [plain, guarded] = [pagefold.session('plain'), pagefold.session('guarded')];
  const tools = await SessionTools.open(guarded, {
    limits: { executionBudget: 1e9, toolBudgetTotal: 1e9 },
  });
  const callPlain = async (from: number, count: number): Promise<void> => {
    for (let index = from; index < from + count; index += 1) {
      const { toolName, args, result } = aCall(index);
      await plain.toolUsed({ toolName, arguments: args, result });
    }
  };
  const callGuarded = async (from: number, count: number): Promise<void> => {
    for (let index = from; index < from + count; index += 1) {
      const { toolName, args, result } = aCall(index);
      const report = await tools.begin(toolName, args);
      await tools.finish({ report, result });
    }
  };
  await callPlain(0, length);
  await callGuarded(0, length);
  const [beyond, whole]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const from = length + turn * CALLS;
    const first = process.cpuUsage();
    await callPlain(from, CALLS);
    const without = perCall(first);
    const second = process.cpuUsage();
    await callGuarded(from, CALLS);
    const withGuards = perCall(second);
    whole.push(withGuards);
    beyond.push(withGuards - without);
  }
  return [
    row(`guard a recorded call after ${length} calls, beyond recording it`, beyond),
    row(`guard and record a call after ${length} calls`, whole),
  ];
}

/** A runtime with a store of artifacts keeps snapshots; the other one folds the whole log. */
async function openRow(length: number): Promise<BenchRow> {
  const store = createMemoryStore();
  const limits = { executionBudget: 1e9, toolBudgetTotal: 1e9 };
  await using kept = await openPagefold({
    store,
    tokens: 'estimate',
    artifacts: createMemoryArtifactStore(),
  });
  await using folded = await openPagefold({ store, tokens: 'estimate' });
  const tools = await SessionTools.open(kept.session('long'), { limits });
  for (let index = 0; index < length; index += 1) {
    const { toolName, args, result } = aCall(index);
    const report = await tools.begin(toolName, args);
    await tools.finish({ report, result });
  }
  const costOf = async (pagefold: Pagefold): Promise<number> => {
    const start = process.cpuUsage();
    await SessionTools.open(pagefold.session('long'), { limits });
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    ours.push(await costOf(kept));
    theirs.push(await costOf(folded));
  }
  const metric = `open the tools of a session of ${length} calls`;
  const parts = { metric, unit: 'ms', peer: 'the whole log' };
  return compareRow({ ...parts, ours: median(ours), theirs: median(theirs) }, 'lower');
}

function callState(state: ToolStateManager, from: number, count: number): void {
  for (let index = from; index < from + count; index += 1) {
    const { toolName, args, result } = aCall(index);
    if (state.beginCall(toolName, args).verdict === 'block')
      throw new Error('an ordinary call was refused');
    state.finishCall({ toolName, arguments: args, result });
  }
}

function aCall(index: number): {
  readonly toolName: string;
  readonly args: object;
  readonly result: object;
} {
  return {
    toolName: `shop.find_${index % 7}`,
    args: { query: `shoes ${index}`, limit: 10, filter: { maxPrice: 100, sizes: [41, 42] } },
    result: {
      items: [
        { id: `A${index}`, price: index + 0.99 },
        { id: `B${index}`, price: 20 },
      ],
      total: index,
    },
  };
}

function perCall(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / CALLS;
}

function row(metric: string, costs: readonly number[]): BenchRow {
  const ours = median(costs);
  return compareRow({ metric, unit: 'µs', ours, peer: 'target', theirs: TARGET_US }, 'lower');
}
