import { describe, expect, test } from 'vitest';
import { addExactly, addUsageExactly } from '../../../src/domain/exact-sum.ts';
import { assertExact, isExact } from '../../../src/domain/exact-totals.ts';
import { NO_TOTALS } from '../../../src/domain/totals.ts';
import { aBilling, aUsage, figures } from '../../lib/events.ts';
import { aSession } from '../../lib/session.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const OVERFLOW = expect.objectContaining({ code: 'COUNT_OVERFLOW' }) as Error;

describe('addExactly', () => {
  test('adds up to the largest number that is exact, and refuses more', () => {
    expect(addExactly(MOST - 1, 1)).toBe(MOST);
    expect(addExactly(1, 3, -1)).toBe(-2);
    expect(() => addExactly(MOST, 1)).toThrow(OVERFLOW);
  });
});

describe('addUsageExactly', () => {
  test('refuses a unit whose sum is not exact', () => {
    expect(addUsageExactly({ inputTokens: 1 }, { inputTokens: 2 })).toEqual({ inputTokens: 3 });
    expect(() => addUsageExactly({ inputTokens: MOST }, { inputTokens: 1 })).toThrow(OVERFLOW);
  });
});

describe('assertExact', () => {
  const totals = { ...NO_TOTALS, totalTokens: MOST - 10, billed: { inputTokens: MOST - 10 } };

  test('looks at the tokens and at each unit of the bill', () => {
    expect(assertExact(NO_TOTALS, figures(aUsage({ totalTokens: 5 })))).toBe(false);
    expect(() => assertExact(totals, figures(aUsage({ totalTokens: 11 })))).toThrow(OVERFLOW);
    const dear = figures(null, aBilling({ usage: { inputTokens: 11 } }));
    expect(() => assertExact(totals, dear)).toThrow(OVERFLOW);
  });

  test('takes out what is replaced, and says when the limit is near', () => {
    const before = figures(aUsage({ totalTokens: 8 }), aBilling({ usage: { inputTokens: 8 } }));
    const after = figures(aUsage({ totalTokens: 18 }), aBilling({ usage: { inputTokens: 18 } }));
    expect(assertExact(totals, after, before)).toBe(true);
  });
});

test('a session says whether its sums are exact', () => {
  expect(isExact(NO_TOTALS)).toBe(true);
  expect(isExact({ ...NO_TOTALS, billed: { inputTokens: MOST + 1 } })).toBe(false);
});

test('an event with which the sums of its session would not be exact is refused', () => {
  const session = aSession();
  const large = aUsage({ promptTokens: 0, completionTokens: 0, totalTokens: MOST - 3 });
  session.record({ tokenUsage: large });
  const before = session.state;

  expect(() => session.record({ tokenUsage: { ...large, totalTokens: 4 } })).toThrow(OVERFLOW);
  expect(session.state).toBe(before);
  expect(session.record({ tokenUsage: { ...large, totalTokens: 3 } })).toMatchObject({
    kind: 'accepted',
    // Whatever others record at the same time has to be known.
    mode: 'expected',
  });
});
