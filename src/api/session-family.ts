import { idSchema } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionState } from '../domain/session-state.ts';
import { ancestorsOf, descendantsOf } from './hierarchy.ts';
import { linkChild, unlinkChild } from './parent-change.ts';
import type { SessionHandle } from './session-handle.ts';

/** A relative of a session, without its content. */
export interface SessionRelative {
  readonly sessionId: string;
  readonly parentId: string | null;
  readonly childIds: readonly string[];
  /** Where it forked from its origin; null when it is no fork. */
  readonly fork: { readonly sessionId: string; readonly position: number } | null;
  readonly properties: JsonObject;
  readonly createdAtMs: number;
}

/** Links between sessions of one tenant; both sides agree, and no session is its own ancestor. */
export class SessionFamily {
  readonly #handle: SessionHandle;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /**
   * Makes an existing session a child of this one.
   * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION for a cycle, a session of another user, or one child too many.
   */
  async addChild(sessionId: string): Promise<void> {
    const { runtime, key } = this.#handle;
    const childId = parseInput(idSchema, sessionId, 'sessionId');
    await runtime.operation(async () => {
      await this.#handle.assertMeant();
      const { claim, source } = this.#handle;
      await linkChild(runtime, { key, claim, lifeId: source.lifeId }, childId);
    });
  }

  /** Ends the link to a child; one that is none is fine. @throws SESSION_NOT_FOUND */
  async removeChild(sessionId: string): Promise<void> {
    const { runtime, key } = this.#handle;
    const childId = parseInput(idSchema, sessionId, 'sessionId');
    await runtime.operation(async () => {
      await this.#handle.assertMeant();
      await unlinkChild(runtime, { key, lifeId: this.#handle.source.lifeId }, childId);
    });
  }

  /** Parents, nearest first. */
  async ancestors(): Promise<readonly SessionRelative[]> {
    if ((await this.#handle.findState()) === null) return this.#handle.emptyUnlessKnown([]);
    return (await ancestorsOf(this.#handle.runtime, this.#handle.key)).map(toRelative);
  }

  /** Children and their children, depth first, later children before earlier ones. */
  async descendants(): Promise<readonly SessionRelative[]> {
    if ((await this.#handle.findState()) === null) return this.#handle.emptyUnlessKnown([]);
    return (await descendantsOf(this.#handle.runtime, this.#handle.key)).map(toRelative);
  }

  /** Ids of the children, in the order they were added. */
  async childIds(): Promise<readonly string[]> {
    const state = await this.#handle.findState();
    return state?.children.map((child) => child.id) ?? this.#handle.emptyUnlessKnown([]);
  }

  /** Id of the parent; null when there is none. */
  async parentId(): Promise<string | null> {
    const state = await this.#handle.findState();
    return state === null ? this.#handle.emptyUnlessKnown(null) : state.parentId;
  }
}

function toRelative(state: SessionState): SessionRelative {
  const { sessionId, parentId, properties, createdAtMs } = state;
  const fork =
    state.fork === null ? null : { sessionId: state.fork.sessionId, position: state.fork.position };
  const childIds = state.children.map((child) => child.id);
  // A copy: what is handed out must not be what the session's actor works with.
  return structuredClone({ sessionId, parentId, childIds, fork, properties, createdAtMs });
}
