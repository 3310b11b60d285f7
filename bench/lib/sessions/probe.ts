import { DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import { Shard } from '../../../src/actors/shard.ts';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aNewSession, aRecordCommand } from '../../../test/lib/commands.ts';
import { shardParts } from '../pool/bench-worker.ts';

// A program of its own, run with --expose-gc: `probe.ts <sessions> <active> <bytes>` records a message into each session of a store in
// memory, reads those that are active in turn, with a budget of so many bytes for what is cached of sessions, and prints by how much
// that made the heap grow; resident memory shrinks meanwhile, since what filling left behind is given back. Reading adds nothing to the log.

/** What caching takes, in bytes. */
export interface Growth {
  readonly heap: number;
  /** What the shard takes the cached sessions for, and how many they are. */
  readonly budgeted: number;
  readonly activations: number;
}

/** Sessions that are called at once. */
const LANES = 64;
const ROUNDS = 5;
/** What a store in memory takes by default is less than a million sessions need. */
const STORE_BYTES = 16e9;
/** Read before anything is weighed, so that code and queues are there. */
const WARM_UP_READS = 2000;

async function main(sessions: number, active: number, bytes: number): Promise<void> {
  const store = createMemoryStore({ maxBytes: STORE_BYTES });
  const filling = openShard(store, 1);
  await inLanes(sessions, (number) => record(filling, number));
  await read(filling, Math.min(active, WARM_UP_READS), 1);
  await filling.close({ deadlineMs: Date.now() });
  const before = weigh();
  const shard = openShard(store, bytes);
  for (let round = 0; round < ROUNDS; round += 1) {
    // In order: each round reads the same sessions again.
    await read(shard, active, sessions / active);
  }
  const after = weigh();
  const { activations, activationBytes: budgeted } = shard.stats();
  const growth: Growth = { heap: after - before, budgeted, activations };
  console.log(JSON.stringify(growth));
  process.exit(0);
}

function openShard(store: Store, activationBytes: number): Shard {
  const limits = { ...DEFAULT_ACTOR_LIMITS, activationBytes, idleTimeoutMs: 86_400_000 };
  return new Shard({ ...shardParts({ loops: 1 }), store, limits });
}

async function record(shard: Shard, number: number): Promise<void> {
  const command = aRecordCommand({ message: 'Where is my order?' }, { create: aNewSession() });
  await shard.execute({ key: keyOf(number), command });
}

/** Reads so many sessions, every so many-th. */
function read(shard: Shard, sessions: number, stride: number): Promise<void> {
  return inLanes(sessions, async (number) => {
    const state = await shard.readState({ key: keyOf(number * stride), freshness: 'local' });
    if (state === null) throw new Error('A session is not there.');
  });
}

function keyOf(number: number): { readonly tenant: string; readonly sessionId: string } {
  return {
    tenant: `tenant-${Math.floor(number) % 16}`,
    sessionId: `session-${Math.floor(number)}`,
  };
}

async function inLanes(count: number, task: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      // In order: a caller waits for its answer.
      await task(next - 1);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** What is held after everything has been collected that can be. */
function weigh(): number {
  if (globalThis.gc === undefined) throw new Error('This needs --expose-gc.');
  for (let count = 0; count < 4; count += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const [sessions = 0, active = 0, bytes = 0] = process.argv.slice(2).map(Number);
await main(sessions, active, bytes);
