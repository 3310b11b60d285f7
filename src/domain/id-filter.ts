import { textHash } from './text-hash.ts';

/** Ids of one part, and parts that are kept. */
const PART_IDS = 8192;
const MAX_PARTS = 8;
/** 16 bits for an id, eight of which are set: of ids that were never added, 6 in 10,000 seem to be in a full part. */
const PART_BITS_LOG2 = 17;
const PROBES = 8;

/** The same as plain data: how many ids the last part has, and the bits of each in base64. */
export interface IdFilterSnapshot {
  readonly lastCount: number;
  readonly parts: readonly string[];
}

/**
 * Tells of ids whether they may have been added, in 2 bytes for each: a Bloom filter (Bloom 1970) in parts, of which the oldest leaves. It
 * knows the latest 57,344 ids and more, and may take one for known that was never added.
 */
export class IdFilter {
  #parts: Uint8Array[] = [];
  #lastCount = 0;

  /** Whether an id may have been added; false where it certainly was not, or too long ago. */
  mayHave(id: string): boolean {
    if (this.#parts.length === 0) return false;
    const bits = bitsOf(id);
    return this.#parts.some((part) => bits.every((bit) => isSet(part, bit)));
  }

  /** Adds an id. */
  add(id: string): void {
    const last = this.#parts.at(-1);
    const part = last === undefined || this.#lastCount === PART_IDS ? this.#begin() : last;
    for (const bit of bitsOf(id)) part[bit >> 3] = (part[bit >> 3] ?? 0) | (1 << (bit & 7));
    this.#lastCount += 1;
  }

  /** All of it as plain data. */
  snapshot(): IdFilterSnapshot {
    const parts = this.#parts.map((part) => Buffer.from(part).toString('base64'));
    return { lastCount: this.#lastCount, parts };
  }

  /** Goes on from a snapshot. */
  restore({ lastCount, parts }: IdFilterSnapshot): void {
    this.#parts = parts.map(toPart);
    this.#lastCount = lastCount;
  }

  #begin(): Uint8Array {
    const part = new Uint8Array(1 << (PART_BITS_LOG2 - 3));
    this.#parts.push(part);
    if (this.#parts.length > MAX_PARTS) this.#parts.shift();
    this.#lastCount = 0;
    return part;
  }
}

function toPart(text: string): Uint8Array {
  const part = new Uint8Array(1 << (PART_BITS_LOG2 - 3));
  part.set(Buffer.from(text, 'base64').subarray(0, part.length));
  return part;
}

/** Two hashes stand for all (Kirsch and Mitzenmacher 2006); their upper bits are the better ones. */
function bitsOf(id: string): readonly number[] {
  const hash = textHash(id);
  const first = Number.parseInt(hash.slice(0, 8), 16);
  const step = Number.parseInt(hash.slice(8), 16) | 1;
  return Array.from(
    { length: PROBES },
    (_, probe) => (first + Math.imul(probe, step)) >>> (32 - PART_BITS_LOG2),
  );
}

function isSet(part: Uint8Array, bit: number): boolean {
  return ((part[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}
