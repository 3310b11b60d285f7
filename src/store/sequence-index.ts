/** Entries per run; the array of a run that grew by push to this length has hardly a slot to spare. */
const RUN_LENGTH = 128;

/** A run below this joins its neighbour, so that deletions leave no long row of nearly empty runs. */
const SPARSE_LENGTH = 32;

interface Run<Item> {
  readonly sequences: number[];
  readonly items: Item[];
}

/** Items in the order of a number that is unique to each: O(log n) to insert, delete and find the place to start at. */
export class SequenceIndex<Item> {
  #runs: Run<Item>[] = [];
  #size = 0;

  /** Number of items. */
  get size(): number {
    return this.#size;
  }

  /** Adds an item; its sequence must not be in use. */
  insert(sequence: number, item: Item): void {
    this.#size += 1;
    const slot = this.#runFor(sequence);
    const run = this.#runs[slot];
    if (
      run === undefined ||
      (run.items.length >= RUN_LENGTH && slot === this.#runs.length - 1 && isAfter(run, sequence))
    ) {
      this.#append({ sequences: [sequence], items: [item] });
      return;
    }
    insertInto(run, sequence, item);
    if (run.items.length > RUN_LENGTH) this.#split(slot);
  }

  /** Takes the item of a sequence out; nothing happens when there is none. */
  delete(sequence: number): void {
    const slot = this.#runFor(sequence);
    const run = this.#runs[slot];
    if (run === undefined) return;
    const index = lowerBound(run.sequences, sequence);
    if (run.sequences[index] !== sequence) return;
    run.sequences.splice(index, 1);
    run.items.splice(index, 1);
    this.#size -= 1;
    if (run.items.length < SPARSE_LENGTH) this.#join(slot);
  }

  /** The item with the greatest sequence. */
  last(): Item | null {
    return this.#runs.at(-1)?.items.at(-1) ?? null;
  }

  /** Items whose sequence is greater, ascending; the index must not change meanwhile. */
  *ascending(afterSequence: number): IterableIterator<Item> {
    const first = Math.max(0, this.#runFor(afterSequence));
    for (let slot = first; slot < this.#runs.length; slot++) {
      const run = this.#runs[slot];
      if (run === undefined) return;
      const start = slot === first ? lowerBound(run.sequences, afterSequence + 1) : 0;
      yield* run.items.slice(start);
    }
  }

  /** Items whose sequence is smaller, descending; the index must not change meanwhile. */
  *descending(beforeSequence: number): IterableIterator<Item> {
    const first = this.#runFor(beforeSequence);
    for (let slot = first; slot >= 0; slot--) {
      const run = this.#runs[slot];
      if (run === undefined) return;
      const end = slot === first ? lowerBound(run.sequences, beforeSequence) : run.items.length;
      yield* run.items.slice(0, end).reverse();
    }
  }

  /** The last run that begins at or before a sequence, or the first one; -1 when there are no runs. */
  #runFor(sequence: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.sequences[0] ?? 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low === 0 && this.#runs.length > 0 ? 0 : low - 1;
  }

  #append(run: Run<Item>): void {
    // A literal has exactly one slot; most indexes over one user never need a second.
    if (this.#runs.length === 0) this.#runs = [run];
    else this.#runs.push(run);
  }

  #split(slot: number): void {
    const run = this.#runs[slot];
    if (run === undefined) return;
    const half = run.items.length >> 1;
    this.#runs.splice(slot + 1, 0, {
      sequences: run.sequences.splice(half),
      items: run.items.splice(half),
    });
  }

  #join(slot: number): void {
    const run = this.#runs[slot];
    const previous = this.#runs[slot - 1];
    if (run === undefined) return;
    if (run.items.length === 0) {
      this.#runs.splice(slot, 1);
      return;
    }
    if (previous === undefined || previous.items.length + run.items.length > RUN_LENGTH) return;
    previous.sequences.push(...run.sequences);
    previous.items.push(...run.items);
    this.#runs.splice(slot, 1);
  }
}

function isAfter<Item>(run: Run<Item>, sequence: number): boolean {
  return (run.sequences.at(-1) ?? 0) < sequence;
}

function insertInto<Item>(run: Run<Item>, sequence: number, item: Item): void {
  if (isAfter(run, sequence)) {
    run.sequences.push(sequence);
    run.items.push(item);
    return;
  }
  const index = lowerBound(run.sequences, sequence);
  run.sequences.splice(index, 0, sequence);
  run.items.splice(index, 0, item);
}

function lowerBound(sequences: readonly number[], sequence: number): number {
  let low = 0;
  let high = sequences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sequences[middle] ?? 0) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
