import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import { DEFAULT_FAULT_POLICY } from '../../../../src/domain/paging-policy.ts';
import type { FaultConfidence, FaultReason } from '../../../../src/domain/paging-policy.ts';
import { FaultMeter } from '../../../../src/memory/meters/fault-meter.ts';
import type { FaultReservation } from '../../../../src/memory/meters/fault-meter.ts';

/** A reservation that has to be granted. */
function reserved(meter: FaultMeter, tokens: number): FaultReservation {
  const answer = meter.reserve({ reason: 'resolve_reference', tokens });
  if (answer.kind === 'reserved') return answer;
  throw new Error(answer.message);
}

describe('FaultMeter', () => {
  test('V24: M-24: faults and their tokens are bounded by the turn', () => {
    const meter = new FaultMeter();
    expect([8_192, 8_193].map((tokens) => meter.canFault(tokens))).toEqual([true, false]);

    reserved(meter, 8_000).settle();
    expect([192, 500].map((tokens) => meter.canFault(tokens))).toEqual([true, false]);
    meter.newTurn();
    expect(meter.canFault(8_192)).toBe(true);
  });

  test('V24: M-W64: a page that is larger than all that is left is refused by its real size', () => {
    const meter = new FaultMeter();

    expect(meter.reserve({ reason: 'resolve_reference', tokens: 50_000 })).toMatchObject({
      kind: 'refused',
      why: 'tokens',
    });
    expect(meter.quota().tokensRemaining).toBe(8_192);
  });

  test('M-W64: what does not fit at one level is given at the next', () => {
    const meter = new FaultMeter();
    const choices = [
      { level: 0, tokens: 50_000 },
      { level: 1, tokens: 9_000 },
      { level: 2, tokens: 300 },
    ] as const;

    expect(meter.reserveFirst(choices, 'resolve_reference')).toMatchObject({
      kind: 'reserved',
      level: 2,
      tokens: 300,
    });
    expect(meter.reserveFirst(choices.slice(0, 2), 'resolve_reference')).toMatchObject({
      why: 'tokens',
    });
    expect(() => meter.reserveFirst([], 'resolve_reference')).toThrow(InvalidInput);
  });

  test('M-147: M-W32: quota is taken before a page is loaded', () => {
    const meter = new FaultMeter();
    const request = { reason: 'resolve_reference', tokens: 100 } as const;
    const answers = Array.from({ length: 6 }, () => meter.reserve(request).kind);

    expect(answers).toEqual([...Array(3).fill('reserved'), ...Array(3).fill('refused')]);
    expect(meter.quota()).toMatchObject({ faultsRemaining: 0, tokensRemaining: 7_892 });
    expect(meter.reserve(request)).toMatchObject({
      message: 'Fault limit exceeded (3 per turn)',
    });
  });

  test('what was not loaded is given back, once', () => {
    const meter = new FaultMeter();
    const reservation = reserved(meter, 1_000);
    reservation.release();
    reservation.release();
    reservation.fail();

    expect(reservation.settle()).toBe(false);
    expect(meter.quota()).toEqual({
      faultsRemaining: 3,
      tokensRemaining: 8_192,
      failuresRemaining: 8,
    });
  });

  test('what was loaded counts with what it takes', () => {
    const meter = new FaultMeter();

    expect(reserved(meter, 1_000).settle(400)).toBe(true);
    expect(meter.quota()).toMatchObject({ faultsRemaining: 2, tokensRemaining: 7_792 });
    expect(reserved(meter, 100).settle(7_793)).toBe(false);
    expect(meter.quota()).toMatchObject({ faultsRemaining: 2, tokensRemaining: 7_792 });
    expect(reserved(meter, 100).settle(7_792)).toBe(true);
  });

  test('what began in a turn counts in that turn', () => {
    const meter = new FaultMeter();
    const reservation = reserved(meter, 1_000);
    meter.newTurn();

    expect(reservation.settle()).toBe(true);
    expect(meter.quota()).toMatchObject({ faultsRemaining: 3, tokensRemaining: 8_192 });
  });

  test('M-W65: calls that fail are limited', () => {
    const meter = new FaultMeter({ ...DEFAULT_FAULT_POLICY, maxFailedFaultsPerTurn: 2 });
    meter.recordFailure();
    reserved(meter, 10).fail();

    expect(meter.quota()).toMatchObject({ faultsRemaining: 3, failuresRemaining: 0 });
    expect(meter.reserve({ reason: 'resolve_reference', tokens: 1 })).toMatchObject({
      why: 'failures',
    });
    meter.newTurn();
    expect(meter.canFault(1)).toBe(true);
  });

  test('a policy without failures ends with the first one', () => {
    const meter = new FaultMeter({ ...DEFAULT_FAULT_POLICY, maxFailedFaultsPerTurn: 0 });
    expect(meter.canFault(1)).toBe(true);

    meter.recordFailure();
    expect(meter.canFault(1)).toBe(false);
    expect(meter.quota().failuresRemaining).toBe(0);
  });

  test.each<[FaultConfidence, readonly FaultReason[]]>([
    ['explicit', ['user_requested_recall']],
    ['referenced', ['user_requested_recall', 'resolve_reference', 'tool_prereq']],
    ['speculative', ['user_requested_recall', 'resolve_reference', 'tool_prereq', 'speculative']],
  ])('M-138: M-W67: a policy of confidence %s takes the reasons %o', (confidence, accepted) => {
    const meter = new FaultMeter({ ...DEFAULT_FAULT_POLICY, confidence });
    const reasons = [
      'user_requested_recall',
      'resolve_reference',
      'tool_prereq',
      'speculative',
    ] as const;

    expect(reasons.filter((reason) => meter.canFault(1, reason))).toEqual(accepted);
  });

  test('M-W08: what it says is left is what it grants', () => {
    const meter = new FaultMeter({
      ...DEFAULT_FAULT_POLICY,
      maxFaultsPerTurn: 1,
      maxFaultTokensPerTurn: 50,
    });

    expect(meter.canFault(meter.quota().tokensRemaining)).toBe(true);
    reserved(meter, 20);
    expect(meter.quota()).toMatchObject({ faultsRemaining: 0, tokensRemaining: 30 });
    expect(meter.canFault(0)).toBe(false);
  });

  test('refuses tokens that are none and policies that are none', () => {
    const meter = new FaultMeter();

    for (const tokens of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => meter.reserve({ reason: 'resolve_reference', tokens })).toThrow(InvalidInput);
      expect(() => reserved(meter, 1).settle(tokens)).toThrow(InvalidInput);
      meter.newTurn();
    }
    expect(() => new FaultMeter({ ...DEFAULT_FAULT_POLICY, maxFaultsPerTurn: -1 })).toThrow(
      'policy.maxFaultsPerTurn',
    );
  });
});
