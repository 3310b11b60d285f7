import { StorageError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { replaceParent } from '../runtime/child-list.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isAbove } from './hierarchy.ts';
import type { RemovalKind, RemovalTarget } from './removal-target.ts';

/** A session that names a parent. */
export interface NamedChild {
  readonly key: SessionKey;
  readonly lifeId: string;
}

/** The parent that sessions named, as it was seen when they were freed. */
interface FormerParent extends Pick<RemovalTarget, 'key' | 'incarnation'> {
  readonly parentId: string | null;
}

interface FailedRemoval {
  readonly operation: RemovalKind;
  readonly error: unknown;
  /** Whether the parent may go all the same: to name it would be to name what is gone. */
  readonly mayGo: boolean;
}

/** Ids that a message names; of more it tells how many there are. */
const MAX_NAMED = 8;

/**
 * Sessions that name a parent no more, since it is to go and cannot be read. Its own list cannot change and still has them, so that
 * they have only to name it again when it stays.
 */
export class FreedChildren {
  readonly #runtime: Runtime;
  readonly #freed = new Map<string, NamedChild>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Has a session name no parent, unless it has another one by now. */
  async free(child: NamedChild, parentId: string): Promise<void> {
    const { key, lifeId } = child;
    const change = { from: parentId, to: null, lifeId };
    // Noted before: whether a change whose reply was lost was made, only the child tells.
    this.#freed.set(key.sessionId, child);
    if (!(await replaceParent(this.#runtime.executor, key, change)))
      this.#freed.delete(key.sessionId);
  }

  /** Has them name a parent again that is still there, each on its own. Gives the error to throw: it says what remains changed. */
  async giveBack(parent: FormerParent, failure: FailedRemoval): Promise<unknown> {
    if (this.#freed.size === 0) return failure.error;
    try {
      if (!(await this.#isThere(parent))) return failure.error;
      if (failure.mayGo) return this.#cutOff(failure);
      // In order: a session may have more children than the queues of a tenant have places.
      for (const child of this.#freed.values()) await this.#restore(child, parent);
      return failure.error;
    } catch (error) {
      // The caller is told why the removal failed, which is what matters more.
      this.#runtime.warn('RESTORE_FAILED', error, parent.key);
      return this.#cutOff(failure);
    }
  }

  /** The error of a removal after which these sessions are without their parent, or may be. */
  #cutOff({ operation, error }: FailedRemoval): StorageError {
    const ids = [...this.#freed.keys()];
    const more = ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : '';
    const named = `${ids.slice(0, MAX_NAMED).join(', ')}${more}`;
    return new StorageError({
      code: 'UNKNOWN_OUTCOME',
      operation,
      message: `${operation} failed on the way, and may have left sessions without their parent that were below this one: ${named}`,
      cause: error,
    });
  }

  async #isThere({ key, incarnation }: FormerParent): Promise<boolean> {
    const page = await this.#runtime.store.read({ key, fromPosition: 1, limit: 1 });
    return page?.incarnation === incarnation;
  }

  async #restore({ key, lifeId }: NamedChild, parent: FormerParent): Promise<void> {
    // Also when callers are turned away already.
    const { executor } = this.#runtime.followUps;
    const runtime = { ...this.#runtime, executor };
    const { tenant, sessionId } = parent.key;
    // What is above a session that cannot be read is known, and may have been put below the child meanwhile.
    const isCircle =
      parent.parentId !== null &&
      (await isAbove(runtime, key.sessionId, { tenant, sessionId: parent.parentId }));
    if (!isCircle) await replaceParent(executor, key, { from: null, to: sessionId, lifeId });
    this.#freed.delete(key.sessionId);
  }
}
