import { InvalidSessionOperation } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ForkOrigin } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { SessionHead, TimeToLive } from '../store/store.ts';
import { readState } from './hierarchy.ts';
import { incarnationOf } from './incarnation.ts';

/** How often the origins of a fork that never expires are looked at, four times over. */
const FOREVER_MS = 86_400_000;
/** Checks in the life of a fork. */
const CHECKS = 4;

/** A session that may be a fork. */
type Leased = Pick<SessionState, 'tenant' | 'sessionId' | 'fork'>;

/** A fork reads the history of its origin, so origins must not expire before their forks. */
export class ForkLease {
  readonly #runtime: Runtime;
  #renewAtMs = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * After a write to a session: makes the sessions whose history it shares live longer than it does. Looks at most four
   * times in the life of the fork, and therefore grants a quarter more each time.
   */
  async renew(state: Leased): Promise<void> {
    const nowMs = this.#runtime.clock.nowMs();
    if (state.fork === null || nowMs < this.#renewAtMs) return;
    this.#renewAtMs = Infinity;
    let lifeMs: number | null = 0;
    try {
      const head = await this.#headOf(state);
      lifeMs = head === null ? 0 : lifeOf(head, nowMs);
      await this.#renewAll(state, neededUntilMs(head, { nowMs, lifeMs }));
    } catch (error) {
      // The next time at once.
      lifeMs = 0;
      throw error;
    } finally {
      this.#renewAtMs = nowMs + (lifeMs ?? FOREVER_MS) / CHECKS;
    }
  }

  /** As {@link renew} before a fork gets another life to live, whenever the origins were looked at last. */
  async renewFor(state: Leased, lifeMs: number | null): Promise<void> {
    if (state.fork === null) return;
    const head = await this.#headOf(state);
    const nowMs = this.#runtime.clock.nowMs();
    await this.#renewAll(state, neededUntilMs(head, { nowMs, lifeMs }));
    this.#renewAtMs = nowMs + (lifeMs ?? FOREVER_MS) / CHECKS;
  }

  #headOf({ tenant, sessionId }: Leased): Promise<SessionHead | null> {
    return this.#runtime.followUps.store.head({ key: { tenant, sessionId } });
  }

  async #renewAll({ tenant, fork }: Leased, untilMs: number): Promise<void> {
    let origin = fork;
    while (origin !== null) {
      // In order: only an origin knows its own.
      origin = await this.#extend({ tenant, sessionId: origin.sessionId }, origin.lifeId, untilMs);
    }
  }

  /** Returns where the history comes from that this session shares; null at the end of the chain. */
  async #extend(key: SessionKey, lifeId: string, untilMs: number): Promise<ForkOrigin | null> {
    // Also while the runtime closes: the write that this follows is recorded.
    const { store, executor } = this.#runtime.followUps;
    const incarnation = await incarnationOf(store, key);
    const state = await executor.readState({ key, freshness: 'fresh' });
    // Another session that took the id of the origin is no business of its forks.
    if (incarnation === null || state?.lifeId !== lifeId) return null;
    const head = await store.head({ key });
    if (head !== null && (head.expiresAtMs ?? Infinity) < untilMs)
      await prolong(this.#runtime, { key, incarnation }, untilMs);
    return state.fork;
  }
}

/** What a session was granted itself, a limit to its whole life included, is only ever moved as far as needed. */
async function prolong(
  { followUps, clock }: Runtime,
  session: { readonly key: SessionKey; readonly incarnation: string },
  untilMs: number,
): Promise<void> {
  const timeToLive = lifeUntil(untilMs, clock.nowMs());
  await followUps.store.setTimeToLive({ ...session, timeToLive, mode: 'prolong' });
  followUps.executor.forget(session.key);
}

/**
 * Refuses a life that would be over before that of a fork.
 * @throws INVALID_SESSION_OPERATION
 */
export async function assertOutlivesForks(
  runtime: Runtime,
  state: SessionState,
  slidingMs: number | null,
): Promise<void> {
  if (slidingMs === null) return;
  const endMs = runtime.clock.nowMs() + slidingMs;
  for await (const neededMs of endsNeeded(runtime, state)) {
    if (neededMs <= endMs) continue;
    throw new InvalidSessionOperation({
      operation: 'setTimeToLive',
      reason: 'forks share its history and live longer',
      sessionId: state.sessionId,
    });
  }
}

/** Makes a session live as long as its forks need it. */
export async function outliveForks(
  runtime: Runtime,
  { tenant, sessionId, lifeId }: SessionState,
): Promise<void> {
  const { store } = runtime;
  const key = { tenant, sessionId };
  const incarnation = await incarnationOf(store, key);
  const state = await readState(runtime, key);
  const head = await store.head({ key });
  if (incarnation === null || state?.lifeId !== lifeId || head === null) return;
  const endMs = head.expiresAtMs ?? Infinity;
  let neededEndMs = endMs;
  for await (const neededMs of endsNeeded(runtime, state))
    neededEndMs = Math.max(neededEndMs, neededMs);
  if (neededEndMs !== endMs) await prolong(runtime, { key, incarnation }, neededEndMs);
}

/** How long a session still has to live; null means for ever. */
function lifeOf({ expiresAtMs }: SessionHead, nowMs: number): number | null {
  return expiresAtMs === null ? null : Math.max(0, expiresAtMs - nowMs);
}

/**
 * Until when a fork that has so long to live needs its origins: it looks after them a few times in its life only, so that much
 * longer than it lives; but never beyond the limit of its whole life.
 */
function neededUntilMs(
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

/** Until when each fork needs its origin; see {@link neededUntilMs}. */
async function* endsNeeded(runtime: Runtime, origin: SessionState): AsyncGenerator<number> {
  const { tenant, sessionId, lifeId } = origin;
  for (const { id, isFork } of origin.children) {
    if (!isFork) continue;
    const key = { tenant, sessionId: id };
    // In order: a session may have more children than the queues of a tenant have places.
    const head = await runtime.store.head({ key });
    if (head === null) continue;
    const state = await runtime.executor.readState({ key, freshness: 'fresh' });
    // Another session may have the id of a fork that expired.
    if (state?.fork?.sessionId !== sessionId || state.fork.lifeId !== lifeId) continue;
    const nowMs = runtime.clock.nowMs();
    yield neededUntilMs(head, { nowMs, lifeMs: lifeOf(head, nowMs) });
  }
}
