import { Overloaded } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ActorLimits } from './limits.ts';

/** Something that waits: whose it is, and how much it holds. */
export interface Waiting {
  readonly key: SessionKey;
  readonly sessionQueued: number;
  readonly length: number;
}

type AdmissionLimits = Pick<
  ActorLimits,
  'sessionQueue' | 'tenantQueue' | 'shardQueue' | 'shardQueueBytes' | 'processQueueBytes'
>;

/** Whose bound an option sets. */
const SCOPES = {
  sessionQueue: 'session',
  tenantQueue: 'tenant',
  shardQueue: 'shard',
  shardQueueBytes: 'shard',
  processQueueBytes: 'process',
} as const satisfies Record<keyof AdmissionLimits, Overloaded['scope']>;

/** Content that waits in all shards that share one of these, in UTF-16 units of its JSON. */
export class ProcessLoad {
  length = 0;
}

/** Weight of the newest wait in the running mean. */
const MEAN_WEIGHT = 0.1;
const MIN_RETRY_MS = 10;
const MAX_RETRY_MS = 5000;

/** Counts what is queued in a shard and turns callers away at the door, so that no queue grows without a bound. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #process: ProcessLoad;
  readonly #tenants = new Map<string, number>();
  #queued = 0;
  #length = 0;
  #meanWaitMs = MIN_RETRY_MS;

  constructor(limits: AdmissionLimits, process: ProcessLoad = new ProcessLoad()) {
    this.#limits = limits;
    this.#process = process;
  }

  get queued(): number {
    return this.#queued;
  }

  /** @throws OVERLOADED when a bound is reached; nothing is counted then. */
  admit(waiting: Waiting): void {
    const option = this.#reached(waiting);
    if (option !== null) {
      const limit = { option: `limits.${option}`, value: this.#limits[option] };
      throw new Overloaded({ scope: SCOPES[option], retryAfterMs: this.#retryAfterMs(), limit });
    }
    this.#queued += 1;
    this.#length += waiting.length;
    this.#process.length += waiting.length;
    this.#tenants.set(waiting.key.tenant, (this.#tenants.get(waiting.key.tenant) ?? 0) + 1);
  }

  /** Gives a place back after `waitedMs`. */
  release(waiting: Waiting, waitedMs: number): void {
    const { tenant } = waiting.key;
    this.#queued -= 1;
    this.#length -= waiting.length;
    this.#process.length -= waiting.length;
    this.#meanWaitMs += (waitedMs - this.#meanWaitMs) * MEAN_WEIGHT;
    const left = (this.#tenants.get(tenant) ?? 0) - 1;
    if (left > 0) this.#tenants.set(tenant, left);
    else this.#tenants.delete(tenant);
  }

  #reached({ key, sessionQueued, length }: Waiting): keyof AdmissionLimits | null {
    const { sessionQueue, tenantQueue, shardQueue, shardQueueBytes, processQueueBytes } =
      this.#limits;
    if (sessionQueued >= sessionQueue) return 'sessionQueue';
    if ((this.#tenants.get(key.tenant) ?? 0) >= tenantQueue) return 'tenantQueue';
    if (this.#queued >= shardQueue) return 'shardQueue';
    // A single call larger than the bound still gets in when nothing else waits; the codec has its own limit.
    if (this.#length > 0 && this.#length + length > shardQueueBytes) return 'shardQueueBytes';
    const elsewhere = this.#process.length;
    return elsewhere > 0 && elsewhere + length > processQueueBytes ? 'processQueueBytes' : null;
  }

  #retryAfterMs(): number {
    return Math.ceil(Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, this.#meanWaitMs)));
  }
}
