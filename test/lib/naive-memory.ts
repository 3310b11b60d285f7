/** What a naive memory knows of a page. */
export interface NaivePage {
  readonly text: string;
  readonly tokens: number;
  /** What it takes as it is shown in the context. */
  shownTokens?: number;
  isPinned: boolean;
  /** The turn in which it was loaded or taken out last. */
  freshTurn: number;
}

/** A memory of maps and arrays, to which the real one is held: it does not decide what leaves, only what must not. */
export class NaiveMemory {
  readonly pages: Map<string, NaivePage> = new Map();
  context: string[] = [];
  turn = 0;

  /** What is wrong with pages that left; null when nothing is. */
  leave(ids: readonly string[], { isRun }: { readonly isRun: boolean }): string | null {
    for (const id of ids) {
      const page = this.pages.get(id);
      if (page === undefined || !this.context.includes(id)) return `${id} was not there`;
      if (page.isPinned) return `${id} is pinned`;
    }
    const wasProtected = ids.filter((id) => this.isProtected(id));
    this.context = this.context.filter((id) => !ids.includes(id));
    for (const id of ids) {
      this.#touch(id);
      delete this.pages.get(id)?.shownTokens;
    }
    if (!isRun || wasProtected.length === 0) return null;
    const spared = this.context.filter((id) => this.#isFree(id));
    return spared.length === 0 ? null : `${wasProtected.join()} left before ${spared.join()}`;
  }

  /** Puts a page at the end, where it is not there yet. */
  join(id: string): void {
    if (!this.context.includes(id)) this.context.push(id);
  }

  /** Notes that a page was loaded in this turn, and what it takes. */
  load(id: string, shownTokens: number): void {
    this.join(id);
    const page = this.pages.get(id);
    if (page !== undefined) page.shownTokens = shownTokens;
    this.#touch(id);
  }

  isProtected(id: string): boolean {
    return this.pages.get(id)?.freshTurn === this.turn;
  }

  /** Tokens that nothing but unpinning can free. */
  get pinnedTokens(): number {
    return this.context
      .map((id) => this.pages.get(id))
      .reduce(
        (sum, page) => sum + (page?.isPinned === true ? (page.shownTokens ?? page.tokens) : 0),
        0,
      );
  }

  #isFree(id: string): boolean {
    const page = this.pages.get(id);
    return page !== undefined && !page.isPinned && page.tokens > 0 && !this.isProtected(id);
  }

  #touch(id: string): void {
    const page = this.pages.get(id);
    if (page !== undefined) page.freshTurn = this.turn;
  }
}
