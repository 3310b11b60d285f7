import { PagefoldError } from '../domain/errors.ts';
import type { SessionState } from '../domain/session-state.ts';
import { type ParentLink, readReachable, replaceParent } from '../runtime/child-list.ts';
import { isOverloaded, retryOverloaded } from '../runtime/overload.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readState } from './hierarchy.ts';
import { restoreParent } from './parent-change.ts';

interface CutLink extends ParentLink {
  /** The life of the parent that the child no longer names; null when the child was not told by us. */
  readonly detachedFrom: string | null;
}

/** The links that were cut because sessions are to go, and that have to be made again for those that stay. */
export class CutLinks {
  readonly #runtime: Runtime;
  /** Links of sessions that are to go to their parents. */
  readonly #parents: Map<string, ParentLink> = new Map();
  /** Links of others to sessions that are to go. */
  readonly #children: Map<string, CutLink> = new Map();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * Before a session is removed: the list of its parent has to follow. It stays in the list until it is gone, or else the parent
   * could be removed meanwhile without anybody asking for it. The parent gets a reminder of that first.
   */
  async noteParent({
    tenant,
    sessionId,
    parentId,
  }: Pick<SessionState, 'tenant' | 'sessionId' | 'parentId'>): Promise<void> {
    if (parentId === null) return;
    const link = { child: { tenant, sessionId }, parentId };
    if (this.#parents.has(nameOf(link))) return;
    const { followUps, warn } = this.#runtime;
    try {
      await followUps.remindParent(link);
    } catch (error) {
      // What makes room in a full store must not need some.
      if (!isOverloaded(error)) throw error;
      warn('FOLLOW_UP_FAILED', error);
    }
    this.#parents.set(nameOf(link), link);
  }

  /**
   * Ends the link to a child. The child is told first, in a record that carries the reminder for the list of the parent, so that
   * a crash in between leaves nothing but a list that is behind. The child is asked again once the list was written, so that one
   * that others link again meanwhile stands in it, and keeps the parent from going until it is cut once more.
   */
  async cutChild(
    { tenant, sessionId: parentId, lifeId }: SessionState,
    childId: string,
  ): Promise<void> {
    const { executor, followUps } = this.#runtime;
    const child = { tenant, sessionId: childId };
    const link = { child, parentId };
    const state = await readState(this.#runtime, child);
    if (state?.parentId === parentId) {
      this.#children.set(nameOf(link), { ...link, detachedFrom: lifeId });
      await replaceParent(executor, child, { from: parentId, to: null, lifeId: state.lifeId });
    }
    // One that was told before stays noted as such.
    if (!this.#children.has(nameOf(link)))
      this.#children.set(nameOf(link), { ...link, detachedFrom: null });
    await followUps.settleLink(link);
  }

  /**
   * After a session was removed: the lists of its parents follow. A parent with many children that go at once takes some
   * later than others; what fails is left to its reminders.
   */
  async settleParents(sessionId: string): Promise<void> {
    const { followUps, clock, warn } = this.#runtime;
    for (const [name, link] of this.#parents) {
      if (link.child.sessionId !== sessionId) continue;
      try {
        // In order: nearly always there is only one.
        await retryOverloaded(clock, () => followUps.settleParent(link));
        this.#parents.delete(name);
      } catch (error) {
        // The session has gone, which is what was asked for.
        warn('FOLLOW_UP_FAILED', error);
      }
    }
  }

  /**
   * Makes the links again, each on its own, as far as both sessions are still there and nobody made others meanwhile.
   * @throws what the first one that failed met, after the others.
   */
  async restore(): Promise<void> {
    const errors: unknown[] = [];
    const { followUps } = this.#runtime;
    const mends = [
      ...[...this.#parents.values()].map((link) => () => followUps.settleParent(link)),
      ...[...this.#children.values()].map((link) => () => this.#mend(link)),
    ];
    for (const mend of mends) {
      try {
        // In order, as they were cut.
        await mend();
      } catch (error) {
        errors.push(error);
        if (isClosed(error)) break;
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  async #mend({ child, parentId, detachedFrom }: CutLink): Promise<void> {
    const { followUps } = this.#runtime;
    // Also when callers are turned away already.
    const { executor } = followUps;
    if (detachedFrom !== null) {
      const parent = await readReachable(executor, { tenant: child.tenant, sessionId: parentId });
      if (parent?.lifeId === detachedFrom) {
        const runtime = { ...this.#runtime, executor };
        await restoreParent(runtime, child, { from: null, to: parentId });
      }
    }
    await followUps.settleLink({ child, parentId });
  }
}

function nameOf({ child, parentId }: ParentLink): string {
  return JSON.stringify([parentId, child.sessionId]);
}

function isClosed(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'CLOSED';
}
