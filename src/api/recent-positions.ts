import { LruMap } from '../domain/lru-map.ts';

/** Where the latest events of a kind are, by their ids. They are noted in the order of the log, so that those which are forgotten lie before all others. */
export class RecentPositions {
  readonly #maxSize: number;
  readonly #positions: LruMap<number>;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
    this.#positions = new LruMap<number>(maxSize);
  }

  /** From here on, all that was noted is known. */
  get knownFrom(): number {
    const { oldest, size } = this.#positions;
    return oldest === undefined || size < this.#maxSize ? 1 : oldest.value;
  }

  /** Where an event is, the latest one of its id; null for one that is not known. */
  get(eventId: string): number | null {
    return this.#positions.get(eventId) ?? null;
  }

  /** Notes an event that stands behind all that was noted before; returns the id that is forgotten for it, or null. */
  note(eventId: string, position: number): string | null {
    const { oldest, size } = this.#positions;
    const isFull = size === this.#maxSize && this.get(eventId) === null;
    this.#positions.set(eventId, position);
    return isFull && oldest !== undefined ? oldest.key : null;
  }

  /** All of it as plain data. */
  entries(): readonly (readonly [string, number])[] {
    return this.#positions.entries();
  }

  /** Goes on from such data. */
  replace(entries: readonly (readonly [string, number])[]): void {
    this.#positions.replace(entries);
  }
}
