import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../scripts/lib/redis/private-redis.ts';
import { createRedisStore } from '../src/runtime/redis-store.ts';
import type { HistoryPoint, Store } from '../src/store/store.ts';
import { aKey, anAppend } from '../src/testing/store-builders.ts';
import { onDurableRedis } from './lib/redis-bench.ts';
import { type Cost, costOf } from './lib/redis-cost.ts';
import { compareRounds, compareRow, round } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

/** Callers at once, each with a session of its own, and the records that its session has already. */
const SETTINGS = [
  { callers: 1, length: 10, batch: 1 },
  { callers: 64, length: 10, batch: 1 },
  { callers: 1024, length: 10, batch: 1 },
  { callers: 1, length: 10_000, batch: 1 },
  { callers: 64, length: 10_000, batch: 1 },
  { callers: 4, length: 10, batch: 1 },
  // Few, since so many records of so many sessions would not fit into the memory of a small machine.
  { callers: 4, length: 100_000, batch: 1 },
  { callers: 64, length: 10, batch: 8 },
  { callers: 64, length: 10, batch: 64 },
] as const;

type Setting = (typeof SETTINGS)[number];

/** Moves of one sample: of many callers with a record each, and of few. */
const SAMPLE_MOVES = 4096;
const FEW_MOVES = 1024;
/** Records of one sample where a move has several. */
const SAMPLE_RECORDS = 16_384;
const ROUNDS = 5;
/** Where a move has several records: what is compared lies close together, and one round in five can be off by a half. */
const ROUNDS_OF_SEVERAL = 25;
const WARM_UP_ROUNDS = 1;
/** Characters of a record: about what a chat message takes. */
const RECORD_LENGTH = 520;
const PRELOAD_BATCH = 500;
const MEMORY_EVENTS = 10_000;

const RAW = 'RPUSH, ioredis, pipelined';
/** The same bytes as so many commands; beside moves of several records. */
const RAW_EACH = 'RPUSH of each record, ioredis, pipelined';

/** One caller's way to append. */
type Append = (records: readonly string[]) => Promise<void>;

/** What does a durable append to a session in Redis cost, compared with pushing the same bytes to a list? */
export function run(): Promise<readonly BenchRow[]> {
  return onDurableRedis(async ({ server }) => {
    const raw = new Redis(server.url, { enableAutoPipelining: true });
    const store = createRedisStore({ url: server.url });
    try {
      const rows: BenchRow[] = [];
      for (const setting of SETTINGS) {
        // One after the other: they share a server.
        rows.push(...(await compare(setting, { server, raw, store })));
        // What a setting left would fill a small machine in the end.
        await raw.flushall('SYNC');
      }
      rows.push(await compareMemory(raw, store));
      return rows;
    } finally {
      await store.close();
      raw.disconnect();
    }
  });
}

interface Bench {
  readonly server: PrivateRedis;
  readonly raw: Redis;
  readonly store: Store;
}

interface Samples {
  readonly ours: Cost[];
  readonly theirs: Cost[];
  /** Empty where a move has one record. */
  readonly each: Cost[];
}

async function compare(setting: Setting, bench: Bench): Promise<readonly BenchRow[]> {
  const ours = await Promise.all(
    Array.from({ length: setting.callers }, () => openSession(bench.store, setting.length)),
  );
  const theirs = await Promise.all(
    Array.from({ length: setting.callers }, () => openList(bench.raw, setting.length)),
  );
  const each = setting.batch === 1 ? [] : theirs.map(appendEach);
  const samples: Samples = { ours: [], theirs: [], each: [] };
  const rounds = setting.batch === 1 ? ROUNDS : ROUNDS_OF_SEVERAL;
  for (let turn = 0; turn < WARM_UP_ROUNDS + rounds; turn += 1) {
    // Interleaved, so that what disturbs one disturbs the other.
    const costs = {
      ours: await sample(ours, setting, bench),
      theirs: await sample(theirs, setting, bench),
      each: each.length === 0 ? null : await sample(each, setting, bench),
    };
    if (turn < WARM_UP_ROUNDS) continue;
    samples.ours.push(costs.ours);
    samples.theirs.push(costs.theirs);
    if (costs.each !== null) samples.each.push(costs.each);
  }
  return toRows(setting, samples);
}

async function sample(callers: readonly Append[], setting: Setting, { raw }: Bench): Promise<Cost> {
  const moves = movesOfSample(setting);
  const rounds = moves / callers.length;
  const records = Array.from({ length: setting.batch }, () => aRecord());
  return costOf(raw, moves * setting.batch, () =>
    Promise.all(
      callers.map(async (append) => {
        // In order: a caller waits for an answer before its next call.
        for (let turn = 0; turn < rounds; turn += 1) await append(records);
      }),
    ),
  );
}

function movesOfSample({ callers, batch }: Setting): number {
  if (batch > 1) return SAMPLE_RECORDS / batch;
  return callers < 64 ? FEW_MOVES : SAMPLE_MOVES;
}

async function openSession(store: Store, length: number): Promise<Append> {
  const key = aKey({ sessionId: randomBytes(9).toString('hex') });
  const writer = randomBytes(9).toString('hex');
  let known: HistoryPoint | null = null;
  let operation = 0;
  const append: Append = async (records) => {
    operation += 1;
    const result = await store.append(
      anAppend({ key, known, write: { writer, operation }, records }),
    );
    if (result.kind !== 'ok') throw new Error(`unexpected ${result.kind}`);
    known = result.point;
  };
  await fill(append, length);
  return append;
}

async function openList(raw: Redis, length: number): Promise<Append> {
  const key = `raw:${randomBytes(9).toString('hex')}`;
  const append: Append = async (records) => {
    await raw.rpush(key, ...records);
  };
  await fill(append, length);
  return append;
}

/** Every record in a command of its own, all of them at once. */
function appendEach(append: Append): Append {
  return async (records) => {
    await Promise.all(records.map((record) => append([record])));
  };
}

async function fill(append: Append, length: number): Promise<void> {
  for (let left = length; left > 0; left -= PRELOAD_BATCH) {
    // In order: a session grows from its end.
    await append(Array.from({ length: Math.min(left, PRELOAD_BATCH) }, () => aRecord()));
  }
}

function aRecord(): string {
  return `1${JSON.stringify({ type: 'message', content: randomBytes(240).toString('hex') })}`.padEnd(
    RECORD_LENGTH,
  );
}

async function compareMemory(raw: Redis, store: Store): Promise<BenchRow> {
  const before = await usedBytes(raw);
  await openSession(store, MEMORY_EVENTS);
  const between = await usedBytes(raw);
  await openList(raw, MEMORY_EVENTS);
  const after = await usedBytes(raw);
  const ours = round((between - before) / MEMORY_EVENTS, 3);
  const theirs = round((after - between) / MEMORY_EVENTS, 3);
  const metric = `memory of a record of ${RECORD_LENGTH} B, session of ${MEMORY_EVENTS}`;
  return compareRow({ metric, unit: 'B', ours, peer: RAW, theirs }, 'lower');
}

/** What the server uses, without what it holds for connections. */
async function usedBytes(raw: Redis): Promise<number> {
  const info = await raw.info('memory');
  const figure = (name: string): number =>
    Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
  return figure('used_memory') - figure('mem_clients_normal');
}

function toRows(
  { callers, length, batch }: Setting,
  { ours, theirs, each }: Samples,
): readonly BenchRow[] {
  const where = `${callers} callers, length ${length}${batch === 1 ? '' : `, ${batch} records a move`}`;
  const metrics = [
    ['serverUs', 'CPU of the server a record', 'µs', 'lower'],
    ['clientUs', 'CPU of the process a record', 'µs', 'lower'],
    ['perSecond', 'records a second', '/s', 'higher'],
  ] as const;
  const peers = [
    [RAW, theirs],
    [RAW_EACH, each],
  ] as const;
  return peers
    .filter(([, costs]) => costs.length > 0)
    .flatMap(([peer, costs]) =>
      metrics.map(([field, name, unit, better]) =>
        compareRounds(
          { metric: `${name}, ${where}`, unit, peer },
          { ours: ours.map((cost) => cost[field]), theirs: costs.map((cost) => cost[field]) },
          better,
        ),
      ),
    );
}
