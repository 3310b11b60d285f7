import { createRequire } from 'node:module';

import { expect, test } from 'vitest';

import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

function loadedRanks(): readonly string[] {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).filter((path) => path.includes('js-tiktoken'));
}

test('loads ranks at the first count that needs them, and only those', () => {
  const counter = createTokenCounter();
  expect(counter.countText('estimated', 'claude-opus-5')).toBeGreaterThan(0);
  expect(createTokenCounter({ mode: 'estimate' }).countText('estimated', 'gpt-4o')).toBeGreaterThan(
    0,
  );
  expect(loadedRanks()).toEqual([]);
  counter.preload('gpt-4');
  expect(loadedRanks()).toEqual([expect.stringContaining('cl100k_base')]);
});
