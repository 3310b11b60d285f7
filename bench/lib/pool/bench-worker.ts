import { runShardLoop } from '../../../src/actors/pool/shard-loop.ts';
import type { ShardTask, StoreTraits } from '../../../src/actors/pool/wire.ts';
import { DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import { Shard } from '../../../src/actors/shard.ts';
import { adoptCounterTables } from '../../../src/kernel/counter-sharing.ts';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import {
  elapsedMs,
  newUuid,
  newWriterId,
  randomFraction,
  systemClock,
} from '../../../src/runtime/system.ts';
import { countWith, type Work } from './work.ts';

/** What a shard of the benchmark is built from. */
export interface BenchSettings {
  readonly traits: StoreTraits;
  readonly work: Work;
  readonly tables: readonly CounterTables[];
}

/** What of a shard is the same in every thread. */
export function shardParts(work: Work): Omit<ConstructorParameters<typeof Shard>[0], 'store'> {
  return {
    clock: systemClock(),
    limits: DEFAULT_ACTOR_LIMITS,
    writer: newWriterId(),
    timeToLive: { absoluteMs: null, slidingMs: null },
    newId: newUuid,
    random: randomFraction,
    countTokens: countWith(work),
    isExactFor: () => true,
    elapsedMs,
    prices: { priceUsage: () => ({ kind: 'unpriced', reason: 'unknown-model' }) },
  };
}

/** A worker whose shard counts as the benchmark says. */
export default function runBenchShard(task: ShardTask<BenchSettings>): Promise<void> {
  return runShardLoop(task, ({ traits, work, tables }, around) => {
    if (tables.length > 0) adoptCounterTables(tables, around.owner);
    const store = around.remoteStore(traits);
    const shard = new Shard({ ...shardParts(work), store, announce: around.announce });
    return { shard, lateMs: () => 0, close: () => Promise.resolve() };
  });
}
