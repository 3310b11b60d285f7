import type { Freshness } from '../actors/envelope.ts';
import { InvalidSessionOperation, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import { readReachable } from '../runtime/child-list.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What may become of the children of a session that goes away. */
export const CHILDREN_POLICIES = ['detach', 'cascade'] as const;
/** One of `CHILDREN_POLICIES`. */
export type ChildrenPolicy = (typeof CHILDREN_POLICIES)[number];

/** Longer chains of parents are refused, and what is told of ancestors stops there. */
const MAX_ANCESTORS = 1000;

interface Link {
  readonly childId: string;
  readonly parentId: string;
}

/** The states of the parents, nearest first; stops at one that is gone, and at a cycle should a store hold one. */
export async function ancestorsOf(
  runtime: Runtime,
  key: SessionKey,
): Promise<readonly SessionState[]> {
  const [, ...parents] = await lineOf(runtime, key, { maxAncestors: MAX_ANCESTORS, isKin });
  return parents;
}

/**
 * Whether a session is the parent that another one names, and no later one that took the id of a parent that is gone. Only a link that
 * is being made has a parent that is younger and does not list its child yet.
 */
function isKin(parent: SessionState, child: SessionState): boolean {
  if (parent.createdAtMs <= child.createdAtMs) return true;
  return parent.children.some(({ id }) => id === child.sessionId);
}

/** The state of a session and of so many of its parents, nearest first. */
async function lineOf(
  runtime: Runtime,
  key: SessionKey,
  walk: {
    readonly maxAncestors: number;
    readonly freshness?: Freshness;
    readonly isKin?: typeof isKin;
  },
): Promise<readonly SessionState[]> {
  const { maxAncestors, freshness = 'fresh', isKin: continues = () => true } = walk;
  const states: SessionState[] = [];
  const seen = new Set<string>();
  let sessionId: string | null = key.sessionId;
  while (sessionId !== null && !seen.has(sessionId) && states.length <= maxAncestors) {
    seen.add(sessionId);
    // In order: only a session knows its own parent.
    const state: SessionState | null = await readReachable(
      runtime.executor,
      { tenant: key.tenant, sessionId },
      freshness,
    );
    const child = states.at(-1);
    if (state === null || (child !== undefined && !continues(state, child))) break;
    states.push(state);
    sessionId = state.parentId;
  }
  return states;
}

/** The states of all descendants, depth first, the last child of each before its siblings; missing ones are skipped. */
export async function descendantsOf(
  runtime: Runtime,
  key: SessionKey,
): Promise<readonly SessionState[]> {
  const root = await readState(runtime, key);
  const states: SessionState[] = [];
  const seen = new Set([key.sessionId]);
  const pending = root === null ? [] : childLinks(root);
  for (let link = pending.pop(); link !== undefined; link = pending.pop()) {
    if (seen.has(link.childId)) continue;
    // In order: a child names the next ones to visit.
    const state = await readState(runtime, { tenant: key.tenant, sessionId: link.childId });
    // A child's own word is the truth; a list of children may be behind it.
    if (state === null || state.parentId !== link.parentId) continue;
    seen.add(link.childId);
    states.push(state);
    pending.push(...childLinks(state));
  }
  return states;
}

/** Whether a session shares the history of the given one. */
export async function hasFork(runtime: Runtime, origin: SessionState): Promise<boolean> {
  const { tenant, sessionId } = origin;
  for (const { id, isFork } of origin.children) {
    if (!isFork) continue;
    // In order: nearly always the first one is there. One that expired is not.
    const state = await readState(runtime, { tenant, sessionId: id });
    if (state?.fork?.sessionId === sessionId && state.fork.lifeId === origin.lifeId) return true;
  }
  return false;
}

/** A link that is to be made. */
interface NewLink {
  readonly operation: string;
  readonly parent: SessionKey;
  readonly childId: string;
}

/**
 * Refuses a link that would make a session its own ancestor, or that hangs one too deep.
 * @throws INVALID_SESSION_OPERATION
 */
export async function refuseCycle(
  runtime: Runtime,
  { operation, parent, childId }: NewLink,
  freshness: Freshness = 'fresh',
): Promise<void> {
  const line = await lineOf(runtime, parent, { maxAncestors: MAX_ANCESTORS, freshness });
  if (hasInLine(line, childId))
    throw refusal(operation, parent, 'a session cannot be its own ancestor');
  if (line.length > MAX_ANCESTORS)
    throw refusal(operation, parent, `at most ${MAX_ANCESTORS} ancestors are allowed`);
}

/** Whether a session is above another one, however far, or is the same. */
export async function isAbove(
  runtime: Runtime,
  sessionId: string,
  key: SessionKey,
): Promise<boolean> {
  return hasInLine(await lineOf(runtime, key, { maxAncestors: Infinity }), sessionId);
}

/** An ancestor that is gone counts, since another session may be created under its id. */
function hasInLine(line: readonly SessionState[], sessionId: string): boolean {
  return line.some((state) => state.sessionId === sessionId || state.parentId === sessionId);
}

/** The refusal of an operation that the links of a session do not allow. */
export function refusal(
  operation: string,
  { sessionId }: { readonly sessionId: string },
  reason: string,
): InvalidSessionOperation {
  return new InvalidSessionOperation({ operation, reason, sessionId });
}

function childLinks({ sessionId, children }: SessionState): Link[] {
  return children.map((child) => ({ childId: child.id, parentId: sessionId }));
}

/** What a session is now; null when it is not there, or cannot be read since the origin it was forked from is gone. */
export function readState(runtime: Runtime, key: SessionKey): Promise<SessionState | null> {
  return readReachable(runtime.executor, key);
}

/** What a session is now; @throws SESSION_NOT_FOUND */
export async function requireState(runtime: Runtime, key: SessionKey): Promise<SessionState> {
  const state = await readState(runtime, key);
  if (state === null) throw new SessionNotFound({ sessionId: key.sessionId });
  return state;
}
