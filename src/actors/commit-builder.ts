import type { Clock } from '../domain/clock.ts';
import type { DecisionEnvironment } from '../domain/environment.ts';
import { buildCommit, type Commit } from './commit.ts';
import type { HostStats } from './envelope.ts';
import { FigureBuckets, TURN_CALLS_BOUNDS, TURN_TIME_BOUNDS_MS } from './figure-buckets.ts';
import type { ActorLimits } from './limits.ts';

/** What commits are built with. */
export interface CommitBuilderParts extends Omit<DecisionEnvironment, 'nowMs'> {
  readonly clock: Clock;
  readonly limits: ActorLimits;
  /** Milliseconds since anything, with fractions, for how long turns take; the clock's, when not given. */
  readonly elapsedMs?: (() => number) | undefined;
}

/** What a session brings along. */
export type CommitRequest = Omit<Parameters<typeof buildCommit>[0], 'env' | 'bounds'>;

/** Builds the commits of a shard, and counts how long that keeps the thread. */
export class CommitBuilder {
  readonly #parts: CommitBuilderParts;
  readonly #elapsedMs: () => number;
  readonly #turnTimes = new FigureBuckets(TURN_TIME_BOUNDS_MS);
  #turnMs = 0;
  readonly #turnCalls = new FigureBuckets(TURN_CALLS_BOUNDS);

  constructor(parts: CommitBuilderParts) {
    const { clock, elapsedMs = () => clock.nowMs() } = parts;
    this.#parts = parts;
    this.#elapsedMs = elapsedMs;
  }

  /** See {@link buildCommit}. */
  build({ key, base, originOf, items }: CommitRequest): Commit {
    const { clock, limits, newId, countTokens, isExactFor, prices } = this.#parts;
    const sinceMs = this.#elapsedMs();
    const commit = buildCommit({
      key,
      base,
      originOf,
      items,
      env: { nowMs: clock.nowMs(), newId, countTokens, isExactFor, prices },
      bounds: { records: limits.commitRecords, length: limits.commitLength },
    });
    if (commit.decided.length > 0) {
      const tookMs = this.#elapsedMs() - sinceMs;
      this.#turnMs += tookMs;
      this.#turnTimes.add(tookMs);
      this.#turnCalls.add(commit.decided.length);
    }
    return commit;
  }

  /** How many turns there were so far, by how long they took and by how many calls they were made of. */
  figures(): Pick<HostStats, 'turnMs' | 'turnTimes' | 'turnCalls'> {
    return {
      turnMs: this.#turnMs,
      turnTimes: this.#turnTimes.counts(),
      turnCalls: this.#turnCalls.counts(),
    };
  }
}
