/** Debts remembered of tenants that have nothing queued at the moment. */
const MAX_DEBTS = 1000;
/** Items of a line that are kept after they were taken, until they are also half of it. */
const MIN_TAKEN = 32;

/** How much each tenant may take before it is the turn of the next one. */
export interface FairShares {
  /** What a tenant of weight 1 may take. */
  readonly quantum: number;
  /** Larger than 0. */
  weightOf(tenant: string): number;
}

interface Lone<Item> {
  readonly tenant: string;
  readonly item: Item;
}

interface Line<Item> {
  readonly tenant: string;
  readonly items: Item[];
  /** Index of the first item that has not been taken. */
  first: number;
  /** What it may still take; below 0 after something that was larger than its share. */
  credit: number;
}

/**
 * Queues of several tenants that are served in turns: what one has queued holds nobody else up for longer than a share. What
 * something costs is known only when it is taken, and is charged then: whoever took more than its share waits that much longer
 * (surplus round robin). In order within a tenant.
 */
export class FairQueue<Item> {
  readonly #shares: FairShares;
  readonly #lines = new Map<string, Line<Item>>();
  /** Of tenants that took more than their share, and have nothing queued any more. */
  readonly #debts = new Map<string, number>();
  /** Lines with something in them, in the order of their turns. */
  #turns: Line<Item>[] = [];
  /** The only item there is, which takes no turns: lines that begin and end with every item would cost more than what they order. */
  #lone: Lone<Item> | null = null;
  #size = 0;

  constructor(shares: FairShares) {
    this.#shares = shares;
  }

  /** Items that have not been taken. */
  get size(): number {
    return this.#size;
  }

  /** Items that are kept, those included that were taken and not let go of yet. */
  get heldItems(): number {
    return this.#turns.reduce((sum, { items }) => sum + items.length, this.#lone === null ? 0 : 1);
  }

  /** Puts an item behind the others of its tenant. */
  push(tenant: string, item: Item): void {
    this.#size += 1;
    if (this.#size === 1) {
      this.#lone = { tenant, item };
      return;
    }
    this.#joinLine();
    this.#line(tenant).items.push(item);
  }

  /** Takes the item whose turn it is; null when there is none. */
  next(costOf: (item: Item) => number): Item | null {
    if (this.#lone !== null) {
      const { item } = this.#lone;
      this.#lone = null;
      this.#size = 0;
      return item;
    }
    const line = this.#lineInTurn();
    if (line === null) return null;
    const item = line.items[line.first];
    if (item === undefined) throw new RangeError('a line without an item is not in turn');
    line.first += 1;
    this.#size -= 1;
    line.credit -= costOf(item);
    if (line.first === line.items.length) this.#close(line);
    else if (line.first >= MIN_TAKEN && line.first * 2 >= line.items.length) {
      // What was taken is let go of, at a cost of one move for each item.
      line.items.splice(0, line.first);
      line.first = 0;
    }
    return item;
  }

  /** Takes items out wherever they are. */
  remove(isMeant: (item: Item) => boolean): number {
    this.#joinLine();
    const before = this.#size;
    for (const line of this.#turns.slice()) {
      const left = line.items.slice(line.first).filter((item) => !isMeant(item));
      this.#size -= line.items.length - line.first - left.length;
      line.items.splice(0, line.items.length, ...left);
      line.first = 0;
      if (left.length === 0) this.#close(line);
    }
    return before - this.#size;
  }

  #joinLine(): void {
    if (this.#lone === null) return;
    const { tenant, item } = this.#lone;
    this.#lone = null;
    this.#line(tenant).items.push(item);
  }

  #line(tenant: string): Line<Item> {
    return this.#lines.get(tenant) ?? this.#open(tenant);
  }

  #open(tenant: string): Line<Item> {
    const debt = this.#debts.get(tenant);
    this.#debts.delete(tenant);
    const line = { tenant, items: [], first: 0, credit: debt ?? this.#shareOf(tenant) };
    this.#lines.set(tenant, line);
    this.#turns.push(line);
    return line;
  }

  #close(line: Line<Item>): void {
    this.#lines.delete(line.tenant);
    if (this.#turns[0] === line) this.#turns.shift();
    else this.#turns = this.#turns.filter((other) => other !== line);
    if (this.#turns.length === 0) {
      // Clearing makes a new table even where there is nothing to clear.
      if (this.#debts.size > 0) this.#debts.clear();
      return;
    }
    if (line.credit >= 0) return;
    this.#debts.set(line.tenant, line.credit);
    const [oldest] = this.#debts.keys();
    if (this.#debts.size > MAX_DEBTS && oldest !== undefined) this.#debts.delete(oldest);
  }

  #lineInTurn(): Line<Item> | null {
    const [front] = this.#turns;
    if (front === undefined) return null;
    // Whoever is alone takes nothing from anybody.
    if (this.#turns.length === 1)
      front.credit = Math.max(front.credit, this.#shareOf(front.tenant));
    for (let line = front; ; line = this.#turns[0] ?? line) {
      if (line.credit > 0) return line;
      line.credit += this.#shareOf(line.tenant);
      this.#turns.push(...this.#turns.splice(0, 1));
    }
  }

  #shareOf(tenant: string): number {
    return this.#shares.quantum * this.#shares.weightOf(tenant);
  }
}
