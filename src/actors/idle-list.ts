import type { SessionActor } from './session-actor.ts';

interface Entry {
  readonly actor: SessionActor;
  readonly bytes: number;
  readonly sinceMs: number;
  older: Entry | null;
  newer: Entry | null;
}

/**
 * Idle activations, least recently used first. Linked by hand: with a million entries, re-inserting into a map costs
 * microseconds of hashing for every turn.
 */
export class IdleList {
  readonly #entries = new WeakMap<SessionActor, Entry>();
  #oldest: Entry | null = null;
  #newest: Entry | null = null;
  #bytes = 0;

  /** Estimated bytes of all idle activations. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts an actor at the recently-used end. */
  add(actor: SessionActor, figures: { readonly bytes: number; readonly nowMs: number }): void {
    this.remove(actor);
    const entry: Entry = {
      actor,
      bytes: figures.bytes,
      sinceMs: figures.nowMs,
      older: this.#newest,
      newer: null,
    };
    if (this.#newest !== null) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
    this.#entries.set(actor, entry);
    this.#bytes += entry.bytes;
  }

  /** Takes an actor out; one that is not in the list is fine. */
  remove(actor: SessionActor): void {
    const entry = this.#entries.get(actor);
    if (entry === undefined) return;
    this.#entries.delete(actor);
    if (entry.older === null) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    this.#bytes -= entry.bytes;
  }

  /** The actor that has been idle longest, when it has been so since before the given time or the bytes exceed the budget. */
  next(bounds: { readonly idleBeforeMs: number; readonly maxBytes: number }): SessionActor | null {
    const entry = this.#oldest;
    if (entry === null) return null;
    return entry.sinceMs < bounds.idleBeforeMs || this.#bytes > bounds.maxBytes
      ? entry.actor
      : null;
  }
}
