import { InvalidSessionOperation } from '../domain/errors.ts';
import type { SessionState } from '../domain/session-state.ts';
import { lifeOf, neededUntilMs } from '../runtime/fork-leases.ts';
import { incarnationOf } from '../runtime/incarnation.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readState } from './hierarchy.ts';

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
  const { store, leases } = runtime;
  const key = { tenant, sessionId };
  const incarnation = await incarnationOf(store, key);
  const state = await readState(runtime, key);
  const head = await store.head({ key });
  if (incarnation === null || state?.lifeId !== lifeId || head === null) return;
  const endMs = head.expiresAtMs ?? Infinity;
  let neededEndMs = endMs;
  for await (const neededMs of endsNeeded(runtime, state))
    neededEndMs = Math.max(neededEndMs, neededMs);
  if (neededEndMs !== endMs) await leases.prolong({ key, incarnation }, neededEndMs);
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
