import type { BuildShard } from '../actors/pool/shard-loop.ts';
import { Shard } from '../actors/shard.ts';
import type { ActorLimits } from '../actors/limits.ts';
import { DEFAULT_TOKEN_MODEL } from '../config/environment.ts';
import type { PriceBook } from '../domain/price-book.ts';
import { EMPTY_USAGE } from '../domain/usage.ts';
import { adoptCounterTables, counterTables } from '../kernel/counter-sharing.ts';
import type { CounterTables } from '../kernel/counter-tables.ts';
import { createPriceBook } from '../pricing/genai-price-book.ts';
import type { PriceOverrides } from '../pricing/price-override.ts';
import type { TimeToLive } from '../store/store.ts';
import { watchLoopDelay } from './loop-delay.ts';
import { elapsedMs, newUuid, newWriterId, randomFraction, systemClock } from './system.ts';
import { createTokenCounter } from './token-counter.ts';
import { openWorkerStore, type WorkerStore } from './worker-store.ts';

/** What the shard of a worker is built from: plain data. */
export interface WorkerSettings {
  readonly store: WorkerStore;
  readonly limits: ActorLimits;
  readonly timeToLive: TimeToLive;
  readonly tokens: 'exact' | 'estimate';
  readonly prices: PriceOverrides;
  /** Token tables of the main thread, which all threads share. */
  readonly tables: readonly CounterTables[];
}

/** Builds the shard of a worker, as a runtime without workers builds its own. */
export const buildWorkerShard: BuildShard<WorkerSettings> = (settings, surroundings) => {
  const { limits, timeToLive, prices, tables } = settings;
  const { owner } = surroundings;
  // A thread may run one shard after another; what it counts with stays.
  if (counterTables().length === 0) adoptCounterTables(tables, owner);
  const counter = createTokenCounter({ mode: settings.tokens });
  const priceBook = createPriceBook({ overrides: prices });
  warmUp(priceBook);
  const { store, announce, close } = openWorkerStore(settings.store, surroundings);
  const shard = new Shard({
    store,
    clock: systemClock(),
    limits,
    writer: newWriterId(),
    timeToLive,
    newId: newUuid,
    random: randomFraction,
    countTokens: (content, model) => counter.count(content, model).tokens,
    isExactFor: (model) => counter.isExactFor(model),
    prices: priceBook,
    announce,
    elapsedMs,
  });
  const delay = watchLoopDelay();
  const closeAll = async (): Promise<void> => {
    delay.close();
    await close();
  };
  return { shard, lateMs: () => delay.lateMs(), close: closeAll };
};

/** The list of prices is loaded with the first price, which should not hold up the first calls. */
function warmUp(prices: PriceBook): void {
  prices.priceUsage({ usage: EMPTY_USAGE, model: DEFAULT_TOKEN_MODEL, atMs: Date.now() });
}
