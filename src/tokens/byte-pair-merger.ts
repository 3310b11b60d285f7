import { MergeQueue, mergeKey, positionIn, rankIn } from './merge-queue.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Rank of a pair that is no token: never merged, and worse than any that is. */
const NO_RANK = 2 ** 31 - 1;

/** Arrays for pieces up to this long are kept between calls; longer ones are rare and given back. */
const KEPT_BYTES = 4096;
const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * Counts the tokens of one piece that is no token itself, by byte-pair merging: of all neighbours that make a token, the
 * pair of the lowest rank is joined, the leftmost first, until none is left.
 *
 * Parts are a linked list over byte positions (1-based; 0 and n + 1 are sentinels). Only pairs that beat both neighbours
 * wait in the queue, as no other can be next; so n bytes take at most O(n log n) and a run of one letter takes O(n).
 */
export class BytePairMerger {
  readonly #vocabulary: Vocabulary;
  #queue = new MergeQueue();
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  /** Rank of the pair that a part makes with the next one. */
  #pairRank = new Int32Array(0);
  /** Rank under which a part waits in the queue, so that it waits there once. */
  #queuedRank = new Int32Array(0);
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #length = 0;
  #steps = 0;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Look-ups and queue turns done so far: the work, for tests that prove it does not grow with the square of the length. */
  get steps(): number {
    return this.#steps;
  }

  /** Tokens of `bytes[start..end)`. */
  count(bytes: Uint8Array, start: number, end: number): number {
    const parts = this.#merge(bytes, start, end);
    this.#release();
    return parts;
  }

  /** Ids of the tokens of `bytes[start..end)`. */
  encode(bytes: Uint8Array, start: number, end: number): readonly number[] {
    this.#merge(bytes, start, end);
    const ids: number[] = [];
    let next = 0;
    for (let position = 1; position <= this.#length; position = next) {
      next = this.#next[position] ?? 0;
      ids.push(this.#vocabulary.rankOf(bytes, start + position - 1, start + next - 1));
    }
    this.#release();
    return ids;
  }

  #merge(bytes: Uint8Array, start: number, end: number): number {
    this.#load(bytes, start, end);
    let parts = this.#length;
    while (this.#queue.size > 0) {
      const key = this.#queue.pop();
      const position = positionIn(key);
      this.#steps++;
      this.#queuedRank[position] = NO_RANK;
      if (this.#pairRank[position] !== rankIn(key)) continue; // A merge beside it changed the pair meanwhile.
      this.#join(position);
      parts--;
    }
    return parts;
  }

  #load(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#bytes = bytes;
    this.#start = start;
    this.#length = length;
    this.#queue.clear(); // Only a call that failed for lack of memory leaves any.
    this.#reserve(length + 3);
    this.#pairRank[0] = NO_RANK;
    for (let position = 1; position <= length + 1; position++) {
      this.#next[position] = position + 1;
      this.#previous[position] = position - 1;
      this.#queuedRank[position] = NO_RANK;
      this.#pairRank[position] = NO_RANK;
    }
    for (let position = 1; position < length; position++) this.#rate(position);
    for (let position = 1; position < length; position++) this.#offer(position);
  }

  /** Joins a part with the next, then looks again at the pairs on both sides. */
  #join(position: number): void {
    const gone = this.#next[position] ?? 0;
    const after = this.#next[gone] ?? 0;
    this.#next[position] = after;
    this.#previous[after] = position;
    this.#pairRank[gone] = NO_RANK;
    const before = this.#previous[position] ?? 0;
    this.#rate(position);
    if (before > 0) this.#rate(before);
    // A pair may now beat its neighbours although only they changed.
    this.#offer(this.#previous[before] ?? 0);
    this.#offer(before);
    this.#offer(position);
    this.#offer(after);
  }

  /** Looks up what a part makes with the next one. */
  #rate(position: number): void {
    const next = this.#next[position] ?? 0;
    const end = this.#next[next] ?? 0;
    this.#pairRank[position] = next > this.#length ? NO_RANK : this.#rankBetween(position, end);
  }

  #rankBetween(position: number, end: number): number {
    this.#steps++;
    const offset = this.#start - 1;
    const rank = this.#vocabulary.rankOf(this.#bytes, offset + position, offset + end);
    return rank < 0 ? NO_RANK : rank;
  }

  /** Queues a pair if it beats the pair before and is not beaten by the pair after: of equals the leftmost is first. */
  #offer(position: number): void {
    const rank = this.#pairRank[position] ?? NO_RANK;
    if (rank === NO_RANK || this.#queuedRank[position] === rank) return;
    const before = this.#pairRank[this.#previous[position] ?? 0] ?? NO_RANK;
    const after = this.#pairRank[this.#next[position] ?? 0] ?? NO_RANK;
    if (before <= rank || after < rank) return;
    this.#queuedRank[position] = rank;
    this.#queue.push(mergeKey(rank, position));
  }

  #reserve(size: number): void {
    if (size <= this.#next.length) return;
    const capacity = Math.max(size, KEPT_BYTES);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#pairRank = new Int32Array(capacity);
    this.#queuedRank = new Int32Array(capacity);
  }

  /** Lets go of the text, and of memory that only a huge piece needs. */
  #release(): void {
    this.#bytes = NO_BYTES;
    if (this.#next.length <= KEPT_BYTES) return;
    this.#next = new Int32Array(0);
    this.#previous = new Int32Array(0);
    this.#pairRank = new Int32Array(0);
    this.#queuedRank = new Int32Array(0);
    this.#queue = new MergeQueue();
  }
}
