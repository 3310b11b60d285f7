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
  'sessionQueue' | 'tenantQueue' | 'shardQueue' | 'shardQueueBytes'
>;

/** Which option sets the limit of a scope. */
const OPTIONS = {
  session: 'sessionQueue',
  tenant: 'tenantQueue',
  shard: 'shardQueue',
  process: 'shardQueueBytes',
} as const satisfies Partial<Record<Overloaded['scope'], keyof AdmissionLimits>>;

/** Weight of the newest wait in the running mean. */
const MEAN_WEIGHT = 0.1;
const MIN_RETRY_MS = 10;
const MAX_RETRY_MS = 5000;

/** Counts what is queued in a shard and turns callers away at the door, so that no queue grows without a bound. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #tenants = new Map<string, number>();
  #queued = 0;
  #length = 0;
  #meanWaitMs = MIN_RETRY_MS;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get queued(): number {
    return this.#queued;
  }

  /** @throws OVERLOADED when a bound is reached; nothing is counted then. */
  admit(waiting: Waiting): void {
    const scope = this.#fullScope(waiting);
    if (scope !== null) {
      const option = OPTIONS[scope];
      const limit = { option: `limits.${option}`, value: this.#limits[option] };
      throw new Overloaded({ scope, retryAfterMs: this.#retryAfterMs(), limit });
    }
    this.#queued += 1;
    this.#length += waiting.length;
    this.#tenants.set(waiting.key.tenant, (this.#tenants.get(waiting.key.tenant) ?? 0) + 1);
  }

  /** Gives a place back after `waitedMs`. */
  release(waiting: Waiting, waitedMs: number): void {
    const { tenant } = waiting.key;
    this.#queued -= 1;
    this.#length -= waiting.length;
    this.#meanWaitMs += (waitedMs - this.#meanWaitMs) * MEAN_WEIGHT;
    const left = (this.#tenants.get(tenant) ?? 0) - 1;
    if (left > 0) this.#tenants.set(tenant, left);
    else this.#tenants.delete(tenant);
  }

  #fullScope({ key, sessionQueued, length }: Waiting): keyof typeof OPTIONS | null {
    if (sessionQueued >= this.#limits.sessionQueue) return 'session';
    if ((this.#tenants.get(key.tenant) ?? 0) >= this.#limits.tenantQueue) return 'tenant';
    if (this.#queued >= this.#limits.shardQueue) return 'shard';
    // A single call larger than the bound still gets in when nothing else waits; the codec has its own limit.
    return this.#queued > 0 && this.#length + length > this.#limits.shardQueueBytes
      ? 'process'
      : null;
  }

  #retryAfterMs(): number {
    return Math.ceil(Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, this.#meanWaitMs)));
  }
}
