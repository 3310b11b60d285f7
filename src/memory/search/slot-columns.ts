import type { IndexedPage } from './search-page.ts';

const FIRST_CAPACITY = 64;
const IS_QUESTION = 1;
const IS_ANSWER = 2;
/** The length of a slot whose page was removed. */
const GONE = -1;

/**
 * What ranking looks at for thousands of pages, slot by slot in typed arrays: objects of a long conversation lie all over the heap,
 * and reading one field of each costs more than all the arithmetic.
 */
export class SlotColumns {
  #previous = new Int32Array(FIRST_CAPACITY);
  #next = new Int32Array(FIRST_CAPACITY);
  #lengths = new Int32Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #times = new Float64Array(FIRST_CAPACITY);
  #flags = new Uint8Array(FIRST_CAPACITY);

  /** The slot before in the conversation. */
  previous(slot: number): number {
    return this.#previous[slot] ?? GONE;
  }

  /** The slot after in the conversation. */
  next(slot: number): number {
    return this.#next[slot] ?? GONE;
  }

  /** Occurrences of terms; negative when the page was removed. */
  length(slot: number): number {
    return this.#lengths[slot] ?? GONE;
  }

  /** Grows along the conversation. */
  order(slot: number): number {
    return this.#orders[slot] ?? 0;
  }

  /** When the page was made, in milliseconds since 1970; NaN where it is not known. */
  timeMs(slot: number): number {
    return this.#times[slot] ?? Number.NaN;
  }

  /** Whether the page asks something. */
  isQuestion(slot: number): boolean {
    return ((this.#flags[slot] ?? 0) & IS_QUESTION) !== 0;
  }

  /** Whether a model said it. */
  isAnswer(slot: number): boolean {
    return ((this.#flags[slot] ?? 0) & IS_ANSWER) !== 0;
  }

  /** Takes in the page of a slot, which has no neighbours yet. */
  put(
    slot: number,
    page: IndexedPage,
    { length, order }: { readonly length: number; readonly order: number },
  ): void {
    if (slot >= this.#lengths.length) this.#grow(slot * 2);
    this.#lengths[slot] = length;
    this.#orders[slot] = order;
    this.#times[slot] = page.createdAtMs ?? Number.NaN;
    const question = page.isQuestion ? IS_QUESTION : 0;
    this.#flags[slot] = question | (page.role === 'assistant' ? IS_ANSWER : 0);
  }

  /** Notes that the page of a slot was removed. */
  remove(slot: number): void {
    this.#lengths[slot] = GONE;
  }

  /** Says which slot comes before. */
  setPrevious(slot: number, previous: number): void {
    this.#previous[slot] = previous;
  }

  /** Says which slot comes after. */
  setNext(slot: number, next: number): void {
    this.#next[slot] = next;
  }

  #grow(capacity: number): void {
    this.#previous = grown(this.#previous, new Int32Array(capacity));
    this.#next = grown(this.#next, new Int32Array(capacity));
    this.#lengths = grown(this.#lengths, new Int32Array(capacity));
    this.#orders = grown(this.#orders, new Float64Array(capacity));
    this.#times = grown(this.#times, new Float64Array(capacity));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
  }
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
