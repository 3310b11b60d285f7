import { assertNever } from '../domain/assert.ts';
import type { EraseReceipt, EraseScope } from './erasure.ts';
import type { MemorySession } from './memory-session.ts';
import type { MemoryState } from './memory-state.ts';
import { assertKey, assertTenant } from './params-check.ts';

/**
 * Erases everything in a scope, what it added to the tenant's sums included. Costs the sessions of the scope in one turn.
 * @throws INVALID_INPUT
 */
export function eraseScope(state: MemoryState, scope: EraseScope, nowMs: number): EraseReceipt {
  const tenant = tenantOf(scope);
  const alive = sessionsOf(state, scope).filter((session) => isAlive(state, session, nowMs));
  const sessions = scope.kind === 'user' && scope.remnantsOnly === true ? [] : alive;
  const receipt: EraseReceipt = {
    scope: scope.kind,
    tenant,
    sessions: sessions.length,
    records: sum(sessions, (session) => session.log.length),
    snapshots: sum(sessions, (session) => (session.snapshot === null ? 0 : 1)),
    outboxEntries: sum(sessions, (session) => session.outbox?.size ?? 0),
    erasedAtMs: nowMs,
  };
  const shelf = state.shelf(tenant);
  for (const session of sessions) {
    shelf?.usage.subtract(session.usage.read());
    state.retire(session, nowMs);
  }
  if (shelf !== null && scope.kind === 'tenant') shelf.usage.subtract(shelf.usage.read());
  if (shelf !== null) state.dropIfBare(shelf);
  return receipt;
}

function tenantOf(scope: EraseScope): string {
  if (scope.kind === 'session') {
    assertKey(scope.key);
    return scope.key.tenant;
  }
  assertTenant(scope.tenant, 'scope.tenant');
  return scope.tenant;
}

function sessionsOf(state: MemoryState, scope: EraseScope): readonly MemorySession[] {
  const shelf = state.shelf(tenantOf(scope));
  if (shelf === null) return [];
  switch (scope.kind) {
    case 'session': {
      const session = shelf.find(scope.key.sessionId);
      return session === undefined || !session.matches(scope) ? [] : [session];
    }
    case 'user':
      return [...(shelf.ofUser(scope.userId)?.ascending(0) ?? [])];
    case 'tenant':
      return [...shelf.byCreation.ascending(0)];
    default:
      return assertNever(scope);
  }
}

/** Removes a session whose time has come and says so; nobody could see it any more, so it is not part of an erasure. */
function isAlive(state: MemoryState, session: MemorySession, nowMs: number): boolean {
  if (!session.isExpired(nowMs)) return true;
  state.retire(session, nowMs);
  return false;
}

function sum(
  sessions: readonly MemorySession[],
  amount: (session: MemorySession) => number,
): number {
  return sessions.reduce((total, session) => total + amount(session), 0);
}
