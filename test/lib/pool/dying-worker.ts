import { type BuildShard, runShardLoop } from '../../../src/actors/pool/shard-loop.ts';
import type { ShardTask } from '../../../src/actors/pool/wire.ts';
import { Shard } from '../../../src/actors/shard.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import { newUuid, newWriterId, systemClock } from '../../../src/runtime/system.ts';
import { openWorkerStore, type WorkerStore } from '../../../src/runtime/worker-store.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import type { ActorLimits } from '../../../src/actors/limits.ts';
import { DeathOrders, die, WAYS_TO_DIE } from './death.ts';

/** What a worker that can be told to die is built from. */
export interface DyingSettings {
  readonly store: WorkerStore;
  readonly limits: ActorLimits;
  readonly deaths: SharedArrayBuffer;
}

const LOOK_MS = 1;

const build: BuildShard<DyingSettings> = (settings, surroundings) => {
  const opened = openWorkerStore(settings.store, surroundings);
  const orders = new DeathOrders(settings.deaths);
  if (orders.takeFailedStart()) throw new Error('a worker that was told not to start');
  const counter = createTokenCounter({ mode: 'estimate' });
  const look = setInterval(() => {
    const way = orders.take();
    if (way !== null) die(way);
  }, LOOK_MS);
  const shard = new Shard({
    store: opened.store,
    clock: systemClock(),
    limits: settings.limits,
    writer: newWriterId(),
    timeToLive: { absoluteMs: null, slidingMs: null },
    newId: newUuid,
    random: () => 0.5,
    countTokens: (content, model) => {
      dieOf(content);
      return counter.count(content, model).tokens;
    },
    isExactFor: () => false,
    prices: { priceUsage: () => ({ kind: 'unpriced', reason: 'unknown-model' }) },
    announce: opened.announce,
  });
  const close = (): Promise<void> => {
    clearInterval(look);
    return opened.close();
  };
  return { shard, lateMs: () => 0, close };
};

/** A content such as `die: loop` ends the worker in the middle of its turn. */
function dieOf(content: JsonValue): void {
  const way = WAYS_TO_DIE.find((each) => content === `die: ${each}`);
  if (way !== undefined) die(way);
}

/** A worker that dies when it is told to. */
export default function runDyingShard(task: ShardTask<DyingSettings>): Promise<void> {
  return runShardLoop(task, build);
}
