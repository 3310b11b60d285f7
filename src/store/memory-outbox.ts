import { DueHeap } from './due-heap.ts';
import { outboxCost } from './memory-cost.ts';
import type { MemoryMeter } from './memory-meter.ts';
import type { MemorySession, WaitingEntry } from './memory-session.ts';
import type { OutboxReference } from './store.ts';
import type { TextCopier } from './text-copier.ts';

/** The outbox entries of all sessions of a memory store, in the order in which they are due. */
export class MemoryOutbox {
  readonly #waiting: DueHeap<WaitingEntry> = new DueHeap();
  readonly #meter: MemoryMeter;
  readonly #copier: TextCopier;

  constructor(meter: MemoryMeter, copier: TextCopier) {
    this.#meter = meter;
    this.#copier = copier;
  }

  /** Number of entries. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Adds an entry to a session, or moves it when it is there. */
  put(session: MemorySession, id: string, dueAtMs: number): void {
    const owner = session;
    owner.outbox ??= new Map();
    let entry = owner.outbox.get(id);
    if (entry === undefined) {
      entry = { session, id: this.#copier.copy(id), heapSlot: -1 };
      owner.outbox.set(entry.id, entry);
      this.#meter.charge(session, outboxCost(id));
    }
    this.#waiting.schedule(entry, dueAtMs);
  }

  /** Moves an entry of a session to another due time; false when it is not there. */
  defer(session: MemorySession, id: string, dueAtMs: number): boolean {
    const entry = session.outbox?.get(id);
    if (entry === undefined) return false;
    this.#waiting.schedule(entry, dueAtMs);
    return true;
  }

  /** Takes an entry of a session out; false when it is not there. */
  take(session: MemorySession, id: string): boolean {
    const owner = session;
    const entry = owner.outbox?.get(id);
    if (entry === undefined) return false;
    this.#waiting.remove(entry);
    owner.outbox?.delete(id);
    if (owner.outbox?.size === 0) owner.outbox = null;
    this.#meter.charge(session, -outboxCost(id));
    return true;
  }

  /** Forgets the entries of a session that goes. */
  drop(session: MemorySession): void {
    for (const entry of session.outbox?.values() ?? []) this.#waiting.remove(entry);
  }

  /** Entries of living sessions due at or before `atMs`, earliest first. */
  due(atMs: number, limit: number, nowMs: number): OutboxReference[] {
    const references: OutboxReference[] = [];
    for (const { item, dueAtMs } of this.#waiting.due(atMs)) {
      if (item.session.isExpired(nowMs)) continue;
      references.push({ key: item.session.key(), id: item.id, dueAtMs });
      if (references.length === limit) break;
    }
    return references;
  }
}
