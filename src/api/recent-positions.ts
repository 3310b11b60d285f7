import { LruMap } from '../domain/lru-map.ts';

/** The same as plain data. */
export interface RecentPositionsSnapshot {
  readonly knownFrom: number;
  readonly positions: readonly (readonly [string, number])[];
}

/** Where the latest events of a kind are, by their ids. They are noted in the order of the log, so that those which are forgotten lie before all others. */
export class RecentPositions {
  readonly #maxSize: number;
  readonly #positions: LruMap<number>;
  /** Nothing before it was noted. */
  #startedFrom = 1;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
    this.#positions = new LruMap<number>(maxSize);
  }

  /** From here on, all that was noted is known. */
  get knownFrom(): number {
    const { oldest, size } = this.#positions;
    if (oldest === undefined || size < this.#maxSize) return this.#startedFrom;
    return Math.max(this.#startedFrom, oldest);
  }

  /** Where an event is, the latest one of its id; null for one that is not known. */
  get(eventId: string): number | null {
    return this.#positions.get(eventId) ?? null;
  }

  /** Notes an event that stands behind all that was noted before. */
  note(eventId: string, position: number): void {
    this.#positions.set(eventId, position);
  }

  /** All of it as plain data. */
  snapshot(): RecentPositionsSnapshot {
    return { knownFrom: this.knownFrom, positions: this.#positions.entries() };
  }

  /** Goes on from a snapshot. */
  restore({ knownFrom, positions }: RecentPositionsSnapshot): void {
    this.#positions.replace(positions);
    this.#startedFrom = knownFrom;
  }
}
