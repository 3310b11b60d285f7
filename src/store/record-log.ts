/** Records per chunk; a full chunk is never touched again, so an append costs the same at any length. */
const CHUNK_LENGTH = 256;

/** Up to this many records the arrays are kept without spare slots: pushing would reserve 17 in a million short sessions. */
const EXACT_LENGTH = 16;

interface Chunk {
  readonly records: readonly string[];
  readonly links: readonly number[];
}

/** The records of one session with the chain link of each, at about 16 bytes a record beyond the strings themselves. */
export class RecordLog {
  // Plain arrays of doubles hold 8 bytes a link like a typed array, without its 200 bytes of fixed cost per session.
  #records: string[] = [];
  #links: number[] = [];
  #sealed: Chunk[] | null = null;

  /** Number of records. */
  get length(): number {
    return (this.#sealed?.length ?? 0) * CHUNK_LENGTH + this.#records.length;
  }

  /** Adds one record at the end. */
  push(record: string, link: number): void {
    if (this.#records.length === CHUNK_LENGTH) this.#seal();
    if (this.#records.length < EXACT_LENGTH) {
      this.#records = this.#records.concat(record);
      this.#links = this.#links.concat(link);
      return;
    }
    this.#records.push(record);
    this.#links.push(link);
  }

  /** The link after `version` records, or null when there are not that many. */
  linkAt(version: number): number | null {
    const index = version - 1;
    const chunk = Math.floor(index / CHUNK_LENGTH);
    return this.#linksOf(chunk)?.[index - chunk * CHUNK_LENGTH] ?? null;
  }

  /** Up to `limit` records from a position (counting from 1) on. */
  slice(fromPosition: number, limit: number): string[] {
    const start = fromPosition - 1;
    const end = Math.min(start + limit, this.length);
    if (start >= end) return [];
    const firstChunk = Math.floor(start / CHUNK_LENGTH);
    const lastChunk = Math.floor((end - 1) / CHUNK_LENGTH);
    const records: string[] = [];
    for (let chunk = firstChunk; chunk <= lastChunk; chunk++) {
      const offset = chunk * CHUNK_LENGTH;
      const part = this.#recordsOf(chunk);
      for (const record of part.slice(Math.max(0, start - offset), end - offset))
        records.push(record);
    }
    return records;
  }

  #seal(): void {
    this.#sealed ??= [];
    // `slice` drops the slots that growing by push had reserved.
    this.#sealed.push({ records: this.#records.slice(), links: this.#links.slice() });
    this.#records = [];
    this.#links = [];
  }

  #recordsOf(chunk: number): readonly string[] {
    return this.#sealed?.[chunk]?.records ?? this.#records;
  }

  #linksOf(chunk: number): readonly number[] | undefined {
    const sealed = this.#sealed?.length ?? 0;
    return chunk === sealed ? this.#links : this.#sealed?.[chunk]?.links;
  }
}
