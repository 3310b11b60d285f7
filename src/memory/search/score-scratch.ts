/** Arrays that a ranking needs at the same time. */
const MAX_KEPT = 2;
/** Slots that further pages may take before an array is too short. */
const SPARE_SLOTS = 1_024;

/** Arrays of scores that are used again: to make and clear one for every search would take time with all pages there are. */
export class ScoreScratch {
  readonly #free: Float64Array[] = [];

  /** An array for so many slots, or more, with nothing but zeros. */
  take(slots: number): Float64Array {
    const known = this.#free.pop();
    if (known !== undefined && known.length >= slots) return known;
    return new Float64Array(slots + Math.max(SPARE_SLOTS, slots >> 3));
  }

  /** Takes back an array; all that is not zero in it has to be in `touched`. */
  giveBack(scores: Float64Array, touched: readonly number[]): void {
    if (this.#free.length === MAX_KEPT) return;
    for (const slot of touched) scores[slot] = 0;
    this.#free.push(scores);
  }
}
