import type { Executor } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { SessionHead, Store, TimeToLive } from '../store/store.ts';
import { incarnationOf } from './incarnation.ts';

/** How often the origins of a fork that never expires are looked at, four times over. */
const FOREVER_MS = 86_400_000;
/** Checks in the life of a fork. */
const CHECKS = 4;
/** Forks of which it is remembered when their origins are due; whoever is forgotten is looked at again with its next write. */
const MAX_REMEMBERED = 10_000;

/** A session that may be a fork. */
export type Leased = Pick<SessionState, 'tenant' | 'sessionId' | 'lifeId' | 'fork'>;

/** What leases are looked after with; calls get through also while the runtime closes, since the write they follow is recorded. */
export interface LeaseParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
}

/** A fork reads the history of its origin, so origins must not expire before their forks. */
export class ForkLeases {
  readonly #parts: LeaseParts;
  /** When the origins of a fork are looked at again, by its name, the latest last. */
  readonly #dueAtMs = new Map<string, number>();

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /**
   * After a write to a session: makes the sessions whose history it shares live longer than it does. Looks at most four
   * times in the life of the fork, and therefore grants a quarter more each time.
   */
  async renew(fork: Leased): Promise<void> {
    if (fork.fork === null) return;
    const nowMs = this.#parts.clock.nowMs();
    if (nowMs < (this.#dueAtMs.get(nameOf(fork)) ?? 0)) return;
    // Of several writes at the same time one looks.
    this.#remember(fork, Infinity);
    try {
      const head = await this.#headOf(fork);
      await this.#renewAs(fork, { head, lifeMs: head === null ? 0 : lifeOf(head, nowMs) });
    } catch (error) {
      // The next time at once.
      this.#dueAtMs.delete(nameOf(fork));
      throw error;
    }
  }

  /** As {@link renew} whenever the origins were looked at last: for a fork that was just linked. */
  async renewNow(fork: Leased): Promise<void> {
    this.#dueAtMs.delete(nameOf(fork));
    await this.renew(fork);
  }

  /** As {@link renewNow} before a fork gets another life to live; null means for ever. */
  async renewFor(fork: Leased, lifeMs: number | null): Promise<void> {
    if (fork.fork === null) return;
    await this.#renewAs(fork, { head: await this.#headOf(fork), lifeMs });
  }

  /**
   * Makes a session live until a time at least. What it was granted itself, a limit to its whole life included, is only ever
   * moved as far as needed.
   */
  async prolong(
    session: { readonly key: SessionKey; readonly incarnation: string },
    untilMs: number,
  ): Promise<void> {
    const { store, executor, clock } = this.#parts;
    const timeToLive = lifeUntil(untilMs, clock.nowMs());
    await store.setTimeToLive({ ...session, timeToLive, mode: 'prolong' });
    executor.forget(session.key);
  }

  async #renewAs(
    fork: Leased,
    { head, lifeMs }: { readonly head: SessionHead | null; readonly lifeMs: number | null },
  ): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    const untilMs = neededUntilMs(head, { nowMs, lifeMs });
    let origin = fork.fork;
    while (origin !== null) {
      const key = { tenant: fork.tenant, sessionId: origin.sessionId };
      // In order: only an origin knows its own.
      origin = await this.#extend(key, origin.lifeId, untilMs);
    }
    this.#remember(fork, nowMs + (lifeMs ?? FOREVER_MS) / CHECKS);
  }

  #headOf({ tenant, sessionId }: Leased): Promise<SessionHead | null> {
    return this.#parts.store.head({ key: { tenant, sessionId } });
  }

  /** Returns where the history comes from that this session shares; null at the end of the chain. */
  async #extend(key: SessionKey, lifeId: string, untilMs: number): Promise<SessionState['fork']> {
    const { store, executor } = this.#parts;
    const incarnation = await incarnationOf(store, key);
    const state = await executor.readState({ key, freshness: 'fresh' });
    // Another session that took the id of the origin is no business of its forks.
    if (incarnation === null || state?.lifeId !== lifeId) return null;
    const head = await store.head({ key });
    if (head !== null && (head.expiresAtMs ?? Infinity) < untilMs)
      await this.prolong({ key, incarnation }, untilMs);
    return state.fork;
  }

  #remember(fork: Leased, dueAtMs: number): void {
    const name = nameOf(fork);
    this.#dueAtMs.delete(name);
    this.#dueAtMs.set(name, dueAtMs);
    const [oldest] = this.#dueAtMs.keys();
    if (this.#dueAtMs.size > MAX_REMEMBERED && oldest !== undefined) this.#dueAtMs.delete(oldest);
  }
}

/** How long a session still has to live; null means for ever. */
export function lifeOf({ expiresAtMs }: SessionHead, nowMs: number): number | null {
  return expiresAtMs === null ? null : Math.max(0, expiresAtMs - nowMs);
}

/**
 * Until when a fork that has so long to live needs its origins: it looks after them a few times in its life only, so that much
 * longer than it lives; but never beyond the limit of its whole life.
 */
export function neededUntilMs(
  fork: SessionHead | null,
  { nowMs, lifeMs }: { readonly nowMs: number; readonly lifeMs: number | null },
): number {
  const neededMs = lifeMs === null ? Infinity : Math.ceil(lifeMs * (1 + 1 / CHECKS));
  return Math.min(nowMs + neededMs, fork?.limitAtMs ?? Infinity);
}

function lifeUntil(endMs: number, nowMs: number): TimeToLive {
  const lifeMs = endMs === Infinity ? null : Math.max(0, Math.ceil(endMs - nowMs));
  return { absoluteMs: lifeMs, slidingMs: lifeMs };
}

/** Ids hold no control characters. */
function nameOf({ tenant, sessionId, lifeId }: Leased): string {
  return `${tenant}\u0000${sessionId}\u0000${lifeId}`;
}
