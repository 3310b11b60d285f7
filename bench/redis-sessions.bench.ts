import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../scripts/lib/redis/private-redis.ts';
import { openPagefold } from '../src/api/pagefold.ts';
import { createRedisStore } from '../src/runtime/redis-store.ts';
import { mainCpu } from './lib/main-cpu.ts';
import { median } from './lib/median.ts';
import { onDurableRedis } from './lib/redis-bench.ts';
import { type Cost, costOf } from './lib/redis-cost.ts';
import { type BenchRow, compareRow, round } from './lib/row.ts';

const SESSIONS = [1, 1000] as const;
const CALLERS = [1, 64, 1024] as const;
const CALLS = { 1: 500, 64: 6400, 1024: 10_240 } as const;
const ROUNDS = 5;
const WARM_UP_ROUNDS = 2;
const TEXT = 'The order of the customer has not arrived, and nobody knows where it is. '.repeat(4);
/** What the record of such a message takes; the list gets as many bytes. */
const RECORD_LENGTH = 470;

interface Setting {
  readonly sessions: number;
  readonly callers: (typeof CALLERS)[number];
}

/** A way to keep messages in Redis. */
interface Keeper {
  readonly name: string;
  append(id: string): Promise<unknown>;
  close(): Promise<void>;
}

interface Sample extends Cost {
  readonly mainUs: number;
}

/**
 * What does a message cost that goes through the whole library into Redis, exact counts included: the main thread, all threads and
 * the server, with one session that all callers write to and with a thousand, inline and with one worker?
 */
export function run(): Promise<readonly BenchRow[]> {
  return onDurableRedis(async ({ server, watch }) => {
    const keepers = [await openOurs(server, 0), await openOurs(server, 1), openList(server)];
    try {
      const rows: BenchRow[] = [];
      for (const sessions of SESSIONS) {
        for (const callers of CALLERS) {
          // One after the other: they share a server.
          rows.push(...(await compare({ sessions, callers }, watch, keepers)));
        }
      }
      return rows;
    } finally {
      await Promise.all(keepers.map((keeper) => keeper.close()));
    }
  });
}

async function compare(
  setting: Setting,
  watch: Redis,
  keepers: readonly Keeper[],
): Promise<readonly BenchRow[]> {
  const samples = new Map<Keeper, Sample[]>(keepers.map((keeper) => [keeper, []]));
  for (let turn = 0; turn < WARM_UP_ROUNDS + ROUNDS; turn += 1) {
    for (const keeper of keepers) {
      // Interleaved, so that what disturbs one disturbs the others.
      const sample = await measure(setting, watch, keeper);
      if (turn >= WARM_UP_ROUNDS) samples.get(keeper)?.push(sample);
    }
  }
  return toRows(setting, samples);
}

async function measure(
  { sessions, callers }: Setting,
  watch: Redis,
  keeper: Keeper,
): Promise<Sample> {
  const ids = Array.from({ length: sessions }, () => randomBytes(9).toString('hex'));
  // A session that is there already, as most are.
  await Promise.all(ids.map((id) => keeper.append(id)));
  const calls = CALLS[callers];
  const before = mainCpu();
  const cost = await costOf(watch, calls, () =>
    Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let call = 0; call < calls / callers; call += 1) {
          // In order: a caller waits for its answer.
          await keeper.append(ids[(caller + call * callers) % sessions] ?? '');
        }
      }),
    ),
  );
  return { ...cost, mainUs: (mainCpu() - before) / calls };
}

function toRows(
  { sessions, callers }: Setting,
  samples: ReadonlyMap<Keeper, readonly Sample[]>,
): readonly BenchRow[] {
  const all = [...samples];
  const list = all.at(-1)?.[1] ?? [];
  const metrics = [
    ['mainUs', 'CPU of the main thread a message', 'µs', 'lower'],
    ['clientUs', 'CPU of all threads a message', 'µs', 'lower'],
    ['serverUs', 'CPU of the server a message', 'µs', 'lower'],
    ['perSecond', 'messages a second', '/s', 'higher'],
  ] as const;
  const where = `${callers} callers, ${sessions === 1 ? 'one session' : `${sessions} sessions`}`;
  return all.slice(0, -1).flatMap(([keeper, ours]) =>
    metrics.map(([field, name, unit, better]) => {
      const middle = (some: readonly Sample[]): number =>
        round(median(some.map((sample) => sample[field])), 3);
      const metric = `${name}, ${where}, ${keeper.name}`;
      const row = { metric, unit, ours: middle(ours), peer: 'RPUSH, ioredis, pipelined' };
      return compareRow({ ...row, theirs: middle(list) }, better);
    }),
  );
}

async function openOurs({ url }: PrivateRedis, workers: number): Promise<Keeper> {
  const namespace = `workers-${workers}`;
  const store = createRedisStore({ url, namespace });
  // All callers may wait for one session.
  const limits = { sessionQueue: 2048, tenantQueue: 4096 };
  const pagefold = await openPagefold({ store, tokens: 'exact', workers, limits });
  return {
    name: workers === 0 ? 'inline' : `${workers} worker`,
    append: (id) => pagefold.session(id).userSays(TEXT),
    close: async () => {
      await pagefold.close();
      await store.close();
    },
  };
}

function openList({ url }: PrivateRedis): Keeper {
  const raw = new Redis(url, { enableAutoPipelining: true });
  const record = 'x'.repeat(RECORD_LENGTH);
  return {
    name: 'list',
    append: (id) => raw.rpush(`list:${id}`, record),
    close: () => {
      raw.disconnect();
      return Promise.resolve();
    },
  };
}
