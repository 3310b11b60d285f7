import { TENANT_BYTES } from './memory-cost.ts';
import type { MemorySession } from './memory-session.ts';
import { SequenceIndex } from './sequence-index.ts';
import type { SessionLabels } from './store.ts';
import { textBytes } from './text-copier.ts';
import { UsageTally } from './usage-tally.ts';

/** Everything of one tenant; nothing here can reach another tenant's sessions. */
export class TenantShelf {
  readonly tenant: string;
  readonly bytes: number;
  readonly byCreation: SequenceIndex<MemorySession> = new SequenceIndex();
  readonly byUpdate: SequenceIndex<MemorySession> = new SequenceIndex();
  /** Sums over everything recorded and not erased. */
  usage: UsageTally = new UsageTally();
  readonly #sessions: Map<string, MemorySession> = new Map();
  readonly #byUser: Map<string, SequenceIndex<MemorySession>> = new Map();

  constructor(tenant: string) {
    this.tenant = tenant;
    this.bytes = TENANT_BYTES + textBytes(tenant);
  }

  /** Whether forgetting the shelf would lose nothing. */
  isBare(): boolean {
    return this.#sessions.size === 0 && this.usage.isZero();
  }

  /** The session of an id, expired or not. */
  find(sessionId: string): MemorySession | undefined {
    return this.#sessions.get(sessionId);
  }

  /** The sessions of a user, by creation. */
  ofUser(userId: string): SequenceIndex<MemorySession> | undefined {
    return this.#byUser.get(userId);
  }

  /** Takes a new session in. */
  add(session: MemorySession): void {
    this.#sessions.set(session.sessionId, session);
    this.byCreation.insert(session.createdSequence, session);
    this.byUpdate.insert(session.updatedSequence, session);
    this.#addToUser(session);
  }

  /** Takes a session out. */
  remove(session: MemorySession): void {
    this.#sessions.delete(session.sessionId);
    this.byCreation.delete(session.createdSequence);
    this.byUpdate.delete(session.updatedSequence);
    this.#removeFromUser(session);
  }

  /** Replaces a session's labels. */
  relabel(session: MemorySession, labels: SessionLabels): void {
    const target = session;
    if (labels.userId === session.labels.userId) {
      target.labels = labels;
      return;
    }
    this.#removeFromUser(session);
    target.labels = labels;
    this.#addToUser(session);
  }

  /** Makes a session the one with the latest activity. */
  moveToFront(session: MemorySession, sequence: number): void {
    if (this.byUpdate.last() === session) return;
    const target = session;
    this.byUpdate.delete(session.updatedSequence);
    target.updatedSequence = sequence;
    this.byUpdate.insert(sequence, session);
  }

  #addToUser(session: MemorySession): void {
    const userId = session.labels.userId;
    if (userId === null) return;
    let sessions = this.#byUser.get(userId);
    if (sessions === undefined) {
      sessions = new SequenceIndex();
      this.#byUser.set(userId, sessions);
    }
    sessions.insert(session.createdSequence, session);
  }

  #removeFromUser(session: MemorySession): void {
    const userId = session.labels.userId;
    if (userId === null) return;
    const sessions = this.#byUser.get(userId);
    sessions?.delete(session.createdSequence);
    if (sessions?.size === 0) this.#byUser.delete(userId);
  }
}
