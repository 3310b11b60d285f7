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

/** A moment, as two clocks tell it. */
export interface QuotaMoment {
  /** Milliseconds since the Unix epoch, of a clock that may be set. */
  readonly nowMs: number;
  /** Milliseconds since any moment, of a clock that only ever goes on. */
  readonly elapsedMs: number;
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
  /** Of the clock that only ever goes on. */
  readonly expiresAtMs: number;
}

/** A window, by its number since the epoch, and when it is over at the latest by the clock that only ever goes on. */
interface Window {
  readonly number: number;
  readonly endsAtMs: number;
}

const NO_WINDOW: Window = { number: Number.NEGATIVE_INFINITY, endsAtMs: Number.NEGATIVE_INFINITY };

/** A share of a window: how far apart the two clocks may be at its end. */
const BORDER_TOLERANCE = 0.01;

const NOTHING: QuotaAmount = { tokens: 0, costPico: 0n };

/**
 * Holds tenants to what they may use in a window. What a call may cost is reserved before it is made, so that calls which are under
 * way together cannot go beyond the quota together; afterwards what it did cost is put in its place. Both count in the window in
 * which it was reserved. Windows begin at multiples of their length since the epoch.
 *
 * What passes is measured by a clock that nobody sets. Where the other one is set back, the window goes on for as long as it would
 * have: none comes back that is over, and none lasts for as long as the clock was wrong.
 */
export class QuotaLedger {
  readonly #options: QuotaLedgerOptions;
  readonly #accounts = new Map<string, Account>();
  /** Oldest first, which is also the order in which they expire. */
  readonly #holds = new Map<number, Hold>();
  #lastId = 0;
  #window = NO_WINDOW;

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
  reserve(tenant: string, amount: QuotaAmount, at: QuotaMoment): number {
    this.#advance(at);
    const account = this.#accounts.get(tenant) ?? newAccount();
    this.#assertRoom(account, { tenant, amount, at });
    account.held = plus(account.held, amount);
    this.#accounts.set(tenant, account);
    this.#lastId += 1;
    const expiresAtMs = at.elapsedMs + this.#options.holdMs;
    this.#holds.set(this.#lastId, { account, amount, expiresAtMs });
    return this.#lastId;
  }

  /**
   * Puts what a call did cost in the place of what was reserved for it; nothing for one that was not made. Returns false when the
   * reservation had expired or was settled before, and nothing is counted.
   */
  settle(id: number, actual: QuotaAmount, at: QuotaMoment): boolean {
    this.#advance(at);
    const hold = this.#release(id);
    if (hold === null) return false;
    hold.account.used = plus(hold.account.used, actual);
    return true;
  }

  /** What a tenant used in the present window. */
  usage(tenant: string, at: QuotaMoment): QuotaUsage {
    this.#advance(at);
    const { used, held } = this.#accounts.get(tenant) ?? newAccount();
    return { used, held, windowEndsAtMs: at.nowMs + this.#leftMs(at) };
  }

  #advance(at: QuotaMoment): void {
    for (const [id, { expiresAtMs }] of this.#holds) {
      if (expiresAtMs > at.elapsedMs) break;
      this.#release(id);
    }
    const number = Math.floor(at.nowMs / this.#options.windowMs);
    const isAhead = number > this.#window.number;
    if (!isAhead && at.elapsedMs < this.#window.endsAtMs) return;
    const leftMs = this.#toBorderMs(at);
    const { windowMs } = this.#options;
    // The two clocks do not run alike to the last millisecond: a border that is near is the one that was waited for.
    const isEarly = !isAhead && leftMs < windowMs * BORDER_TOLERANCE;
    this.#window = isEarly
      ? { number: number + 1, endsAtMs: at.elapsedMs + leftMs + windowMs }
      : { number, endsAtMs: at.elapsedMs + leftMs };
    // What is still held of the window before is settled there, where nobody asks any more.
    this.#accounts.clear();
  }

  /** How long the present window still lasts. */
  #leftMs(at: QuotaMoment): number {
    const { number, endsAtMs } = this.#window;
    const { windowMs } = this.#options;
    const leftMs = Math.min(endsAtMs - at.elapsedMs, windowMs);
    const isSetBack = Math.floor(at.nowMs / windowMs) < number;
    return isSetBack ? leftMs : Math.min(leftMs, this.#toBorderMs(at));
  }

  #toBorderMs({ nowMs }: QuotaMoment): number {
    const { windowMs } = this.#options;
    return (Math.floor(nowMs / windowMs) + 1) * windowMs - nowMs;
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
    wanted: { readonly tenant: string; readonly amount: QuotaAmount; readonly at: QuotaMoment },
  ): void {
    const { tenant, amount, at } = wanted;
    const quota = this.#options.quotaOf(tenant);
    assertFits(amount, quota);
    const sum = plus(plus(used, held), amount);
    const isOver = quota.tokens !== null && sum.tokens > quota.tokens;
    const isOverCost = quota.costPico !== null && sum.costPico > quota.costPico;
    if (!isOver && !isOverCost) return;
    const retryAfterMs = Math.max(1, Math.ceil(this.#leftMs(at)));
    throw new Overloaded({ scope: 'quota', retryAfterMs });
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
