import type { Clock, Timer } from '../../domain/clock.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { SessionState } from '../../domain/session-state.ts';
import { bucketOf, VIRTUAL_SHARDS } from '../../store/keys.ts';
import type { Store } from '../../store/store.ts';
import { ProcessLoad } from '../admission.ts';
import { addCounted, NOTHING_COUNTED } from '../counted-figures.ts';
import type { CommandReply, Executor, HostStats, WorkerStats } from '../envelope.ts';
import type { ActorLimits } from '../limits.ts';
import { sharesOf } from '../tenant-shares.ts';
import { DEFAULT_POOL_LIMITS, type PoolLimits } from './pool-limits.ts';
import { piscinaThreads } from './piscina-threads.ts';
import { notStartedError } from './pool-errors.ts';
import { ShardClient } from './shard-client.ts';
import { answerStoreCall } from './store-host.ts';
import type { Threads } from './threads.ts';
import { ErrorMemory } from './wire-error.ts';
import { WorkerLife } from './worker-life.ts';
import { WorkerStarts } from './worker-starts.ts';

/** How a pool is set up. */
export interface PoolOptions {
  readonly workers: number;
  /** The module that runs in a worker: its default export takes a `ShardTask`. */
  readonly file: string;
  /** What that builds its shard from; plain data. */
  readonly settings: unknown;
  readonly clock: Clock;
  readonly limits: ActorLimits;
  /** What waits in this process with what waits in these workers; these alone when not given. */
  readonly processLoad?: ProcessLoad | undefined;
  /** Where shards have their calls to the store answered that have no connection of their own. */
  readonly store: Store;
  readonly pool?: Partial<PoolLimits> | undefined;
  readonly warn: (code: string, message: string) => void;
  /** A thread is not there any more that counted tokens under this number. */
  readonly onEnd: (owner: number) => void;
}

/** Runs the turns of sessions in worker threads: each session in one of them, always the same. */
export class PoolExecutor implements Executor {
  readonly #clock: Clock;
  readonly #threads: Threads;
  readonly #shards: readonly ShardClient[];
  readonly #starts: WorkerStarts;
  #pulse: Timer | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: PoolOptions) {
    const { workers, file, settings, clock, limits, store, warn, onEnd } = options;
    const { processLoad = new ProcessLoad() } = options;
    const pool = { ...DEFAULT_POOL_LIMITS, ...options.pool };
    const threads = piscinaThreads({ count: workers, file, heapMb: pool.heapMb });
    const errors = new ErrorMemory();
    const shares = sharesOf(limits);
    const starts = new WorkerStarts(workers, warn);
    this.#clock = clock;
    this.#threads = threads;
    this.#starts = starts;
    this.#shards = Array.from(
      { length: workers },
      (_, worker) =>
        new ShardClient({
          clock,
          worker,
          limits,
          pool,
          start: (listener) =>
            new WorkerLife({ threads, clock, limits: pool, settings, shares }, listener),
          errors,
          answerStore: (call) => answerStoreCall(store, errors, call),
          warn,
          starts,
          onEnd,
          processLoad,
        }),
    );
    this.#watch(pool.heartbeatMs);
  }

  /** See {@link Executor.execute}. */
  execute(params: Parameters<Executor['execute']>[0]): Promise<CommandReply> {
    return this.#shardOf(params.key).execute(params);
  }

  /** See {@link Executor.readState}. */
  readState(params: Parameters<Executor['readState']>[0]): Promise<SessionState | null> {
    return this.#shardOf(params.key).readState(params);
  }

  /** See {@link Executor.reserve}. */
  reserve(params: Parameters<Executor['reserve']>[0]): () => void {
    return this.#shardOf(params.key).reserve(params);
  }

  /** See {@link Executor.forget}. */
  forget(key: SessionKey): void {
    this.#shardOf(key).forget(key);
  }

  /** See {@link Executor.forgetTenant}. */
  forgetTenant(tenant: string): void {
    for (const shard of this.#shards) shard.forgetTenant(tenant);
  }

  /** See {@link Executor.stats}. */
  stats(): HostStats {
    const shards = this.#shards.map((shard) => shard.figures());
    return { ...sumOf(shards), shards };
  }

  /** Resolves once every worker takes calls. @throws SHARD_UNAVAILABLE when one ended before it did. */
  async whenStarted(): Promise<void> {
    const end = await this.#starts.first;
    if (end !== null) throw notStartedError(end.error);
  }

  /** See {@link Executor.whenIdle}. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#shards.map((shard) => shard.whenIdle()));
  }

  /** See {@link Executor.close}. */
  close(params: { readonly deadlineMs: number }): Promise<void> {
    this.#closing ??= this.#shut(params);
    return this.#closing;
  }

  async #shut(params: { readonly deadlineMs: number }): Promise<void> {
    try {
      await Promise.all(this.#shards.map((shard) => shard.close(params)));
      await this.#threads.close();
    } finally {
      this.#pulse?.cancel();
    }
  }

  #watch(heartbeatMs: number): void {
    const sinceMs = this.#clock.nowMs();
    const look = (): void => {
      // On a machine that holds this thread up, workers are held up too, and their silence says nothing.
      const isLate = this.#clock.nowMs() - sinceMs > 2 * heartbeatMs;
      if (!isLate) for (const shard of this.#shards) shard.check();
      this.#watch(heartbeatMs);
    };
    // In the foreground: between two lives of a worker there is nothing else that keeps the process alive for those who wait.
    this.#pulse = this.#clock.setTimer(heartbeatMs, look);
  }

  /** By buckets, as keys in a store are, so that the sessions of one are in one worker. */
  #shardOf(key: SessionKey): ShardClient {
    const index = Math.floor((bucketOf(key) * this.#shards.length) / VIRTUAL_SHARDS);
    const shard = this.#shards[index];
    if (shard === undefined) throw new RangeError(`there is no shard ${index}`);
    return shard;
  }
}

function sumOf(shards: readonly WorkerStats[]): HostStats {
  return shards.reduce<HostStats>(
    (sum, shard) => ({
      activations: sum.activations + shard.activations,
      activationBytes: sum.activationBytes + shard.activationBytes,
      queued: sum.queued + shard.queued,
      ...addCounted(sum, shard),
    }),
    { activations: 0, activationBytes: 0, queued: 0, ...NOTHING_COUNTED },
  );
}
