import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PagefoldError } from '../../../src/domain/errors.ts';
import {
  type QuotaAmount,
  QuotaLedger,
  type QuotaMoment,
} from '../../../src/guards/quota-ledger.ts';

const WINDOW_MS = 1000;
const HOLD_MS = 700;
const TENANTS = ['a', 'b'] as const;
const QUOTA = { tokens: 100, costPico: 500n };

interface Reserved {
  readonly id: number;
  readonly tenant: string;
  readonly amount: QuotaAmount;
  readonly window: number;
  readonly expiresAtMs: number;
  state: 'held' | 'settled';
  actual: QuotaAmount;
}

/** What a ledger says, computed anew each time from all that ever happened. */
class Model {
  /** What the clock says, which may be set forward and back. */
  clockMs = 5000;
  /** What has really passed. */
  elapsedMs = 300;
  /** How often a quota was full again. */
  window = 0;
  /** Of the present window: its number by the clock, and when as much has passed as it was to last. */
  #number = 5;
  #endsAtMs = 1300;
  readonly reserved: Reserved[] = [];

  get at(): QuotaMoment {
    return { nowMs: this.clockMs, elapsedMs: this.elapsedMs };
  }

  pass(ms: number): void {
    this.elapsedMs += ms;
    this.set(ms);
  }

  /** Sets the clock by so much. */
  set(ms: number): void {
    this.clockMs += ms;
    const number = Math.floor(this.clockMs / WINDOW_MS);
    if (number === this.#number) return;
    if (number < this.#number && this.elapsedMs < this.#endsAtMs) return;
    this.window += 1;
    this.#number = number;
    this.#endsAtMs = this.elapsedMs + WINDOW_MS - (this.clockMs - number * WINDOW_MS);
  }

  sum(tenant: string, pick: (reserved: Reserved) => QuotaAmount | null): QuotaAmount {
    let tokens = 0;
    let costPico = 0n;
    for (const each of this.reserved) {
      const amount = each.tenant === tenant && each.window === this.window ? pick(each) : null;
      tokens += amount?.tokens ?? 0;
      costPico += amount?.costPico ?? 0n;
    }
    return { tokens, costPico };
  }

  isHeld(each: Reserved): boolean {
    return each.state === 'held' && each.expiresAtMs > this.elapsedMs;
  }

  used(tenant: string): QuotaAmount {
    return this.sum(tenant, (each) => (each.state === 'settled' ? each.actual : null));
  }

  held(tenant: string): QuotaAmount {
    return this.sum(tenant, (each) => (this.isHeld(each) ? each.amount : null));
  }
}

type Command = fc.Command<Model, QuotaLedger>;

function isRefused(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (PagefoldError.isInstance(error) && error.code === 'OVERLOADED') return true;
    throw error;
  }
}

function assertIs(actual: boolean, expected: boolean): void {
  expect(actual).toBe(expected);
}

function assertSame(model: Model, ledger: QuotaLedger): void {
  for (const tenant of TENANTS) {
    const { used, held, windowEndsAtMs } = ledger.usage(tenant, model.at);
    expect({ used, held }).toEqual({ used: model.used(tenant), held: model.held(tenant) });
    // What was settled within what was reserved never goes beyond the quota, however much is under way at once.
    expect(used.tokens + held.tokens).toBeLessThanOrEqual(QUOTA.tokens);
    expect(used.costPico + held.costPico <= QUOTA.costPico).toBe(true);
    // Nobody waits for longer than a window, however far the clock was set.
    expect(windowEndsAtMs - model.clockMs).toBeGreaterThan(0);
    expect(windowEndsAtMs - model.clockMs).toBeLessThanOrEqual(WINDOW_MS);
  }
  expect(ledger.open).toBe(model.reserved.filter((each) => model.isHeld(each)).length);
}

const amount: fc.Arbitrary<QuotaAmount> = fc.record({
  tokens: fc.nat(60),
  costPico: fc.bigInt({ min: 0n, max: 300n }),
});

const reserve = fc.tuple(fc.constantFrom(...TENANTS), amount).map(([tenant, wanted]): Command => ({
  check: () => true,
  toString: () => `reserve ${tenant} ${wanted.tokens}/${wanted.costPico}`,
  run: (model, ledger) => {
    const used = model.used(tenant);
    const held = model.held(tenant);
    const fits =
      used.tokens + held.tokens + wanted.tokens <= QUOTA.tokens &&
      used.costPico + held.costPico + wanted.costPico <= QUOTA.costPico;
    let id = 0;
    const refused = isRefused(() => (id = ledger.reserve(tenant, wanted, model.at)));
    assertIs(refused, !fits);
    if (fits) {
      const { elapsedMs, window } = model;
      const expiresAtMs = elapsedMs + HOLD_MS;
      const state = 'held';
      model.reserved.push({
        id,
        tenant,
        amount: wanted,
        window,
        expiresAtMs,
        state,
        actual: wanted,
      });
    }
    assertSame(model, ledger);
  },
}));

const settle = fc.tuple(fc.nat(), fc.nat(100)).map(([pick, percent]): Command => ({
  check: ({ reserved }) => reserved.length > 0,
  toString: () => `settle #${pick} at ${percent} %`,
  run: (model, ledger) => {
    const each = model.reserved[pick % model.reserved.length]!;
    const { tokens, costPico } = each.amount;
    const actual = {
      tokens: Math.floor((tokens * percent) / 100),
      costPico: (costPico * BigInt(percent)) / 100n,
    };
    const isOpen = model.isHeld(each);
    assertIs(ledger.settle(each.id, actual, model.at), isOpen);
    if (isOpen) {
      each.state = 'settled';
      each.actual = actual;
    }
    assertSame(model, ledger);
  },
}));

const pass = fc.nat(900).map((ms): Command => ({
  check: () => true,
  toString: () => `${ms} ms pass`,
  run: (model, ledger) => {
    model.pass(ms);
    assertSame(model, ledger);
  },
}));

const jump = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -20_000, max: 20_000 }));

const set = jump.map((ms): Command => ({
  check: () => true,
  toString: () => `the clock is set by ${ms} ms`,
  run: (model, ledger) => {
    model.set(ms);
    assertSame(model, ledger);
  },
}));

/** A moment at which both clocks are right. */
function at(nowMs: number): QuotaMoment {
  return { nowMs, elapsedMs: nowMs };
}

function aLedger(): QuotaLedger {
  return new QuotaLedger({ windowMs: WINDOW_MS, holdMs: HOLD_MS, quotaOf: () => QUOTA });
}

test('a ledger holds tenants to their quota, and loses and keeps nothing', () => {
  fc.assert(
    fc.property(fc.commands([reserve, settle, pass, set], { maxCommands: 80 }), (commands) => {
      const ledger = aLedger();
      const model = new Model();
      assertSame(model, ledger);
      fc.modelRun(() => ({ model, real: ledger }), commands);
      // A clock that is set back within a window prolongs that one by so much.
      model.pass(2 * WINDOW_MS + HOLD_MS);
      assertSame(model, ledger);
      expect([ledger.open, ledger.tenants]).toEqual([0, 0]);
    }),
  );
});

test('a call that cost more than was reserved is counted as it was, and the next one is refused', () => {
  const ledger = aLedger();
  const id = ledger.reserve('a', { tokens: 90, costPico: 0n }, at(0));
  const one = { tokens: 1, costPico: 0n };

  ledger.settle(id, { tokens: 130, costPico: 0n }, at(1));

  expect(ledger.usage('a', at(1)).used.tokens).toBe(130);
  expect(isRefused(() => ledger.reserve('a', one, at(1)))).toBe(true);
  expect(isRefused(() => ledger.reserve('a', one, at(WINDOW_MS)))).toBe(false);
});

test('a clock that is set back keeps no reservation beyond its time', () => {
  const ledger = aLedger();
  const half = { tokens: 50, costPico: 0n };
  ledger.reserve('a', half, { nowMs: 100, elapsedMs: 100 });
  ledger.reserve('a', half, { nowMs: 50, elapsedMs: 110 });

  expect(ledger.usage('a', { nowMs: 39 + HOLD_MS, elapsedMs: 99 + HOLD_MS }).held.tokens).toBe(100);
  expect(ledger.usage('a', { nowMs: 40 + HOLD_MS, elapsedMs: 100 + HOLD_MS }).held.tokens).toBe(50);
  expect(ledger.usage('a', { nowMs: 50 + HOLD_MS, elapsedMs: 110 + HOLD_MS }).held.tokens).toBe(0);
});

test('a clock that is wrong for a moment makes nobody wait for longer than a window', () => {
  const ledger = aLedger();
  const whole = { tokens: 100, costPico: 0n };
  const hourMs = 3_600_000;
  ledger.reserve('a', whole, at(100));
  ledger.reserve('a', whole, { nowMs: 110 + hourMs, elapsedMs: 110 });

  expect(() => ledger.reserve('a', whole, at(120))).toThrow(
    expect.objectContaining({ retryAfterMs: WINDOW_MS - 120 }),
  );
  expect(ledger.usage('a', at(110 + HOLD_MS)).held.tokens).toBe(0);
  expect(isRefused(() => ledger.reserve('a', whole, at(WINDOW_MS)))).toBe(false);
});

test('a clock that is set back within a window makes it no longer', () => {
  const ledger = aLedger();
  const whole = { tokens: 100, costPico: 0n };
  ledger.reserve('a', whole, { nowMs: WINDOW_MS - 50, elapsedMs: 1000 });

  expect(() => ledger.reserve('a', whole, { nowMs: 10, elapsedMs: 1010 })).toThrow(
    expect.objectContaining({ retryAfterMs: 40 }),
  );
  expect(isRefused(() => ledger.reserve('a', whole, { nowMs: 50, elapsedMs: 1050 }))).toBe(false);
});

test('a border that the clock passes twice gives a quota once', () => {
  const ledger = aLedger();
  const whole = { tokens: 100, costPico: 0n };
  ledger.reserve('a', whole, { nowMs: 1010, elapsedMs: 1010 });

  expect(isRefused(() => ledger.reserve('a', whole, { nowMs: 970, elapsedMs: 1020 }))).toBe(true);
  expect(isRefused(() => ledger.reserve('a', whole, { nowMs: 1001, elapsedMs: 1051 }))).toBe(true);
});
