import { describe, expect, test } from 'vitest';
import { levelLimit, levelsOf } from '../../../../src/memory/manager/page-fault.ts';
import { LINE_TOKENS } from '../../../../src/memory/manager/shown-page.ts';

describe('levelsOf', () => {
  test.each([
    [50, [0]],
    [51, [0, 3]],
    [200, [0, 3]],
    [201, [0, 1, 3]],
    [400, [0, 1, 3]],
    [402, [0, 1, 2, 3]],
  ])('a text of %i tokens differs at %j', (tokens, levels) => {
    expect(levelsOf(tokens + LINE_TOKENS)).toEqual(levels);
  });

  test('each level that is named gives less than the one before', () => {
    for (let tokens = 1; tokens < 2_000; tokens += 7) {
      const limits = levelsOf(tokens + LINE_TOKENS).map((level) =>
        level === 0 ? tokens : Math.min(tokens, levelLimit(level, tokens)),
      );
      expect(limits).toEqual([...new Set(limits)].toSorted((left, right) => right - left));
    }
  });
});
