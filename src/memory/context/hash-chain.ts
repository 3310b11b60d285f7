import { FNV_START, fnvAfter, fnvDigits, type FnvState } from './fnv-hash.ts';

/** Joins the hashes of messages; of a list that begins as the latest one did, only what is new is gone through. */
export class HashChain {
  #hashes: readonly string[] = [];
  /** How far the hash of all has come after each of them. */
  readonly #states: FnvState[] = [];

  /** As `joinedHash`. */
  join(hashes: readonly string[]): string {
    let at = 0;
    while (at < hashes.length && at < this.#states.length && hashes[at] === this.#hashes[at])
      at += 1;
    this.#states.length = at;
    let state = this.#states[at - 1] ?? FNV_START;
    for (const hash of hashes.slice(at)) {
      state = fnvAfter(state, this.#states.length === 0 ? hash : ` ${hash}`);
      this.#states.push(state);
    }
    this.#hashes = hashes;
    return fnvDigits(state);
  }
}
