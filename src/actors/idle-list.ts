/** An idle activation at its place among the others. */
export interface IdleEntry<Actor> {
  readonly actor: Actor;
  readonly bytes: number;
  readonly sinceMs: number;
  older: IdleEntry<Actor> | null;
  newer: IdleEntry<Actor> | null;
}

/** Who may be idle, and keeps its place among those that are; null while it is not. */
export interface Idling<Actor> {
  idle: IdleEntry<Actor> | null;
}

/**
 * Idle activations, least recently used first. Linked by hand, and found by what an actor says of itself: with a million entries,
 * re-inserting into a map costs microseconds of hashing for every turn.
 */
export class IdleList<Actor extends Idling<Actor>> {
  #oldest: IdleEntry<Actor> | null = null;
  #newest: IdleEntry<Actor> | null = null;
  #bytes = 0;

  /** Estimated bytes of all idle activations. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts an actor at the recently-used end. */
  add(actor: Actor, figures: { readonly bytes: number; readonly nowMs: number }): void {
    this.remove(actor);
    const idling: Idling<Actor> = actor;
    const entry: IdleEntry<Actor> = {
      actor,
      bytes: figures.bytes,
      sinceMs: figures.nowMs,
      older: this.#newest,
      newer: null,
    };
    if (this.#newest !== null) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
    idling.idle = entry;
    this.#bytes += entry.bytes;
  }

  /** Takes an actor out; one that is not in the list is fine. */
  remove(actor: Actor): void {
    const idling: Idling<Actor> = actor;
    const entry = idling.idle;
    if (entry === null) return;
    idling.idle = null;
    if (entry.older === null) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    this.#bytes -= entry.bytes;
  }

  /** The actor that has been idle longest, when it has been so since before the given time or the bytes exceed the budget. */
  next(bounds: { readonly idleBeforeMs: number; readonly maxBytes: number }): Actor | null {
    const entry = this.#oldest;
    if (entry === null) return null;
    return entry.sinceMs < bounds.idleBeforeMs || this.#bytes > bounds.maxBytes
      ? entry.actor
      : null;
  }
}
