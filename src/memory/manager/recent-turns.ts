/** A question of the user and everything up to the next one. */
export interface RecentTurn {
  readonly turn: number;
  readonly pageIds: readonly string[];
}

interface OpenTurn {
  readonly turn: number;
  readonly pageIds: string[];
}

/** The pages of the last turns in the order of the conversation; older turns are forgotten. */
export class RecentTurns {
  readonly #limit: number;
  readonly #turns: OpenTurn[];

  constructor(limit: number, from: readonly RecentTurn[] = [{ turn: 0, pageIds: [] }]) {
    this.#limit = limit;
    this.#turns = from.map(({ turn, pageIds }) => ({ turn, pageIds: [...pageIds] }));
  }

  /** Questions so far. */
  get turn(): number {
    return this.#turns.at(-1)?.turn ?? 0;
  }

  /** Notes a page of the conversation; a question begins the next turn. */
  add(pageId: string, isQuestion: boolean): void {
    if (isQuestion) this.start();
    this.#turns.at(-1)?.pageIds.push(pageId);
  }

  /** Begins the next turn, and returns its number. */
  start(): number {
    this.#turns.push({ turn: this.turn + 1, pageIds: [] });
    if (this.#turns.length > this.#limit + 1) this.#turns.shift();
    return this.turn;
  }

  /** A copy of all turns that are remembered, the open one last. */
  all(): readonly RecentTurn[] {
    return this.#turns.map(({ turn, pageIds }) => ({ turn, pageIds: [...pageIds] }));
  }

  /** Forgets a page that is gone. */
  remove(pageId: string): void {
    for (const { pageIds } of this.#turns) {
      const at = pageIds.indexOf(pageId);
      if (at >= 0) pageIds.splice(at, 1);
    }
  }

  /** The turn that is open now. */
  get current(): RecentTurn {
    return this.#turns.at(-1) ?? { turn: 0, pageIds: [] };
  }

  /** The turns before the open one, oldest first; at most so many. */
  before(limit: number): readonly RecentTurn[] {
    return limit <= 0 ? [] : this.#turns.slice(0, -1).slice(-limit);
  }
}
