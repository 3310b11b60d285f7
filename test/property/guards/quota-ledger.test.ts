import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PagefoldError } from '../../../src/domain/errors.ts';
import { type QuotaAmount, QuotaLedger } from '../../../src/guards/quota-ledger.ts';

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
  /** What the clock says, which may be set back. */
  clockMs = 5000;
  /** The latest that it said. */
  nowMs = 5000;
  readonly reserved: Reserved[] = [];

  get window(): number {
    return Math.floor(this.nowMs / WINDOW_MS);
  }

  pass(ms: number): void {
    this.clockMs += ms;
    this.nowMs = Math.max(this.nowMs, this.clockMs);
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
    return each.state === 'held' && each.expiresAtMs > this.nowMs;
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
    const { used, held } = ledger.usage(tenant, model.clockMs);
    expect({ used, held }).toEqual({ used: model.used(tenant), held: model.held(tenant) });
    // What was settled within what was reserved never goes beyond the quota, however much is under way at once.
    expect(used.tokens + held.tokens).toBeLessThanOrEqual(QUOTA.tokens);
    expect(used.costPico + held.costPico <= QUOTA.costPico).toBe(true);
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
    const refused = isRefused(() => (id = ledger.reserve(tenant, wanted, model.clockMs)));
    assertIs(refused, !fits);
    if (fits) {
      const { nowMs, window } = model;
      const expiresAtMs = nowMs + HOLD_MS;
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
    assertIs(ledger.settle(each.id, actual, model.clockMs), isOpen);
    if (isOpen) {
      each.state = 'settled';
      each.actual = actual;
    }
    assertSame(model, ledger);
  },
}));

const pass = fc.integer({ min: -1200, max: 900 }).map((ms): Command => ({
  check: () => true,
  toString: () => `the clock goes by ${ms} ms`,
  run: (model, ledger) => {
    model.pass(ms);
    assertSame(model, ledger);
  },
}));

function aLedger(): QuotaLedger {
  return new QuotaLedger({ windowMs: WINDOW_MS, holdMs: HOLD_MS, quotaOf: () => QUOTA });
}

test('a ledger holds tenants to their quota, and loses and keeps nothing', () => {
  fc.assert(
    fc.property(fc.commands([reserve, settle, pass], { maxCommands: 80 }), (commands) => {
      const ledger = aLedger();
      const model = new Model();
      assertSame(model, ledger);
      fc.modelRun(() => ({ model, real: ledger }), commands);
      model.pass(model.nowMs - model.clockMs + WINDOW_MS + HOLD_MS);
      assertSame(model, ledger);
      expect([ledger.open, ledger.tenants]).toEqual([0, 0]);
    }),
  );
});

test('a call that cost more than was reserved is counted as it was, and the next one is refused', () => {
  const ledger = aLedger();
  const id = ledger.reserve('a', { tokens: 90, costPico: 0n }, 0);

  ledger.settle(id, { tokens: 130, costPico: 0n }, 1);

  expect(ledger.usage('a', 1).used.tokens).toBe(130);
  expect(isRefused(() => ledger.reserve('a', { tokens: 1, costPico: 0n }, 1))).toBe(true);
  expect(isRefused(() => ledger.reserve('a', { tokens: 1, costPico: 0n }, WINDOW_MS))).toBe(false);
});

test('a clock that is set back keeps no reservation beyond its time', () => {
  const ledger = aLedger();
  const half = { tokens: 50, costPico: 0n };
  ledger.reserve('a', half, 100);
  ledger.reserve('a', half, 50);

  expect(ledger.usage('a', 99 + HOLD_MS).held.tokens).toBe(100);
  expect(ledger.usage('a', 100 + HOLD_MS).held.tokens).toBe(0);
  ledger.reserve('a', half, 10);
  expect(ledger.usage('a', 99 + HOLD_MS).held.tokens).toBe(50);
});
