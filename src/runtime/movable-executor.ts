import { commandLength } from '../actors/command-length.ts';
import { addCounted, type CountedFigures, NOTHING_COUNTED } from '../actors/counted-figures.ts';
import { refuseEarly } from '../actors/early-refusal.ts';
import type { CallOptions, CommandReply, Executor, HostStats } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import type { SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import { watchWait } from './caller-wait.ts';

/** How long what is left of an executor may take that has no call any more: snapshots, and threads that end. */
const CLOSE_MS = 10_000;

/** A call that came while sessions move. */
interface HeldCall {
  readonly sendTo: (executor: Executor) => void;
}

interface Waiting {
  readonly key: SessionKey;
  readonly length: number;
  readonly options: CallOptions;
}

/** Sessions on their way from one executor to another. */
interface Move {
  readonly next: Executor;
  readonly held: Set<HeldCall>;
  /** How many calls of a session are held. */
  readonly sessions: Map<string, number>;
  /** Ends the wait for calls that are under way; sessions stay where they are. */
  readonly giveUp: () => void;
}

/**
 * An executor in whose place another can be put while calls come in. What moves is caches alone, since logs are in the store: calls
 * that come meanwhile are held back, in order and within the bounds of queues, until those under way have been answered; then they
 * go to the new one. No call is ever with both.
 */
export class MovableExecutor implements Executor {
  readonly #clock: Clock;
  #current: Executor;
  #move: Move | null = null;
  #before: CountedFigures = NOTHING_COUNTED;
  #closing: Promise<void> | null = null;

  constructor(first: Executor, clock: Clock) {
    this.#current = first;
    this.#clock = clock;
  }

  /**
   * Puts another executor in place of this one's and closes the old one; one move at a time.
   * @returns whether it was done: not when calls under way take longer than `timeoutMs`, or when this closes. The other one is
   * closed then, and all is as it was.
   */
  async moveTo(next: Executor, timeoutMs: number): Promise<boolean> {
    if (this.#move !== null) throw new TypeError('sessions are on their way already');
    const isIdle = this.#closing !== null ? false : await this.#holdUntilIdle(next, timeoutMs);
    const old = this.#current;
    if (isIdle) {
      this.#before = addCounted(this.#before, old.stats());
      this.#current = next;
    }
    this.#release();
    await (isIdle ? old : next).close({ deadlineMs: this.#clock.nowMs() + CLOSE_MS });
    return isIdle;
  }

  /** See {@link Executor.execute}. */
  execute(params: Parameters<Executor['execute']>[0]): Promise<CommandReply> {
    if (this.#move === null) return this.#current.execute(params);
    const { key, command, options = {} } = params;
    const length = commandLength(command, options.opening);
    return this.#hold(this.#move, { key, length, options }, (executor) => executor.execute(params));
  }

  /** See {@link Executor.readState}. */
  readState(params: Parameters<Executor['readState']>[0]): Promise<SessionState | null> {
    if (this.#move === null) return this.#current.readState(params);
    const { key, options = {} } = params;
    const waiting = { key, length: options.holds ?? 0, options };
    return this.#hold(this.#move, waiting, (executor) => executor.readState(params));
  }

  /** See {@link Executor.reserve}. */
  reserve(params: Parameters<Executor['reserve']>[0]): () => void {
    return this.#current.reserve(params);
  }

  /** See {@link Executor.forget}. */
  forget(key: SessionKey): void {
    this.#current.forget(key);
  }

  /** See {@link Executor.forgetTenant}. */
  forgetTenant(tenant: string): void {
    this.#current.forgetTenant(tenant);
  }

  /** See {@link Executor.stats}. */
  stats(): HostStats {
    const stats = this.#current.stats();
    return { ...stats, ...addCounted(this.#before, stats) };
  }

  /** See {@link Executor.whenIdle}. */
  whenIdle(): Promise<void> {
    return this.#current.whenIdle();
  }

  /** See {@link Executor.close}. */
  close(params: { readonly deadlineMs: number }): Promise<void> {
    this.#closing ??= this.#shut(params);
    return this.#closing;
  }

  async #shut(params: { readonly deadlineMs: number }): Promise<void> {
    const next = this.#move?.next;
    this.#move?.giveUp();
    // Calls that are held were taken: they get what is left of the time.
    this.#release();
    await Promise.all([this.#current.close(params), next?.close(params)]);
  }

  async #holdUntilIdle(next: Executor, timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = withResolver();
    const timer = this.#clock.setTimer(timeoutMs, () => resolve(false));
    this.#move = { next, held: new Set(), sessions: new Map(), giveUp: () => resolve(false) };
    void this.#current.whenIdle().then(() => resolve(true));
    const isIdle = await promise;
    timer.cancel();
    return isIdle && this.#closing === null;
  }

  /** In order, and before any call that comes later. */
  #release(): void {
    const held = this.#move?.held ?? [];
    this.#move = null;
    for (const call of held) call.sendTo(this.#current);
  }

  #hold<T>(
    move: Move,
    { key, length, options }: Waiting,
    run: (executor: Executor) => Promise<T>,
  ): Promise<T> {
    const refusal = refuseEarly(options, this.#clock.nowMs());
    if (refusal !== null) return Promise.reject(refusal);
    const name = `${key.tenant}\u0000${key.sessionId}`;
    const waiting = move.sessions.get(name) ?? 0;
    return new Promise<T>((resolve, reject) => {
      const giveBack = this.#current.reserve({ key, length, waiting });
      move.sessions.set(name, waiting + 1);
      const leave = (): void => {
        unwatch();
        giveBack();
        move.held.delete(call);
        move.sessions.set(name, (move.sessions.get(name) ?? 1) - 1);
      };
      const call: HeldCall = {
        sendTo: (executor) => {
          leave();
          resolve(run(executor));
        },
      };
      const unwatch = watchWait({ options, clock: this.#clock }, (error: SessionManagerError) => {
        leave();
        reject(error);
      });
      move.held.add(call);
    });
  }
}

function withResolver(): {
  readonly promise: Promise<boolean>;
  readonly resolve: (value: boolean) => void;
} {
  let settle: (value: boolean) => void = () => undefined;
  const promise = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: settle };
}
