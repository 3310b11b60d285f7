import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readState, replaceParent, unlistChild } from './hierarchy.ts';

/** The links of a session that were cut because it was to go, and that have to be made again when it stays. */
export class CutLinks {
  readonly #runtime: Runtime;
  readonly #session: SessionState;
  /** Children that are in the list no more. */
  readonly #unlisted: Set<string> = new Set();
  /** Children that may name the session no more. */
  readonly #detached: Set<string> = new Set();
  #isParentCut = false;

  constructor(runtime: Runtime, session: SessionState) {
    this.#runtime = runtime;
    this.#session = session;
  }

  /** Takes the session out of its parent's list. */
  async cutParent({ tenant, sessionId, parentId }: SessionState): Promise<void> {
    if (parentId === null) return;
    this.#isParentCut = true;
    await unlistChild(this.#runtime, { tenant, sessionId: parentId }, sessionId);
  }

  /**
   * Ends the links to the children. Each is taken out of the list before it is told, so that whoever links it again meanwhile
   * leaves a record in this session, or is undone.
   */
  async cutChildren({ tenant, sessionId: parentId, children }: SessionState): Promise<void> {
    for (const { id: sessionId } of children) {
      const child = { tenant, sessionId };
      this.#unlisted.add(sessionId);
      // In order: a session may have more children than the queues of a tenant have places.
      await unlistChild(this.#runtime, { tenant, sessionId: parentId }, sessionId);
      const state = await readState(this.#runtime, child);
      if (state?.parentId !== parentId) continue;
      this.#detached.add(sessionId);
      await replaceParent(this.#runtime, child, { from: parentId, to: null });
    }
  }

  /** Makes the links again, as far as the session is still there and nobody made others meanwhile. */
  async restore(): Promise<void> {
    const { tenant, sessionId: parentId, lifeId } = this.#session;
    const { followUps } = this.#runtime;
    const key = { tenant, sessionId: parentId };
    if ((await readState(this.#runtime, key))?.lifeId !== lifeId) return;
    if (this.#isParentCut) await followUps.linkParent(key);
    for (const sessionId of this.#unlisted) {
      const child = { tenant, sessionId };
      // In order, as they were cut.
      if (this.#detached.has(sessionId)) await this.#reattach(sessionId);
      const state = await readState(this.#runtime, child);
      if (state?.parentId === parentId) await followUps.linkParent(child);
    }
  }

  async #reattach(sessionId: string): Promise<void> {
    const { tenant, sessionId: parentId } = this.#session;
    const child = { tenant, sessionId };
    if ((await readState(this.#runtime, child)) === null) return;
    await replaceParent(this.#runtime, child, { from: null, to: parentId });
  }
}
