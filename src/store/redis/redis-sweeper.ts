import type { Clock, Timer } from '../../domain/clock.ts';
import { toList, toNumber } from './redis-reply.ts';
import type { RedisSpace } from './redis-space.ts';
import { SWEEP_BUCKETS } from './scripts.generated.ts';

/** Sessions that one call looks at, taken out or not: a millisecond or two of the server's time, in which it does nothing else. */
const LOOKS_PER_CALL = 50;

/** Pause before a sweep in the background that was cut short goes on. */
const PAUSE_MS = 10;

/** Buckets of which each group takes a call. */
type Groups = readonly (readonly number[])[];

/** What one call came to. */
interface Swept {
  readonly removed: number;
  /** Whether it left some that are to be looked at. */
  readonly hasMore: boolean;
}

/** Takes out what has expired, in calls that are short for the server however much there is to be looked at. */
export class RedisSweeper {
  readonly #space: RedisSpace;
  readonly #timers: Clock;
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(space: RedisSpace, timers: Clock) {
    this.#space = space;
    this.#timers = timers;
  }

  /** Takes out at most so many sessions, and all that have expired if these are no more; returns their number. */
  async sweep(limit: number): Promise<number> {
    let removed = 0;
    // One after the other, and so for the calls of a group: a server that sweeps has to answer others, too.
    for (const group of this.#space.buckets.groups()) {
      let hasMore = true;
      while (hasMore && removed < limit) {
        const swept = await this.#sweepGroup(group, limit - removed);
        removed += swept.removed;
        ({ hasMore } = swept);
      }
    }
    return removed;
  }

  /** Sweeps in the background from now on, with so much time between. */
  start(intervalMs: number): void {
    this.#runAfter(intervalMs, intervalMs, this.#space.buckets.groups());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #runAfter(delayMs: number, intervalMs: number, groups: Groups): void {
    if (this.#isStopped) return;
    const run = (): void => void this.#run(intervalMs, groups);
    this.#timer = this.#timers.setTimer(delayMs, run, { isBackground: true });
  }

  async #run(intervalMs: number, groups: Groups): Promise<void> {
    // A sweep that fails is made up for by the next one, of this process or of another.
    const unfinished = await this.#sweepOnce(groups).catch(() => []);
    if (unfinished.length > 0) this.#runAfter(PAUSE_MS, intervalMs, unfinished);
    else this.start(intervalMs);
  }

  /** One call for each group; returns the groups that need another. */
  async #sweepOnce(groups: Groups): Promise<Groups> {
    const unfinished: (readonly number[])[] = [];
    for (const group of groups) {
      if (this.#isStopped) return [];
      const { hasMore } = await this.#sweepGroup(group, LOOKS_PER_CALL);
      if (hasMore) unfinished.push(group);
    }
    return unfinished;
  }

  async #sweepGroup(group: readonly number[], limit: number): Promise<Swept> {
    const args = [
      this.#space.nowText(),
      String(limit),
      String(LOOKS_PER_CALL),
      this.#space.horizonText,
    ];
    const answers = await this.#space.buckets.run(SWEEP_BUCKETS, args, group);
    const [removed, more] = answers.flatMap(toList).map(toNumber);
    return { removed: removed ?? 0, hasMore: more === 1 };
  }
}
