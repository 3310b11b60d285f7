import type { Executor } from '../src/actors/envelope.ts';
import { DEFAULT_ACTOR_LIMITS } from '../src/actors/limits.ts';
import { PoolExecutor } from '../src/actors/pool/pool-executor.ts';
import { traitsOf } from '../src/actors/pool/store-host.ts';
import { Shard } from '../src/actors/shard.ts';
import type { Command } from '../src/domain/command.ts';
import { counterTables, prepareCounterTables } from '../src/kernel/counter-sharing.ts';
import { createMemoryStore } from '../src/runtime/memory-store.ts';
import { systemClock } from '../src/runtime/system.ts';
import { bundleWorkers } from '../scripts/lib/worker-bundle.ts';
import { aNewSession, aRecordCommand } from '../test/lib/commands.ts';
import { shardParts } from './lib/pool/bench-worker.ts';
import { loopsPerMicrosecond, type Work } from './lib/pool/work.ts';
import { mainCpu } from './lib/main-cpu.ts';
import { type BenchRow, compareRow, round } from './lib/row.ts';
import { median } from './lib/median.ts';

const CALLERS = [1, 64, 1024] as const;
const MICROSECONDS = [0.3, 5, 20, 50] as const;
const WORKERS = 2;
const ROUNDS = 5;
const CALLS = { 1: 1000, 64: 6400, 1024: 10_240 } as const;
const TEXT_LENGTH = 400;

/** What one call cost, in microseconds. */
interface Sample {
  readonly main: number;
  readonly all: number;
  readonly wall: number;
}

/** What does a call cost the main thread, and how many fit into a second, with and without workers? */
export async function run(): Promise<readonly BenchRow[]> {
  await bundleWorkers({ 'bench-worker': 'bench/lib/pool/bench-worker.ts' });
  prepareCounterTables(['o200k_base'], 'openai');
  const loops = loopsPerMicrosecond();
  const works: readonly (readonly [string, Work])[] = [
    ['exact tokens', 'exact'],
    ...MICROSECONDS.map((micros) => [`${micros} µs`, { loops: micros * loops }] as const),
  ];
  const rows: BenchRow[] = [];
  for (const [title, work] of works) {
    for (const callers of CALLERS) {
      // One after the other, or they would measure each other.
      rows.push(...(await compare(`${title}, ${callers} callers`, work, callers)));
    }
  }
  return rows;
}

async function compare(
  title: string,
  work: Work,
  callers: (typeof CALLERS)[number],
): Promise<readonly BenchRow[]> {
  const contenders = [openPool(work), openInline(work)] as const;
  const samples: readonly [Sample[], Sample[]] = [[], []];
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    for (const [index, contender] of contenders.entries()) {
      // In turns, so that what disturbs one disturbs both; the first turn warms up.
      const sample = await measure(contender, { callers, turn });
      if (turn > 0) samples[index]?.push(sample);
    }
  }
  await Promise.all(contenders.map((contender) => contender.close({ deadlineMs: Date.now() })));
  const [pool, inline] = samples;
  const rowOf = (name: keyof Sample, metric: string): BenchRow =>
    compareRow(
      {
        metric: `${title}: ${metric}`,
        unit: 'µs',
        ours: median(pool.map((sample) => sample[name])),
        peer: 'inline',
        theirs: median(inline.map((sample) => sample[name])),
      },
      'lower',
    );
  return [
    rowOf('main', 'CPU of the main thread'),
    rowOf('all', 'CPU of all threads'),
    rowOf('wall', 'time a call'),
  ];
}

function openInline(work: Work): Executor {
  return new Shard({ ...shardParts(work), store: createMemoryStore() });
}

function openPool(work: Work): Executor {
  const store = createMemoryStore();
  return new PoolExecutor({
    workers: WORKERS,
    file: new URL('../build/worker/bench-worker.js', import.meta.url).href,
    settings: { traits: traitsOf(store), work, tables: work === 'exact' ? counterTables() : [] },
    clock: systemClock(),
    limits: DEFAULT_ACTOR_LIMITS,
    store,
    warn: () => undefined,
    onEnd: () => undefined,
  });
}

async function measure(
  executor: Executor,
  options: { readonly callers: (typeof CALLERS)[number]; readonly turn: number },
): Promise<Sample> {
  const { callers, turn } = options;
  const calls = CALLS[callers];
  const command = textCommand();
  const before = { main: mainCpu(), all: process.cpuUsage(), wall: process.hrtime.bigint() };
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      // A session for each caller, and new ones each turn, since long sessions are not the question.
      const key = { tenant: `tenant-${caller % 16}`, sessionId: `${turn}-${caller}` };
      for (let call = 0; call < calls / callers; call += 1) {
        // In order: a caller waits for its answer.
        await executor.execute({ key, command });
      }
    }),
  );
  const { user, system } = process.cpuUsage(before.all);
  return {
    main: round((mainCpu() - before.main) / calls, 3),
    all: round((user + system) / calls, 3),
    wall: round(Number(process.hrtime.bigint() - before.wall) / 1000 / calls, 3),
  };
}

function textCommand(): Command {
  const sentence = 'The order of the customer has not arrived, and nobody knows where it is. ';
  const message = sentence.repeat(TEXT_LENGTH / sentence.length + 1).slice(0, TEXT_LENGTH);
  return aRecordCommand({ message, model: 'gpt-4o' }, { create: aNewSession() });
}
