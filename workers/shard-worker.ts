import { runShardLoop } from '../src/actors/pool/shard-loop.ts';
import type { ShardTask } from '../src/actors/pool/wire.ts';
import { buildWorkerShard, type WorkerSettings } from '../src/runtime/worker-shard.ts';

/** What a thread of the pool runs until its shard is closed. */
export default function runShard(task: ShardTask<WorkerSettings>): Promise<void> {
  return runShardLoop(task, buildWorkerShard);
}
