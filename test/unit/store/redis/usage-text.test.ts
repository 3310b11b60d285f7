import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUsageText, toUsageText } from '../../../../src/store/redis/usage-text.ts';

test('counters come back from their text, costs of any size too', () => {
  const count = fc.integer({ min: -1e9, max: 1e9 });
  const counters = fc.record({
    events: count,
    messages: count,
    toolCalls: count,
    unpricedCalls: count,
    tokens: count,
    costPico: fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }),
  });
  fc.assert(
    fc.property(counters, (given) => {
      expect(parseUsageText(toUsageText(given))).toEqual(given);
    }),
  );
});

test('a zero that Lua wrote with a sign is zero', () => {
  const { tokens, costPico } = parseUsageText('1 -0 0 0 -0 -0 0');
  expect([tokens, costPico]).toEqual([0, 0n]);
});
