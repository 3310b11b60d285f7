import { PoolExecutor } from '../../../src/actors/pool/pool-executor.ts';
import { traitsOf } from '../../../src/actors/pool/store-host.ts';
import { Shard } from '../../../src/actors/shard.ts';
import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';
import { newUuid, newWriterId, systemClock } from '../../../src/runtime/system.ts';
import { workerFile } from '../../../src/runtime/worker-file.ts';
import type { WorkerSettings } from '../../../src/runtime/worker-shard.ts';
import { describeExecutor } from '../../../src/testing/index.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const clock = systemClock();
const timeToLive = { absoluteMs: null, slidingMs: null };

describeExecutor('one shard in this thread', clock, ({ store, limits }) => {
  const counter = createTokenCounter({ mode: 'estimate' });
  return new Shard({
    store,
    clock,
    limits,
    writer: newWriterId(),
    timeToLive,
    newId: newUuid,
    random: () => 0.5,
    countTokens: (content, model) => counter.count(content, model).tokens,
    isExactFor: () => false,
    prices: createPriceBook(),
  });
});

describeExecutor('shards in two workers', clock, ({ store, limits }) => {
  const settings: WorkerSettings = {
    store: { kind: 'main', traits: traitsOf(store) },
    limits,
    timeToLive,
    tokens: 'estimate',
    prices: {},
    tables: [],
  };
  return new PoolExecutor({
    workers: 2,
    file: workerFile(),
    settings,
    clock,
    limits,
    store,
    warn: () => undefined,
    onEnd: () => undefined,
  });
});
