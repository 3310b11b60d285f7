import { ProcessLoad } from '../actors/admission.ts';
import { traitsOf } from '../actors/pool/store-host.ts';
import { PoolExecutor } from '../actors/pool/pool-executor.ts';
import { Shard } from '../actors/shard.ts';
import { tokenEngine } from '../config/environment.ts';
import type { Clock } from '../domain/clock.ts';
import { StorageError } from '../domain/errors.ts';
import type { PriceBook } from '../domain/price-book.ts';
import {
  counterTables,
  prepareCounterTables,
  releaseCounterRegions,
} from '../kernel/counter-sharing.ts';
import type { CounterTables } from '../kernel/counter-tables.ts';
import { ENCODINGS } from '../kernel/token-rules.ts';
import type { Store, TimeToLive } from '../store/store.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { ParsedRuntimeOptions } from './options.ts';
import { elapsedMs, newUuid, newWriterId, randomFraction } from './system.ts';
import type { Warn } from './warnings.ts';
import { spareWorkers, workerCount } from './worker-count.ts';
import { workerFile } from './worker-file.ts';
import type { WorkerSettings } from './worker-shard.ts';
import type { WorkerStore } from './worker-store.ts';
import { type SessionHost, Workers } from './workers.ts';

/** Memory is the process's, however many runtimes it has. */
const PROCESS_LOAD = new ProcessLoad();

/** What an executor is made of besides the options. */
export interface ExecutorParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly counter: TokenCounter;
  readonly prices: PriceBook;
  readonly timeToLive: TimeToLive;
  readonly warn: Warn;
}

/** Chooses where sessions live: in this thread, or in workers, of which there may be another number later. */
export function createWorkers(options: ParsedRuntimeOptions, parts: ExecutorParts): Workers {
  const { clock, warn } = parts;
  return new Workers({
    clock,
    warn,
    count: workerCount(options.workers, { isRedis: isRedis(options.store) }),
    whenDear: options.workers === 'auto' && !isRedis(options.store) ? spareWorkers() : 0,
    create: (count) => createHost(options, parts, count),
  });
}

function createHost(
  options: ParsedRuntimeOptions,
  parts: ExecutorParts,
  count: number,
): SessionHost {
  if (count === 0)
    return { executor: createShard(options, parts), whenStarted: () => Promise.resolve() };
  const executor = createPool(options, parts, count);
  return { executor, whenStarted: () => executor.whenStarted() };
}

function createShard({ limits }: ParsedRuntimeOptions, parts: ExecutorParts): Shard {
  const { store, clock, timeToLive, counter, prices } = parts;
  return new Shard({
    store,
    clock,
    limits,
    processLoad: PROCESS_LOAD,
    writer: newWriterId(),
    timeToLive,
    newId: newUuid,
    random: randomFraction,
    countTokens: (content, model) => counter.count(content, model).tokens,
    isExactFor: (model) => counter.isExactFor(model),
    prices,
    elapsedMs,
  });
}

function createPool(
  options: ParsedRuntimeOptions,
  parts: ExecutorParts,
  workers: number,
): PoolExecutor {
  const { store, clock, timeToLive, warn } = parts;
  const { tokens, prices } = options;
  // The budget for idle sessions is that of the runtime, however many threads they are spread over.
  const activationBytes = Math.ceil(options.limits.activationBytes / workers);
  const limits = { ...options.limits, activationBytes };
  const settings: WorkerSettings = {
    store: workerStore(options.store, store),
    limits,
    timeToLive,
    tokens,
    prices,
    tables: sharedTables(tokens),
  };
  return new PoolExecutor({
    workers,
    file: workerFile(),
    settings,
    clock,
    limits,
    processLoad: PROCESS_LOAD,
    store,
    warn: (code, message) => warn(code, new StorageError({ message })),
    onEnd: releaseCounterRegions,
  });
}

function workerStore(wanted: ParsedRuntimeOptions['store'], store: Store): WorkerStore {
  if (wanted === 'redis') return { kind: 'redis', redis: {} };
  if (typeof wanted === 'object' && 'redis' in wanted) return { kind: 'redis', ...wanted };
  return { kind: 'main', traits: traitsOf(store) };
}

function isRedis(store: ParsedRuntimeOptions['store']): boolean {
  return store === 'redis' || (typeof store === 'object' && 'redis' in store);
}

/** Built once here and read by all threads, where each would take 45 ms and 7 MB for its own. */
function sharedTables(tokens: ParsedRuntimeOptions['tokens']): readonly CounterTables[] {
  if (tokens !== 'exact' || tokenEngine() !== 'wasm') return [];
  prepareCounterTables(ENCODINGS, 'openai');
  return counterTables().filter(({ rules }) => rules === 'openai');
}
