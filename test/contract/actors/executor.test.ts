import { PoolExecutor } from '../../../src/actors/pool/pool-executor.ts';
import { traitsOf } from '../../../src/actors/pool/store-host.ts';
import { Shard } from '../../../src/actors/shard.ts';
import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';
import { MovableExecutor } from '../../../src/runtime/movable-executor.ts';
import { newUuid, newWriterId, systemClock } from '../../../src/runtime/system.ts';
import { workerFile } from '../../../src/runtime/worker-file.ts';
import type { WorkerSettings } from '../../../src/runtime/worker-shard.ts';
import type { CreateExecutor } from '../../../src/testing/executor/executor-subject.ts';
import { describeExecutor } from '../../../src/testing/index.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const clock = systemClock();
const MOVE_TIMEOUT_MS = 5000;
const timeToLive = { absoluteMs: null, slidingMs: null };

const oneShard: CreateExecutor = ({ store, limits }) => {
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
};

const twoWorkers: CreateExecutor = ({ store, limits }) => {
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
};

/** An executor that another one has taken the place of. */
function moved(from: CreateExecutor, to: CreateExecutor): CreateExecutor {
  return async (context) => {
    const executor = new MovableExecutor(await from(context), clock);
    await executor.moveTo(await to(context), MOVE_TIMEOUT_MS);
    return executor;
  };
}

describeExecutor('one shard in this thread', clock, oneShard);
describeExecutor('shards in two workers', clock, twoWorkers);
describeExecutor('sessions moved to this thread', clock, moved(oneShard, oneShard));
