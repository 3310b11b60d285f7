import type { SessionKey } from '../domain/ids.ts';
import { ledgerCost, TOMBSTONE_BYTES } from './memory-cost.ts';
import type { MemoryMeter } from './memory-meter.ts';
import type { WriterLedger } from './writer-ledger.ts';

/** What stays of a removed session until no late write can arrive any more: who wrote last, never what. */
interface Tombstone {
  readonly ledger: WriterLedger;
  readonly removedAtMs: number;
}

/** Remembers removed sessions, so that a late write cannot bring one back and a cached one is known to be gone. */
export class Graveyard {
  /** In order of removal, because time never runs backwards in a store. */
  readonly #tombstones: Map<string, Tombstone> = new Map();
  readonly #meter: MemoryMeter;

  constructor(meter: MemoryMeter) {
    this.#meter = meter;
  }

  /** The writers of the last removed session of a key, as long as it is remembered. */
  writersOf(key: SessionKey): WriterLedger | null {
    return this.#tombstones.get(nameOf(key))?.ledger ?? null;
  }

  /** Remembers that a session was removed. */
  bury(key: SessionKey, ledger: WriterLedger, removedAtMs: number): void {
    const text = nameOf(key);
    this.#tombstones.set(text, { ledger, removedAtMs });
    this.#meter.addBytes(cost(text, ledger));
  }

  /** Forgets the removed session of a key because a new one takes its place; returns its writers. */
  exhume(key: SessionKey): WriterLedger | null {
    const text = nameOf(key);
    const ledger = this.#tombstones.get(text)?.ledger ?? null;
    this.#forget(text);
    return ledger;
  }

  /** Forgets up to `limit` sessions that were removed before a time. */
  forgetBefore(timeMs: number, limit: number): void {
    let forgotten = 0;
    for (const [text, tombstone] of this.#tombstones) {
      if (tombstone.removedAtMs >= timeMs || forgotten === limit) return;
      this.#forget(text);
      forgotten += 1;
    }
  }

  /** Whether anything was removed before a time and is still remembered. */
  hasBefore(timeMs: number): boolean {
    const oldest = this.#tombstones.values().next().value;
    return oldest !== undefined && oldest.removedAtMs < timeMs;
  }

  #forget(text: string): void {
    const tombstone = this.#tombstones.get(text);
    if (tombstone === undefined) return;
    this.#tombstones.delete(text);
    this.#meter.addBytes(-cost(text, tombstone.ledger));
  }
}

/** The length in front makes it impossible to move text from the tenant to the session id and reach another's name. */
function nameOf(key: SessionKey): string {
  return `${key.tenant.length}:${key.tenant}${key.sessionId}`;
}

function cost(text: string, ledger: WriterLedger): number {
  return TOMBSTONE_BYTES + 2 * text.length + ledgerCost(ledger.size);
}
