import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { detachChild, readState, setParent, unlistChild } from './hierarchy.ts';

/** The links of a session that were cut because it was to go, and that have to be made again when it stays. */
export class CutLinks {
  readonly #runtime: Runtime;
  readonly #key: SessionKey;
  readonly #childIds: Set<string> = new Set();
  #parentId: string | null = null;

  constructor(runtime: Runtime, key: SessionKey) {
    this.#runtime = runtime;
    this.#key = key;
  }

  /** Takes the session out of its parent's list and detaches its children; what was cut before is passed over. */
  async cut(state: SessionState): Promise<void> {
    const { tenant, sessionId, parentId } = state;
    if (parentId !== null && parentId !== this.#parentId)
      await unlistChild(this.#runtime, { tenant, sessionId: parentId }, sessionId);
    this.#parentId = parentId;
    for (const child of state.children) {
      if (this.#childIds.has(child.id)) continue;
      // In order: a session may have more children than the queues of a tenant have places.
      if (await detachChild(this.#runtime, { tenant, sessionId: child.id }, this.#key))
        this.#childIds.add(child.id);
    }
  }

  /** Makes the links again, as far as nobody made others meanwhile. */
  async restore(): Promise<void> {
    const { followUps } = this.#runtime;
    const { tenant, sessionId: parentId } = this.#key;
    if (this.#parentId !== null) await followUps.linkParent(this.#key);
    for (const sessionId of this.#childIds) {
      const child = { tenant, sessionId };
      // In order, as they were cut.
      const state = await readState(this.#runtime, child);
      if (state === null || state.parentId !== null) continue;
      await setParent(this.#runtime, child, parentId);
      await followUps.linkParent(child);
    }
  }
}
