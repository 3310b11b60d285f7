import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { CutLinks } from './cut-links.ts';
import { ancestorsOf, readState } from './hierarchy.ts';
import {
  keepsChanging,
  look,
  REMOVAL_ROUNDS,
  type RemoveOne,
  removeSeen,
  type Seen,
} from './removal-target.ts';

/** What removes a tree. */
export interface TreeRemovalParts {
  readonly runtime: Runtime;
  readonly root: Seen;
  /** Which children go along with a session, and with those which of theirs; the others are detached. */
  readonly goesAlong: 'forks' | 'all';
  /** The links of the root. */
  readonly links: CutLinks;
  readonly remove: RemoveOne;
}

/** A session that is to go, as long as it stays where it was found. */
interface Pending {
  readonly sessionId: string;
  /** Null for the root. */
  readonly parentId: string | null;
}

/**
 * Removes a session with what is below it, deepest first, since whoever reads another's log goes before it. Others may add to
 * the tree, and take out of it, while this is under way.
 */
export class TreeRemoval {
  readonly #parts: TreeRemovalParts;
  /** Each stands behind its parent; the last one is looked at next. */
  readonly #pending: Pending[] = [];
  readonly #pendingIds: Set<string> = new Set();
  readonly #looks: Map<string, number> = new Map();

  constructor(parts: TreeRemovalParts) {
    this.#parts = parts;
    this.#push({ sessionId: parts.root.key.sessionId, parentId: null });
  }

  /** @throws SESSION_CONFLICT when others never stop writing. */
  async run(): Promise<void> {
    for (let next = this.#pending.at(-1); next !== undefined; next = this.#pending.at(-1)) {
      // In order: each step starts from what the one before left.
      if (await this.#isDone(next)) this.#pop(next);
    }
  }

  /** One look at a session: true when it is gone, or is none of ours any more. */
  async #isDone(next: Pending): Promise<boolean> {
    const { runtime, root, links, remove } = this.#parts;
    const key = { tenant: root.key.tenant, sessionId: next.sessionId };
    this.#countLook(key);
    const seen = await look(runtime, key);
    if (seen === null || !(await this.#isStillThere(next, seen.state))) return true;
    const children = await childrenOf(runtime, seen.state);
    // What is below goes first, and to be cut off is a record, so this session is looked at again.
    if (await this.#detachOthers(seen.state, children)) return false;
    if (this.#addPending(key.sessionId, children)) return false;
    if (next.parentId === null) await links.cutParent(seen.state);
    return removeSeen(runtime, seen, remove);
  }

  /** Whether a session is where it was found: others may have moved it, or one above it, out of the tree since. */
  async #isStillThere({ parentId }: Pending, state: SessionState): Promise<boolean> {
    const { sessionId: rootId, lifeId } = this.#parts.root.state;
    if (parentId === null) return state.lifeId === lifeId;
    if (state.parentId !== parentId) return false;
    if (parentId === rootId) return true;
    const ancestors = await ancestorsOf(this.#parts.runtime, state);
    return ancestors.some(({ sessionId }) => sessionId === rootId);
  }

  /** Cuts the children off that do not go along; false when all of them do. */
  async #detachOthers(state: SessionState, children: readonly SessionState[]): Promise<boolean> {
    const { runtime, root, goesAlong, links } = this.#parts;
    const others = children.filter((child) => goesAlong === 'forks' && child.fork === null);
    if (others.length === 0) return false;
    const ids = new Set(others.map((child) => child.sessionId));
    const isRoot = state.sessionId === root.state.sessionId;
    const cut = { ...state, children: state.children.filter((child) => ids.has(child.id)) };
    await (isRoot ? links : new CutLinks(runtime, state)).cutChildren(cut);
    return true;
  }

  /** False when all of them are known already. */
  #addPending(parentId: string, children: readonly SessionState[]): boolean {
    const added = children.filter(({ sessionId }) => !this.#pendingIds.has(sessionId));
    for (const { sessionId } of added) this.#push({ sessionId, parentId });
    return added.length > 0;
  }

  #push(pending: Pending): void {
    this.#pending.push(pending);
    this.#pendingIds.add(pending.sessionId);
  }

  #pop({ sessionId }: Pending): void {
    this.#pending.pop();
    this.#pendingIds.delete(sessionId);
  }

  #countLook(key: SessionKey): void {
    const count = (this.#looks.get(key.sessionId) ?? 0) + 1;
    if (count > REMOVAL_ROUNDS) throw keepsChanging(key);
    this.#looks.set(key.sessionId, count);
  }
}

/** The children that say so themselves. */
async function childrenOf(runtime: Runtime, state: SessionState): Promise<readonly SessionState[]> {
  const states: SessionState[] = [];
  for (const { id: sessionId } of state.children) {
    // In order: a session may have more children than the queues of a tenant have places.
    const child = await readState(runtime, { tenant: state.tenant, sessionId });
    if (child?.parentId === state.sessionId) states.push(child);
  }
  return states;
}
