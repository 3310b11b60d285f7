/** Longest token either encoding has, in bytes: a longer stretch is never one token. */
const MAX_TOKEN_BYTES = 128;

/** Low bits of a slot: rank + 1, 0 = free. The bits above are a tag, bits of the hash: a wrong tag spares a look at the bytes. */
const RANK_BITS = 18;
const RANK_MASK = (1 << RANK_BITS) - 1;

/** At most half of the slots are taken, so that a miss ends after one or two looks. */
const SLOTS_PER_TOKEN = 2;

/** Multiplier of the polynomial hash (FNV's prime: odd, and it spreads short words well). */
const HASH_FACTOR = 0x01000193;
/** Carries the high bits, where the entropy of a polynomial hash is, down to those that choose the slot. */
const HASH_FINISH = 0x2c1b3c6d;

/** Every token of one encoding, looked up by its bytes. Immutable: any number of counters may share one. */
export class Vocabulary {
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #slots: Uint32Array;
  readonly #slotMask: number;
  /** Rank by the two bytes of a token, -1 where they are none: the first look-up of every merge. */
  readonly #pairRanks: Int32Array = new Int32Array(1 << 16).fill(-1);

  /** `bytes` holds all tokens in rank order, `starts[rank]` where each begins, with a last entry for the end. */
  constructor(bytes: Uint8Array, starts: Uint32Array) {
    const slots = slotCount(starts.length - 1);
    this.#bytes = bytes;
    this.#starts = starts;
    this.#slots = new Uint32Array(slots);
    this.#slotMask = slots - 1;
    for (let rank = 0; rank < this.size; rank++) this.#insert(rank);
  }

  /** How many tokens there are. */
  get size(): number {
    return this.#starts.length - 1;
  }

  /** The rank of the token that is exactly `bytes[start..end)`, or -1. */
  rankOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length === 2) return this.#pairRanks[pairAt(bytes, start)] ?? -1;
    if (length > MAX_TOKEN_BYTES) return -1;
    const hash = hashOf(bytes, start, end);
    let slot = hash & this.#slotMask;
    for (;;) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) return -1;
      const rank = (entry & RANK_MASK) - 1;
      const isTagged = (entry ^ hash) >>> RANK_BITS === 0;
      if (isTagged && this.#isLongAs(rank, length) && this.#isAt(rank, bytes, start)) return rank;
      slot = (slot + 1) & this.#slotMask;
    }
  }

  #isLongAs(rank: number, length: number): boolean {
    return (this.#starts[rank + 1] ?? 0) - (this.#starts[rank] ?? 0) === length;
  }

  #isAt(rank: number, bytes: Uint8Array, at: number): boolean {
    const end = this.#starts[rank + 1] ?? 0;
    for (let own = this.#starts[rank] ?? 0, other = at; own < end; own++, other++) {
      if (this.#bytes[own] !== bytes[other]) return false;
    }
    return true;
  }

  #insert(rank: number): void {
    const start = this.#starts[rank] ?? 0;
    const end = this.#starts[rank + 1] ?? 0;
    if (end - start === 2) this.#pairRanks[pairAt(this.#bytes, start)] = rank;
    const hash = hashOf(this.#bytes, start, end);
    let slot = hash & this.#slotMask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#slotMask;
    this.#slots[slot] = (hash & ~RANK_MASK) | (rank + 1);
  }
}

/** A well-mixed 32-bit hash of `bytes[start..end)`. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  // The + 1 tells runs of zero bytes of different lengths apart.
  for (let at = start; at < end; at++) {
    hash = (Math.imul(hash, HASH_FACTOR) + (bytes[at] ?? 0) + 1) | 0;
  }
  const folded = Math.imul(hash ^ (hash >>> 15), HASH_FINISH);
  return folded ^ (folded >>> 13);
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function slotCount(tokens: number): number {
  let slots = 1;
  while (slots < tokens * SLOTS_PER_TOKEN) slots *= 2;
  return slots;
}
