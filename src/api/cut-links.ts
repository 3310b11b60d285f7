import { PagefoldError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import { type ParentLink, readReachable, replaceParent } from '../runtime/child-list.ts';
import { isStoreFull, Patience } from '../runtime/overload.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readState } from './hierarchy.ts';
import { restoreParent } from './parent-change.ts';

interface CutLink extends ParentLink {
  /** The life of the parent that the child no longer names; null when the child was not told by us. */
  readonly detachedFrom: string | null;
}

/** A link that a session was told of too late, or not at all, as the store is full. */
export interface OpenLink extends ParentLink {
  /** Who is to be told: a child that its parent is gone, or a parent that its list has a session that is none of its children. */
  readonly untold: 'child' | 'parent';
}

/** Takes over the links of sessions that are gone, to be ended when there may be room. */
export type LeaveOpen = (link: OpenLink) => void;

/** The links that were cut because sessions are to go, and that have to be made again for those that stay. */
export class CutLinks {
  readonly #runtime: Runtime;
  /** Links of sessions that are to go to their parents, by the session and by the parent. */
  readonly #parents: Map<string, Map<string, ParentLink>> = new Map();
  /** Links of others to sessions that are to go. */
  readonly #children: Map<string, CutLink> = new Map();
  /** Links that a full store had no room to end. */
  readonly #open: Map<string, OpenLink> = new Map();
  /** Parents in whose lists a full store had no room for a change. */
  readonly #fullLists: Set<string> = new Set();
  readonly #leaveOpen: LeaveOpen | null;
  readonly #patience: Patience;

  /** Without `leaveOpen` a child that a full store has no room to tell keeps its parent from going. */
  constructor(runtime: Runtime, leaveOpen: LeaveOpen | null = null) {
    this.#runtime = runtime;
    this.#leaveOpen = leaveOpen;
    this.#patience = new Patience(runtime.clock);
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
    const noted = this.#parents.get(sessionId) ?? new Map<string, ParentLink>();
    if (noted.has(parentId)) return;
    const { followUps, warn } = this.#runtime;
    try {
      await this.#patience.retry(() => followUps.remindParent(link));
    } catch (error) {
      // What makes room in a full store must not need some.
      if (!isStoreFull(error)) throw error;
      warn('FOLLOW_UP_FAILED', error);
    }
    this.#parents.set(sessionId, noted.set(parentId, link));
  }

  /**
   * Ends the link to a child. The child is told first, in a record that carries the reminder for the list of the parent, so that
   * a crash in between leaves nothing but a list that is behind. The child is asked again once the list was written, so that one
   * that others link again meanwhile stands in it, and keeps the parent from going until it is cut once more. A fork is never cut.
   */
  async cutChild(
    { tenant, sessionId: parentId, lifeId }: SessionState,
    childId: string,
  ): Promise<void> {
    const child = { tenant, sessionId: childId };
    const link = { child, parentId };
    const state = await readState(this.#runtime, child);
    // Made since its origin was looked at, under the id of a child that has gone. It stays in the list, and the next look finds it.
    if (state?.fork?.sessionId === parentId && state.fork.lifeId === lifeId) return;
    if (state?.parentId === parentId) {
      this.#children.set(nameOf(link), { ...link, detachedFrom: lifeId });
      if (!(await this.#isTold(link, state.lifeId))) return;
    }
    // One that was told before stays noted as such.
    if (!this.#children.has(nameOf(link)))
      this.#children.set(nameOf(link), { ...link, detachedFrom: null });
    await this.followList(link, () => this.#runtime.followUps.settleLink(link));
  }

  /** Has the list of a parent follow what a child says; one that has no room for that in a full store is noted, and not tried again. */
  async followList(link: ParentLink, follow: () => Promise<unknown>): Promise<void> {
    const { parentId } = link;
    try {
      if (!this.#fullLists.has(parentId)) {
        await this.#patience.retry(follow);
        return;
      }
    } catch (error) {
      if (!isStoreFull(error)) throw error;
      this.#fullLists.add(parentId);
    }
    this.#open.set(nameOf(link), { ...link, untold: 'parent' });
  }

  /**
   * The children that have to be seen to before a session goes: all that it lists, but for those that a full store had no room to take
   * out of the list, or to tell. They are asked again, since others may have linked them since.
   */
  async childrenToCut({
    tenant,
    sessionId,
    children,
  }: Pick<SessionState, 'tenant' | 'sessionId' | 'children'>): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const { id } of children) {
      const link = { child: { tenant, sessionId: id }, parentId: sessionId };
      // In order: nearly never any of them has to be asked.
      if (!(await this.#isCutAsFarAsPossible(link))) ids.push(id);
    }
    return ids;
  }

  /**
   * After a session was removed: the lists of its parents follow. A parent with many children that go at once takes some
   * later than others; what fails is left to its reminders, and what a full store has no room for to {@link settleOpen}.
   */
  async settleParents(sessionId: string): Promise<void> {
    const { followUps, warn } = this.#runtime;
    for (const link of this.#parents.get(sessionId)?.values() ?? []) {
      if (this.#open.has(nameOf(link))) continue;
      const settle = async (): Promise<void> => {
        await followUps.settleParent(link);
        this.#forgetParent(link);
      };
      try {
        // In order: nearly always there is only one.
        await this.followList(link, settle);
      } catch (error) {
        // The session has gone, which is what was asked for.
        warn('FOLLOW_UP_FAILED', error);
      }
    }
  }

  /** After all that is to go is gone, which may have made room: ends the links that a full store had none for. */
  async settleOpen(): Promise<void> {
    for (const [name, link] of this.#open) {
      if (this.#leaveOpen === null) {
        // In order, as they were left.
        await endOpenLink(this.#runtime, link, this.#patience);
      } else this.#leaveOpen(link);
      this.#open.delete(name);
      this.#forgetParent(link);
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
      ...this.#notedParents().map((link) => () => followUps.settleParent(link)),
      ...[...this.#children.values()].map((link) => () => this.#mend(link)),
    ];
    for (const mend of mends) {
      try {
        // In order, as they were cut.
        await this.#patience.retry(mend);
      } catch (error) {
        errors.push(error);
        if (isClosed(error)) break;
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  #notedParents(): readonly ParentLink[] {
    return [...this.#parents.values()].flatMap((links) => [...links.values()]);
  }

  #forgetParent({ child, parentId }: ParentLink): void {
    this.#parents.get(child.sessionId)?.delete(parentId);
  }

  /** False when a full store has no room for it, and whoever removes the parent tells the child later. */
  async #isTold(link: ParentLink, lifeId: string): Promise<boolean> {
    const { child, parentId: from } = link;
    const { executor } = this.#runtime;
    try {
      await this.#patience.retry(() => replaceParent(executor, child, { from, to: null, lifeId }));
      return true;
    } catch (error) {
      if (this.#leaveOpen === null || !isStoreFull(error)) throw error;
      this.#open.set(nameOf(link), { ...link, untold: 'child' });
      return false;
    }
  }

  async #isCutAsFarAsPossible(link: ParentLink): Promise<boolean> {
    const open = this.#open.get(nameOf(link));
    if (open === undefined) return false;
    const state = await readState(this.#runtime, link.child);
    if (state?.parentId !== link.parentId) return true;
    // A fork shares what is to go: it cannot be left behind.
    if (open.untold === 'child' && state.fork === null) return true;
    this.#open.delete(nameOf(link));
    return false;
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

/** Ends a link of sessions of which one is gone at least; what fails stays open, as where a parent expired, and readers pass over it. */
export async function endOpenLink(
  { followUps, warn }: Pick<Runtime, 'followUps' | 'warn'>,
  link: OpenLink,
  patience: Patience,
): Promise<void> {
  try {
    await patience.retry(() => followUps.settleParent(link));
  } catch (error) {
    warn('FOLLOW_UP_FAILED', error, untoldOf(link));
  }
}

function untoldOf({ child, parentId, untold }: OpenLink): SessionKey {
  return untold === 'child' ? child : { tenant: child.tenant, sessionId: parentId };
}

function nameOf({ child, parentId }: ParentLink): string {
  return JSON.stringify([parentId, child.sessionId]);
}

function isClosed(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'CLOSED';
}
