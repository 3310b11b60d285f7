import { type ActorLimits, DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import { PoolExecutor } from '../../../src/actors/pool/pool-executor.ts';
import { DEFAULT_POOL_LIMITS, type PoolLimits } from '../../../src/actors/pool/pool-limits.ts';
import { traitsOf } from '../../../src/actors/pool/store-host.ts';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';
import { createRedisStore, type RedisStoreDescription } from '../../../src/runtime/redis-store.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import type { Store } from '../../../src/store/store.ts';
import { DeathOrders } from './death.ts';
import type { DyingSettings } from './dying-worker.ts';

/** A pool whose workers can be told to die. */
export interface DyingPool {
  readonly executor: PoolExecutor;
  readonly store: Store;
  readonly orders: DeathOrders;
  close(): Promise<void>;
}

/** How a pool under test differs from one in production. */
export interface DyingPoolOptions {
  readonly workers?: number;
  readonly store?: Store;
  /** Orders that workers of another pool look at too. */
  readonly orders?: DeathOrders;
  /** Where workers have a connection of their own; the log is read from there too. */
  readonly redis?: RedisStoreDescription;
  readonly limits?: Partial<ActorLimits>;
  readonly pool?: Partial<PoolLimits>;
  /** Of the module that workers run; one that is there unless another one is named. */
  readonly file?: string;
  readonly warn?: (code: string, message: string) => void;
}

const { restart } = DEFAULT_POOL_LIMITS;
const CLOSING_MS = 5000;

/** Ends as often as a test likes, with short pauses, and a small heap so that it is full soon. */
const QUICK: Partial<PoolLimits> = {
  restart: { ...restart, intensity: 1_000_000, firstPauseMs: 1, maxPauseMs: 10 },
  heartbeatMs: 50,
  missedBeats: 30,
  heapMb: 48,
};

/** A pool whose workers can be told to die, over a memory store unless another one is given. */
export function openDyingPool(options: DyingPoolOptions = {}): DyingPool {
  const { workers = 1, redis } = options;
  const store = options.store ?? (redis ? createRedisStore(redis.redis) : createMemoryStore());
  const limits = { ...DEFAULT_ACTOR_LIMITS, ...options.limits };
  const orders = options.orders ?? new DeathOrders();
  const settings: DyingSettings = {
    store: redis ? { kind: 'redis', ...redis } : { kind: 'main', traits: traitsOf(store) },
    limits,
    deaths: orders.buffer,
  };
  const clock = systemClock();
  const executor = new PoolExecutor({
    workers,
    file: options.file ?? new URL('../../../build/worker/dying-worker.js', import.meta.url).href,
    settings,
    clock,
    limits,
    store,
    pool: { ...QUICK, ...options.pool },
    warn: options.warn ?? (() => undefined),
    onEnd: () => undefined,
  });
  const close = async (): Promise<void> => {
    await executor.close({ deadlineMs: clock.nowMs() + CLOSING_MS });
    await store.close();
  };
  return { executor, store, orders, close };
}
