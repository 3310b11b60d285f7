import { InvalidInput, Overloaded } from '../domain/errors.ts';
import { toPicoUsd, toUsdString } from '../domain/money.ts';

/** An amount of tokens and of money. */
export interface QuotaAmount {
  readonly tokens: number;
  /** In pico-US-dollars, 10^-12 USD. */
  readonly costPico: bigint;
}

/** What a tenant may use in a window; null for no limit. */
export interface Quota {
  readonly tokens: number | null;
  readonly costPico: bigint | null;
}

/** What was used of a quota in the present window. */
export interface QuotaUsage {
  readonly used: QuotaAmount;
  /** Set aside for calls that are under way. */
  readonly held: QuotaAmount;
  /** Milliseconds since the Unix epoch. */
  readonly windowEndsAtMs: number;
}

/** How a ledger is set up. */
export interface QuotaLedgerOptions {
  readonly windowMs: number;
  /** After this time a reservation that nobody settled is given back. */
  readonly holdMs: number;
  readonly quotaOf: (tenant: string) => Quota;
}

/** Sums of one tenant in one window. */
interface Account {
  used: QuotaAmount;
  held: QuotaAmount;
}

interface Hold {
  readonly account: Account;
  readonly amount: QuotaAmount;
  readonly expiresAtMs: number;
}

const NOTHING: QuotaAmount = { tokens: 0, costPico: 0n };

/**
 * Holds tenants to what they may use in a window. What a call may cost is reserved before it is made, so that calls which are under
 * way together cannot go beyond the quota together; afterwards what it did cost is put in its place. Both count in the window in
 * which it was reserved. Windows begin at multiples of their length.
 */
export class QuotaLedger {
  readonly #options: QuotaLedgerOptions;
  readonly #accounts = new Map<string, Account>();
  /** Oldest first, which is also the order in which they expire. */
  readonly #holds = new Map<number, Hold>();
  #lastId = 0;
  #window = Number.NEGATIVE_INFINITY;
  /** The latest time that was told. */
  #nowMs = Number.NEGATIVE_INFINITY;

  constructor(options: QuotaLedgerOptions) {
    this.#options = options;
  }

  /** Reservations that have neither been settled nor given back. */
  get open(): number {
    return this.#holds.size;
  }

  /** Tenants of which something is remembered. */
  get tenants(): number {
    return this.#accounts.size;
  }

  /**
   * Sets an amount aside, and returns a number for it.
   * @throws INVALID_INPUT when it is more than the whole quota, OVERLOADED when it does not fit into what is left of it; `retryAfterMs`
   * is the rest of the window.
   */
  reserve(tenant: string, amount: QuotaAmount, nowMs: number): number {
    this.#advance(nowMs);
    const account = this.#accounts.get(tenant) ?? newAccount();
    this.#assertRoom(account, { tenant, amount, nowMs });
    account.held = plus(account.held, amount);
    this.#accounts.set(tenant, account);
    this.#lastId += 1;
    const expiresAtMs = this.#nowMs + this.#options.holdMs;
    this.#holds.set(this.#lastId, { account, amount, expiresAtMs });
    return this.#lastId;
  }

  /**
   * Puts what a call did cost in the place of what was reserved for it; nothing for one that was not made. Returns false when the
   * reservation had expired or was settled before, and nothing is counted.
   */
  settle(id: number, actual: QuotaAmount, nowMs: number): boolean {
    this.#advance(nowMs);
    const hold = this.#release(id);
    if (hold === null) return false;
    hold.account.used = plus(hold.account.used, actual);
    return true;
  }

  /** What a tenant used in the present window. */
  usage(tenant: string, nowMs: number): QuotaUsage {
    this.#advance(nowMs);
    const { used, held } = this.#accounts.get(tenant) ?? newAccount();
    return { used, held, windowEndsAtMs: (this.#window + 1) * this.#options.windowMs };
  }

  /**
   * While a clock that was set back catches up, time stands still: no window comes back that is over, and what is reserved later
   * does not expire earlier.
   */
  #advance(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    for (const [id, { expiresAtMs }] of this.#holds) {
      if (expiresAtMs > this.#nowMs) break;
      this.#release(id);
    }
    const window = Math.floor(this.#nowMs / this.#options.windowMs);
    if (window <= this.#window) return;
    this.#window = window;
    // What is still held of the window before is settled there, where nobody asks any more.
    this.#accounts.clear();
  }

  #release(id: number): Hold | null {
    const hold = this.#holds.get(id);
    if (hold === undefined) return null;
    this.#holds.delete(id);
    const { account, amount } = hold;
    account.held = minus(account.held, amount);
    return hold;
  }

  #assertRoom(
    { used, held }: Account,
    wanted: { readonly tenant: string; readonly amount: QuotaAmount; readonly nowMs: number },
  ): void {
    const { tenant, amount, nowMs } = wanted;
    const quota = this.#options.quotaOf(tenant);
    assertFits(amount, quota);
    const sum = plus(plus(used, held), amount);
    const isOver = quota.tokens !== null && sum.tokens > quota.tokens;
    const isOverCost = quota.costPico !== null && sum.costPico > quota.costPico;
    if (!isOver && !isOverCost) return;
    const windowEndsAtMs = (this.#window + 1) * this.#options.windowMs;
    throw new Overloaded({ scope: 'quota', retryAfterMs: Math.max(1, windowEndsAtMs - nowMs) });
  }
}

/** No window has room for more than the quota, so that to wait for the next one is of no use. */
function assertFits(amount: QuotaAmount, { tokens, costPico }: Quota): void {
  if (tokens !== null && amount.tokens > tokens) throw neverFits('amount.tokens', tokens);
  if (costPico !== null && amount.costPico > costPico)
    throw neverFits('amount.costUsd', toUsdString(toPicoUsd(costPico)));
}

function neverFits(field: string, quota: number | string): InvalidInput {
  const expected = `at most ${quota}, the tenant's whole quota of a window, since more never fits`;
  return new InvalidInput({ field, expected });
}

function newAccount(): Account {
  return { used: NOTHING, held: NOTHING };
}

function plus(left: QuotaAmount, right: QuotaAmount): QuotaAmount {
  return { tokens: left.tokens + right.tokens, costPico: left.costPico + right.costPico };
}

function minus(left: QuotaAmount, right: QuotaAmount): QuotaAmount {
  return { tokens: left.tokens - right.tokens, costPico: left.costPico - right.costPico };
}
