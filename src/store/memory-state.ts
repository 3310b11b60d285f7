import { Overloaded } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { DueHeap } from './due-heap.ts';
import { Graveyard } from './graveyard.ts';
import { ledgerCost, SESSION_BYTES } from './memory-cost.ts';
import { type MemoryBounds, MemoryMeter } from './memory-meter.ts';
import { MemoryOutbox } from './memory-outbox.ts';
import { MemorySession } from './memory-session.ts';
import { TenantShelf } from './tenant-shelf.ts';
import { TextCopier, textBytes } from './text-copier.ts';
import { WriterLedger } from './writer-ledger.ts';
import { WriterNames } from './writer-names.ts';

/** What a memory store is built with. */
export interface MemorySettings extends MemoryBounds {
  readonly retryHorizonMs: number;
  readonly sweepIntervalMs: number;
  /** Tells the sessions of this store from those of an earlier one. */
  readonly instance: string;
}

/** How much one sweep may do; `examined` also counts sessions that turn out to live on. */
export interface SweepBounds {
  readonly removed: number;
  readonly examined: number;
}

/** Expired sessions and tombstones removed at most to make room for one append. */
const RECLAIM_LIMIT = 1000;

/** Everything a memory store holds, and the steps that its moves are made of. */
export class MemoryState {
  readonly settings: MemorySettings;
  readonly meter: MemoryMeter;
  readonly outbox: MemoryOutbox;
  readonly graveyard: Graveyard;
  readonly copier: TextCopier = new TextCopier();
  readonly writers: WriterNames = new WriterNames(this.copier);
  readonly #shelves: Map<string, TenantShelf> = new Map();
  readonly #expiries: DueHeap<MemorySession> = new DueHeap();
  #sequence = 0;

  constructor(settings: MemorySettings) {
    this.settings = settings;
    this.meter = new MemoryMeter(settings);
    this.outbox = new MemoryOutbox(this.meter, this.copier);
    this.graveyard = new Graveyard(this.meter);
  }

  /** The living session of a key; one whose time has come is removed on the way. */
  find(key: SessionKey, nowMs: number): MemorySession | null {
    const session = this.#shelves.get(key.tenant)?.find(key.sessionId);
    if (session === undefined) return null;
    if (!session.isExpired(nowMs)) return session;
    this.retire(session, nowMs);
    return null;
  }

  /** The tenant's shelf, if it has ever recorded anything. */
  shelf(tenant: string): TenantShelf | null {
    return this.#shelves.get(tenant) ?? null;
  }

  /** The tenant's shelf, made when there is none. */
  openShelf(tenant: string): TenantShelf {
    const present = this.#shelves.get(tenant);
    if (present !== undefined) return present;
    const shelf = new TenantShelf(this.copier.copy(tenant));
    this.#shelves.set(shelf.tenant, shelf);
    this.meter.addBytes(shelf.bytes);
    return shelf;
  }

  /** A number greater than all before it. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Estimated memory of a session of this key before its first record. */
  costOfCreating(key: SessionKey): number {
    const shelfBytes = this.#shelves.has(key.tenant) ? 0 : new TenantShelf(key.tenant).bytes;
    const writers = this.graveyard.writersOf(key)?.size ?? 0;
    return sessionCost(key) + shelfBytes + ledgerCost(writers);
  }

  /**
   * Makes sure that an append fits; only what has expired goes to make room.
   * @throws OVERLOADED with the scope `store` and the reason `full`, naming the bound.
   */
  assertRoom(need: { readonly bytes: number; readonly sessions: number }, nowMs: number): void {
    if (this.meter.boundPassed(need) === null) return;
    this.removeExpired(nowMs, { removed: RECLAIM_LIMIT, examined: RECLAIM_LIMIT });
    this.forgetRemoved(nowMs, RECLAIM_LIMIT);
    const limit = this.meter.boundPassed(need);
    if (limit === null) return;
    const retryAfterMs = this.#untilNextExpiry(nowMs);
    throw new Overloaded({ retryAfterMs, scope: 'store', reason: 'full', limit });
  }

  /** A new session without records; the writers of a removed one of its key are remembered on. */
  create(key: SessionKey, nowMs: number): MemorySession {
    const sequence = this.nextSequence();
    const shelf = this.openShelf(key.tenant);
    const session = new MemorySession({
      tenant: shelf.tenant,
      sessionId: this.copier.copy(key.sessionId),
      incarnation: this.copier.copy(`${this.settings.instance}.${sequence.toString(36)}`),
      sequence,
      createdAtMs: nowMs,
      ledger: this.graveyard.exhume(key)?.inherit() ?? new WriterLedger(),
    });
    shelf.add(session);
    this.meter.addSession(session, sessionCost(key) + ledgerCost(session.ledger.size));
    return session;
  }

  /** Removes a session and everything of it; its sums stay with the tenant. */
  retire(session: MemorySession, nowMs: number): void {
    this.openShelf(session.tenant).remove(session);
    this.#expiries.remove(session);
    this.outbox.drop(session);
    this.meter.removeSession(session);
    session.ledger.forgetBefore(nowMs - this.settings.retryHorizonMs);
    if (session.refusedCreations !== null) session.ledger.absorb(session.refusedCreations);
    this.graveyard.bury(session.key(), session.ledger, nowMs);
  }

  /** Forgets a tenant that nothing is left of. */
  dropIfBare(shelf: TenantShelf): void {
    if (!shelf.isBare()) return;
    this.#shelves.delete(shelf.tenant);
    this.meter.addBytes(-shelf.bytes);
  }

  /** Sees to it that a session is looked at when it expires. */
  watch(session: MemorySession): void {
    const { expiresAtMs } = session;
    if (expiresAtMs === null) {
      this.#expiries.remove(session);
      return;
    }
    // A session that was prolonged is looked at once in vain, which is cheaper than moving it at every write.
    const watchedAtMs = this.#expiries.dueAtMs(session) ?? Infinity;
    if (watchedAtMs > expiresAtMs) this.#expiries.schedule(session, expiresAtMs);
  }

  /** Removes expired sessions, earliest first; returns how many. */
  removeExpired(nowMs: number, bounds: SweepBounds): number {
    let removed = 0;
    for (let examined = 0; examined < bounds.examined && removed < bounds.removed; examined++) {
      const next = this.#expiries.first();
      if (next === null || next.dueAtMs > nowMs) break;
      if (next.item.isExpired(nowMs)) {
        this.retire(next.item, nowMs);
        removed += 1;
      } else {
        this.#expiries.schedule(next.item, next.item.expiresAtMs ?? Infinity);
      }
    }
    return removed;
  }

  /** Forgets removed sessions that no late write can name any more. */
  forgetRemoved(nowMs: number, limit: number): void {
    this.graveyard.forgetBefore(nowMs - this.settings.retryHorizonMs, limit);
  }

  /** Whether a sweep would find anything to do. */
  hasSweepable(nowMs: number): boolean {
    const next = this.#expiries.first();
    const isDue = next !== null && next.dueAtMs <= nowMs;
    return isDue || this.graveyard.hasBefore(nowMs - this.settings.retryHorizonMs);
  }

  #untilNextExpiry(nowMs: number): number {
    const next = this.#expiries.first();
    const waitMs = next === null ? this.settings.sweepIntervalMs : next.dueAtMs - nowMs;
    return Math.max(1, Math.min(waitMs, this.settings.sweepIntervalMs));
  }
}

function sessionCost(key: SessionKey): number {
  return SESSION_BYTES + textBytes(key.sessionId);
}
