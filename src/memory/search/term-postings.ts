const FIRST_CAPACITY = 256;
const NONE = -1;
const MAX_COUNT = 0xffff;
/** The length of a page stands above the count, in the upper half of a word. */
const LENGTH_SHIFT = 16;
/** Words of a posting: its slot, its term, the next posting of the term, and how often the term stands in how long a page. */
const STRIDE = 4;
const TERM = 1;
const NEXT = 2;
const COUNT = 3;

/** Looks at one posting: the slot of a page, how often the term stands in it, and the page's length (both capped at 65,535). */
export type PostingVisitor = (slot: number, count: number, length: number) => void;

/** Where the terms of one page stand in {@link TermPostings}. */
export interface PostingRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Which page holds which term how often, in 16 bytes a posting that are read together, since most of a long chain is in no cache:
 * the postings of a page stand side by side, those of a term are a chain from the newest to the oldest. Removed postings stay in
 * their chains, passed over by whoever walks them, until {@link TermPostings.deadCount} makes a rebuild worth it.
 */
export class TermPostings {
  readonly #ids = new Map<string, number>();
  readonly #terms: string[] = [];
  #heads = new Int32Array(FIRST_CAPACITY);
  #frequencies = new Uint32Array(FIRST_CAPACITY);
  #postings = new Int32Array(FIRST_CAPACITY * STRIDE);
  #length = 0;
  #dead = 0;

  /** Postings of pages that were removed and still take room. */
  get deadCount(): number {
    return this.#dead;
  }

  /** Postings of pages that are there. */
  get liveCount(): number {
    return this.#length - this.#dead;
  }

  /** Distinct terms, those of removed pages included until the next rebuild. */
  get termCount(): number {
    return this.#terms.length;
  }

  /** Bytes of the typed arrays. */
  get byteLength(): number {
    return this.#postings.byteLength + this.#heads.byteLength + this.#frequencies.byteLength;
  }

  /** Adds a page's terms with their counts, under the slot of the page. */
  append(
    slot: number,
    {
      terms: counts,
      length,
    }: { readonly terms: ReadonlyMap<string, number>; readonly length: number },
  ): PostingRange {
    const start = this.#length;
    const lengthBits = Math.min(length, MAX_COUNT) << LENGTH_SHIFT;
    this.#reserve(start + counts.size);
    for (const [term, count] of counts) {
      const id = this.#idOf(term);
      const posting = this.#length;
      const at = posting * STRIDE;
      this.#postings[at] = slot;
      this.#postings[at + TERM] = id;
      this.#postings[at + NEXT] = this.#heads[id] ?? NONE;
      this.#postings[at + COUNT] = lengthBits | Math.min(count, MAX_COUNT);
      this.#heads[id] = posting;
      this.#frequencies[id] = (this.#frequencies[id] ?? 0) + 1;
      this.#length += 1;
    }
    return { start, end: this.#length };
  }

  /** Takes a page's terms out of the frequencies, and out of what is visited. */
  release({ start, end }: PostingRange): void {
    for (let posting = start; posting < end; posting += 1) {
      const at = posting * STRIDE;
      const id = this.#postings[at + TERM] ?? 0;
      this.#frequencies[id] = (this.#frequencies[id] ?? 0) - 1;
      this.#postings[at + COUNT] = 0;
    }
    this.#dead += end - start;
  }

  /** In how many pages a term stands. */
  frequencyOf(term: string): number {
    const id = this.#ids.get(term);
    return id === undefined ? 0 : (this.#frequencies[id] ?? 0);
  }

  /** Visits the postings of a term, newest first and at most so many; those of removed pages count and are passed over. */
  visit(term: string, visitor: PostingVisitor, limit: number = Infinity): void {
    const id = this.#ids.get(term);
    if (id === undefined) return;
    const postings = this.#postings;
    let posting = this.#heads[id] ?? NONE;
    for (let visited = 0; posting !== NONE && visited < limit; visited += 1) {
      const at = posting * STRIDE;
      const bits = postings[at + COUNT] ?? 0;
      if (bits !== 0) visitor(postings[at] ?? 0, bits & MAX_COUNT, bits >>> LENGTH_SHIFT);
      posting = postings[at + NEXT] ?? NONE;
    }
  }

  /** The terms of a page with their counts. */
  termsOf({ start, end }: PostingRange): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (let posting = start; posting < end; posting += 1) {
      const at = posting * STRIDE;
      const term = this.#terms[this.#postings[at + TERM] ?? 0] ?? '';
      counts.set(term, (this.#postings[at + COUNT] ?? 0) & MAX_COUNT);
    }
    return counts;
  }

  #idOf(term: string): number {
    const known = this.#ids.get(term);
    if (known !== undefined) return known;
    const id = this.#terms.length;
    this.#ids.set(term, id);
    this.#terms.push(term);
    if (id >= this.#heads.length) {
      this.#heads = grown(this.#heads, new Int32Array(id * 2));
      this.#frequencies = grown(this.#frequencies, new Uint32Array(id * 2));
    }
    this.#heads[id] = NONE;
    return id;
  }

  #reserve(length: number): void {
    if (length * STRIDE <= this.#postings.length) return;
    const capacity = Math.max(length, Math.ceil((this.#postings.length / STRIDE) * 1.5));
    this.#postings = grown(this.#postings, new Int32Array(capacity * STRIDE));
  }
}

function grown<T extends Int32Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
