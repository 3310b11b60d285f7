import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { ownerOf } from '../domain/owner.ts';
import type { SessionState } from '../domain/session-state.ts';
import { isGone, matchChildList } from '../runtime/child-list.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CutLinks } from './cut-links.ts';
import { readState } from './hierarchy.ts';
import {
  keepsChanging,
  look,
  refuseClaim,
  refuseOutOfReach,
  REMOVAL_ROUNDS,
  type RemovalKind,
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
  /** What the caller says about whose session the root is; null when it says nothing. */
  readonly claim: JsonObject | null;
  /** What the caller asked for, for refusals. */
  readonly operation: RemovalKind;
  /** The links that are cut on the way. */
  readonly links: CutLinks;
  readonly remove: RemoveOne;
}

/** A session that is to go, as long as it stays where it was found. */
interface Pending {
  readonly sessionId: string;
  /** Null for the root. */
  readonly above: { readonly pending: Pending; readonly state: SessionState } | null;
  /** Sessions above it, up to the root. */
  readonly depth: number;
}

/** Of the sessions above one, so large a part may go before all of them are asked again. */
const TRUSTED_PART = 1 / 8;

/**
 * Removes a session with what is below it, deepest first, since whoever reads another's log goes before it. Others may add to
 * the tree, and take out of it, while this is under way. A session goes only when its list of children is empty, so that
 * whoever links one to it meanwhile leaves a record.
 */
export class TreeRemoval {
  readonly #parts: TreeRemovalParts;
  /** Each stands behind the one above it; the last one is looked at next. */
  readonly #pending: Pending[] = [];
  /** Those above the one that is looked at. */
  readonly #path: Set<string> = new Set();
  readonly #looks: Map<string, number> = new Map();
  /** Removals until all links up to the root are looked at again. */
  #trusted = 0;

  constructor(parts: TreeRemovalParts) {
    this.#parts = parts;
    this.#pending.push({ sessionId: parts.root.key.sessionId, above: null, depth: 0 });
  }

  /** @throws SESSION_CONFLICT when others never stop writing, INVALID_SESSION_OPERATION when content is out of reach. */
  async run(): Promise<void> {
    if (this.#parts.runtime.archive === null) await this.#assertReach();
    for (let next = this.#pending.at(-1); next !== undefined; next = this.#pending.at(-1)) {
      // In order: each step starts from what the one before left.
      if (await this.#isDone(next)) this.#dropFrom(this.#pending.length - 1);
    }
  }

  /** Before anything goes, since content that is out of reach now stays so. */
  async #assertReach(): Promise<void> {
    const { runtime, root, operation } = this.#parts;
    const { tenant } = root.key;
    const known = new Set([root.key.sessionId]);
    for (const sessionId of known) {
      const isRoot = sessionId === root.key.sessionId;
      // In order: a session tells what is below it.
      const state = isRoot ? root.state : await readState(runtime, { tenant, sessionId });
      if (state === null || !(isRoot || this.#belongs(state))) continue;
      refuseOutOfReach(runtime, state, operation);
      for (const { id } of state.children) known.add(id);
    }
  }

  /** One look at a session: true when it is gone, or is none of ours any more. */
  async #isDone(next: Pending): Promise<boolean> {
    const { runtime, root } = this.#parts;
    const key = { tenant: root.key.tenant, sessionId: next.sessionId };
    this.#countLook(key);
    const seen = await look(runtime, key);
    if (seen === null || !this.#isInPlace(next, seen.state)) {
      await this.#matchList(next);
      return true;
    }
    if (next.above === null) refuseClaim(seen.state, this.#parts.claim);
    if (this.#goesAlong(next, seen.state))
      refuseOutOfReach(runtime, seen.state, this.#parts.operation);
    // What is below goes first; that one of the path is below as well happens in a circle only.
    const left = await this.#parts.links.childrenToCut(seen.state);
    const below = left.filter((id) => !this.#path.has(id));
    if (below.length > 0 && this.#goesAlong(next, seen.state)) {
      this.#path.add(next.sessionId);
      const above = { pending: next, state: seen.state };
      const depth = next.depth + 1;
      for (const sessionId of below) this.#pending.push({ sessionId, above, depth });
      return false;
    }
    return (await this.#isPathWhole(next)) && this.#take(next, seen);
  }

  /** Removes a session, or cuts it off when it is not to go along. */
  async #take({ above }: Pending, seen: Seen): Promise<boolean> {
    const { runtime, links, remove } = this.#parts;
    const { state } = seen;
    if (above !== null && !this.#goesAlong({ above }, state)) {
      await links.cutChild(above.state, state.sessionId);
      return true;
    }
    await links.noteParent(state);
    if (!(await removeSeen(runtime, seen, remove))) return false;
    await links.settleParents(state.sessionId);
    return true;
  }

  #goesAlong({ above }: Pick<Pending, 'above'>, state: SessionState): boolean {
    return above === null || this.#belongs(state);
  }

  /** Whether a session below the root goes with it. */
  #belongs({ fork, properties }: SessionState): boolean {
    // A fork reads what goes, whoever made it.
    if (fork !== null) return true;
    const { goesAlong, root, claim } = this.#parts;
    const owner = ownerOf(properties);
    return goesAlong === 'all' && (owner === null || owner === this.#ownerOf(root, claim));
  }

  /** Whose sessions go along: the root's user, or of a root of nobody the caller's, since anybody's may be linked below it. */
  #ownerOf({ state }: Seen, claim: JsonObject | null): string | null {
    return ownerOf(state.properties) ?? ownerOf(claim ?? {});
  }

  /** Whether a session is where it was found. */
  #isInPlace({ above }: Pending, state: SessionState): boolean {
    if (above === null) return state.lifeId === this.#parts.root.state.lifeId;
    return state.parentId === above.pending.sessionId;
  }

  /**
   * Whether everything above a session is still where it was found. Where others moved one away, what is below that one is left
   * alone. All of it is asked before each removal in a tree of ordinary depth; in a deep one that would cost the square of
   * its depth, so that only the nearest is asked most of the time.
   */
  async #isPathWhole({ above, depth }: Pending): Promise<boolean> {
    const isTrusted = this.#trusted > 0;
    this.#trusted = isTrusted ? this.#trusted - 1 : Math.floor(depth * TRUSTED_PART);
    for (let link = above; link !== null; link = isTrusted ? null : link.pending.above) {
      const { tenant } = link.state;
      const { pending } = link;
      // In order: the nearest that moved away is looked at next.
      const state = await readState(this.#parts.runtime, { tenant, sessionId: pending.sessionId });
      if (state !== null && this.#isInPlace(pending, state)) continue;
      this.#trusted = 0;
      this.#dropFrom(this.#pending.indexOf(pending) + 1);
      this.#path.delete(pending.sessionId);
      return false;
    }
    return true;
  }

  /** The list that a session was found in follows what the session says. */
  async #matchList({ sessionId, above }: Pending): Promise<void> {
    if (above === null) return;
    const { runtime, links } = this.#parts;
    const { tenant, sessionId: parentId } = above.state;
    const link = { child: { tenant, sessionId }, parentId };
    try {
      await links.followList(link, () => matchChildList(runtime.executor, link));
    } catch (error) {
      // Others removed what it was found in, as the next look at that will tell.
      if (!isGone(error)) throw error;
    }
  }

  #dropFrom(index: number): void {
    for (const { sessionId } of this.#pending.splice(index)) this.#path.delete(sessionId);
  }

  #countLook(key: SessionKey): void {
    const count = (this.#looks.get(key.sessionId) ?? 0) + 1;
    if (count > REMOVAL_ROUNDS) throw keepsChanging(key);
    this.#looks.set(key.sessionId, count);
  }
}
