import { describe, expect, test } from 'vitest';
import type { PageLevel } from '../../../../src/domain/page.ts';
import { diffContexts } from '../../../../src/memory/journal/context-diff.ts';
import type { ReplayedEntry } from '../../../../src/memory/journal/context-replay.ts';

function entry(pageId: string, level: PageLevel = 0, text: string | null = null): ReplayedEntry {
  const representation = level === 0 ? null : { level, text, maxTokens: null, focus: null };
  return { pageId, level, representation, isPinned: false };
}

const NOTHING = {
  added: [],
  removed: [],
  folded: [],
  unfolded: [],
  rewritten: [],
  reordered: [],
};

describe('diffContexts', () => {
  test('equal contexts do not differ', () => {
    const context = [entry('a'), entry('b', 2, 'short')];

    expect(diffContexts(context, [entry('a'), entry('b', 2, 'short')])).toEqual(NOTHING);
    expect(diffContexts([], [])).toEqual(NOTHING);
  });

  test('M-171: names what came, went, was folded, unfolded and rewritten', () => {
    const before = [entry('a'), entry('b', 2), entry('c'), entry('d', 1, 'one')];
    const after = [entry('b', 0), entry('c', 3), entry('d', 1, 'two'), entry('e')];

    expect(diffContexts(before, after)).toEqual({
      added: ['e'],
      removed: ['a'],
      folded: [{ pageId: 'c', from: 0, to: 3 }],
      unfolded: [{ pageId: 'b', from: 2, to: 0 }],
      rewritten: ['d'],
      reordered: [],
    });
  });

  test('names the fewest pages that moved', () => {
    const before = ['a', 'b', 'c', 'd', 'e'].map((id) => entry(id));
    const after = ['b', 'c', 'a', 'd', 'e'].map((id) => entry(id));

    expect(diffContexts(before, after)).toEqual({ ...NOTHING, reordered: ['a'] });
  });

  test('what comes and goes moves nothing', () => {
    const before = ['a', 'b', 'c'].map((id) => entry(id));
    const after = ['x', 'a', 'y', 'c'].map((id) => entry(id));

    expect(diffContexts(before, after).reordered).toEqual([]);
  });
});
