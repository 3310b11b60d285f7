/** Stands for the position of a write that was refused and is remembered so that no late copy of it is recorded. */
export const NEVER_RECORDED = -1;

/** The last write of one writer to one session. */
export interface LedgerEntry {
  readonly writer: string;
  readonly operation: number;
  /** Position of its first record; 0 when that is in an earlier session of the same id, {@link NEVER_RECORDED} for none. */
  readonly position: number;
  readonly atMs: number;
}

/**
 * Who wrote last with which operation number, so that repeated and late copies of a write are recognised. Entries leave
 * by age alone: a table bounded by count lets a late copy in as soon as enough other writers came between.
 */
export class WriterLedger {
  // The latest writer sits in plain fields, since nearly every session has no other one.
  #writer = '';
  #operation = 0;
  #position = 0;
  #atMs = 0;
  /** All but the latest, least recent first. */
  #others: Map<string, LedgerEntry> | null = null;

  /** Number of writers remembered. */
  get size(): number {
    return (this.#operation === 0 ? 0 : 1) + (this.#others?.size ?? 0);
  }

  /** When the latest write was recorded. */
  get latestAtMs(): number {
    return this.#atMs;
  }

  /** The writer's last write, if it is remembered. */
  find(writer: string): LedgerEntry | null {
    if (this.#operation > 0 && this.#writer === writer) return this.#latest();
    return this.#others?.get(writer) ?? null;
  }

  /** Remembers a write as the writer's last one. */
  record(entry: LedgerEntry): void {
    if (this.#operation > 0 && this.#writer !== entry.writer) {
      this.#others ??= new Map();
      this.#others.delete(entry.writer);
      this.#others.set(this.#writer, this.#latest());
    }
    this.#writer = entry.writer;
    this.#operation = entry.operation;
    this.#position = entry.position;
    this.#atMs = entry.atMs;
  }

  /** Forgets the writers whose last write is older than a time; the latest writer of all stays. */
  forgetBefore(atMs: number): void {
    if (this.#others === null) return;
    for (const [writer, entry] of this.#others) {
      if (entry.atMs >= atMs) break;
      this.#others.delete(writer);
    }
    if (this.#others.size === 0) this.#others = null;
  }

  /** Takes over what another ledger knows of writes that are later than the ones known here; none is in the log. */
  absorb(other: WriterLedger): void {
    for (const entry of other.#entries()) {
      const known = this.find(entry.writer);
      if (known === null || known.operation < entry.operation)
        this.record({ ...entry, position: Math.min(entry.position, 0) });
    }
  }

  /** A ledger for the next session of the same id: it knows the writes, but they are not in that session's log. */
  inherit(): WriterLedger {
    const heir = new WriterLedger();
    heir.absorb(this);
    return heir;
  }

  /** Least recent first. */
  #entries(): readonly LedgerEntry[] {
    const others = [...(this.#others?.values() ?? [])];
    return this.#operation === 0 ? others : [...others, this.#latest()];
  }

  #latest(): LedgerEntry {
    return {
      writer: this.#writer,
      operation: this.#operation,
      position: this.#position,
      atMs: this.#atMs,
    };
  }
}
