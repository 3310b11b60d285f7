import type { Executor } from '../actors/envelope.ts';
import { MAX_WORKERS } from '../config/environment.ts';
import type { Clock, Timer } from '../domain/clock.ts';
import { InvalidInput, SessionManagerError } from '../domain/errors.ts';
import { closedError } from './closed-error.ts';
import { MovableExecutor } from './movable-executor.ts';
import { TurnCost } from './turn-cost.ts';
import type { Warn } from './warnings.ts';

/** How sessions come to be in workers, and how many of those there are. */
export interface WorkersParts {
  readonly clock: Clock;
  readonly warn: Warn;
  /** With how many to begin. */
  readonly count: number;
  /** How many to take when turns turn out to be dear; 0 to stay with what there is. */
  readonly whenDear: number;
  /** Makes what runs sessions in so many workers; in this thread for 0. */
  readonly create: (count: number) => SessionHost;
}

/** What runs sessions, and when it can. */
export interface SessionHost {
  readonly executor: Executor;
  /** Resolves once it takes calls at once. @throws SHARD_UNAVAILABLE when it cannot. */
  readonly whenStarted: () => Promise<void>;
}

/** How long calls may be held back while those under way are finished. */
const MOVE_TIMEOUT_MS = 5000;
const LOOK_MS = 1000;

/** The workers of a runtime: their number can be changed while calls come in. */
export class Workers {
  /** Where the sessions are, wherever that is. */
  readonly executor: MovableExecutor;
  readonly #parts: WorkersParts;
  readonly #cost = new TurnCost();
  #count: number;
  #look: Timer | null = null;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: WorkersParts) {
    this.#parts = parts;
    this.#count = parts.count;
    this.executor = new MovableExecutor(parts.create(parts.count).executor, parts.clock);
    if (parts.whenDear > 0) this.#watch();
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /**
   * Moves all sessions to so many workers, or to this thread for 0. Calls that come meanwhile wait; changes are made one after another.
   * @throws INVALID_INPUT, CLOSED, SHARD_UNAVAILABLE when a worker cannot start, DEADLINE_EXCEEDED when calls under way take too long; all is
   * as it was then.
   */
  change(count: number): Promise<void> {
    this.#look?.cancel();
    const change = this.#last.then(() => this.#move(count));
    // Who waits for the next one is not told about this one.
    this.#last = change.then(nothing, nothing);
    return change;
  }

  /** Looks no more, and changes nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#look?.cancel();
  }

  async #move(count: number): Promise<void> {
    this.#assertOpen();
    if (count === this.#count) return;
    this.#assertRoom(count);
    const isDone = await this.#moveTo(this.#parts.create(count));
    if (isDone) {
      this.#count = count;
      return;
    }
    this.#assertOpen();
    throw new SessionManagerError('Calls under way took too long to move their sessions', {
      code: 'DEADLINE_EXCEEDED',
    });
  }

  async #moveTo({ executor, whenStarted }: SessionHost): Promise<boolean> {
    try {
      await whenStarted();
    } catch (error) {
      await executor.close({ deadlineMs: this.#parts.clock.nowMs() });
      throw error;
    }
    return this.executor.moveTo(executor, MOVE_TIMEOUT_MS);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedError();
  }

  /** While sessions move both are there, and token tables serve only so many threads. */
  #assertRoom(count: number): void {
    if (count + this.#count <= MAX_WORKERS) return;
    throw new InvalidInput({
      field: 'count',
      expected: `at most ${MAX_WORKERS - this.#count}, together with those that are there ${MAX_WORKERS}`,
    });
  }

  #watch(): void {
    const { clock, whenDear, warn } = this.#parts;
    const look = (): void => {
      if (!this.#cost.look(this.executor.stats())) return this.#watch();
      this.change(whenDear).catch((error: unknown) => {
        warn('WORKERS_NOT_STARTED', error);
        if (!this.#isClosed) this.#watch();
      });
    };
    this.#look = clock.setTimer(LOOK_MS, look, { isBackground: true });
  }
}

function nothing(): void {}
