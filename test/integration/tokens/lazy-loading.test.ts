import { expect, test } from 'vitest';

import { counterTables } from '../../../src/kernel/counter-sharing.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

test('builds tables at the first count that needs them, and only those', () => {
  const counter = createTokenCounter();
  expect(counter.countText('estimated', 'claude-opus-5')).toBeGreaterThan(0);
  expect(createTokenCounter({ mode: 'estimate' }).countText('estimated', 'gpt-4o')).toBeGreaterThan(
    0,
  );
  expect(createTokenCounter({ engine: 'js' }).countText('by the twin', 'gpt-4o')).toBe(3);
  expect(counterTables()).toEqual([]);
  counter.preload('gpt-4');
  expect(counterTables()).toMatchObject([{ encoding: 'cl100k_base', rules: 'openai' }]);
  createTokenCounter().preload('gpt-4');
  expect(counterTables()).toHaveLength(1);
});
