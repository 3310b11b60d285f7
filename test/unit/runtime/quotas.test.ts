import { describe, expect, test } from 'vitest';
import { createQuotas } from '../../../src/runtime/quotas.ts';

/** So long that no test sees its end, whenever it runs. */
const FOREVER_MS = 10 ** 12;

describe('createQuotas', () => {
  test('holds each tenant to its own quota', () => {
    const quotas = createQuotas({
      windowMs: FOREVER_MS,
      perTenant: { tokens: 100, costUsd: '1' },
      tenants: { acme: { tokens: 1000 } },
    });

    quotas.reserve('acme', { tokens: 900, costUsd: '50' });
    const reservation = quotas.reserve('other', { tokens: 50, costUsd: '0.9' });

    expect(() => quotas.reserve('other', { costUsd: '0.2' })).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', scope: 'quota' }),
    );
    expect(reservation.settle({ tokens: 20, costUsd: '0.25' })).toBe(true);
    expect(quotas.usage('other')).toMatchObject({ tokens: 20, costUsd: '0.25', heldTokens: 0 });
    expect(reservation.settle({ tokens: 20 })).toBe(false);
  });

  test('refuses for good what is more than the whole quota', () => {
    const quotas = createQuotas({
      windowMs: FOREVER_MS,
      perTenant: { tokens: 100, costUsd: '0.5' },
      tenants: { free: { tokens: 0 }, rich: {} },
    });
    const refusal = (field: string, message: string) =>
      expect.objectContaining({ code: 'INVALID_INPUT', retryable: false, field, message });
    const never = "the tenant's whole quota of a window, since more never fits";

    expect(() => quotas.reserve('a', { tokens: 101 })).toThrow(
      refusal('amount.tokens', `amount.tokens: expected at most 100, ${never}`),
    );
    expect(() => quotas.reserve('a', { tokens: 100, costUsd: '0.50001' })).toThrow(
      refusal('amount.costUsd', `amount.costUsd: expected at most 0.5, ${never}`),
    );
    expect(() => quotas.reserve('free', { tokens: 1 })).toThrow(
      refusal('amount.tokens', `amount.tokens: expected at most 0, ${never}`),
    );
    quotas.reserve('rich', { tokens: 10 ** 9, costUsd: '1000' });
    quotas.reserve('a', { tokens: 100, costUsd: '0.5' });
    expect(() => quotas.reserve('a', { tokens: 1 })).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', retryable: true }),
    );
  });

  test('gives back what was not used', () => {
    const quotas = createQuotas({ windowMs: FOREVER_MS, perTenant: { tokens: 10 } });
    const reservation = quotas.reserve('a', { tokens: 10 });

    expect(reservation.release()).toBe(true);

    expect(quotas.reserve('a', { tokens: 10 }).release()).toBe(true);
  });

  test('names what is wrong', () => {
    expect(() => createQuotas({ windowMs: 0 })).toThrow(/options\.windowMs/u);
    expect(() => createQuotas({ windowMs: 1, perTenant: { costUsd: 'much' } })).toThrow(
      /options\.perTenant\.costUsd/u,
    );
    const quotas = createQuotas({ windowMs: 1 });
    expect(() => quotas.reserve('a', { tokens: -1 })).toThrow(/amount\.tokens/u);
  });

  test('takes no cost below nothing', () => {
    const naming = (field: string) => expect.objectContaining({ code: 'INVALID_INPUT', field });
    const common = { costUsd: '-1' };
    expect(() => createQuotas({ windowMs: 1, perTenant: common })).toThrow(
      naming('options.perTenant.costUsd'),
    );
    expect(() => createQuotas({ windowMs: 1, tenants: { acme: common } })).toThrow(
      naming('options.tenants.acme.costUsd'),
    );
    const quotas = createQuotas({ windowMs: FOREVER_MS, perTenant: { costUsd: '1' } });
    expect(() => quotas.reserve('a', { costUsd: '-0.01' })).toThrow(naming('amount.costUsd'));
    const reservation = quotas.reserve('a', { costUsd: '1' });
    expect(() => reservation.settle({ costUsd: '-3' })).toThrow(naming('actual.costUsd'));
    // What was refused settled nothing.
    expect(quotas.usage('a')).toMatchObject({ costUsd: '0', heldCostUsd: '1' });
    expect(reservation.settle({ costUsd: '0' })).toBe(true);
  });
});
