import { describe, expect, test } from 'vitest';
import type { SessionKey } from '../../../../src/domain/ids.ts';
import { OutlineMemo } from '../../../../src/memory/search/outline-memo.ts';
import { outlinePage } from '../../../../src/memory/search/page-outline.ts';

/** Counts words, and how often it was asked. */
function aCounting(model = 'one'): {
  readonly model: string;
  readonly countTokens: (text: string) => number;
  readonly calls: () => number;
} {
  let calls = 0;
  const countTokens = (text: string): number => {
    calls += 1;
    return text.split(' ').length;
  };
  return { model, countTokens, calls: () => calls };
}

function aKey(sessionId: string): SessionKey {
  return { tenant: 't', sessionId };
}

describe('OutlineMemo', () => {
  test('gives what the text alone would give, and counts it once', () => {
    const [memo, counting] = [new OutlineMemo(), aCounting()];
    const first = memo.outline('one two\nthree', counting);
    const calls = counting.calls();

    expect(first).toEqual(outlinePage('one two\nthree', aCounting().countTokens));
    expect(memo.outline(['one two', 'three'].join('\n'), counting)).toBe(first);
    expect(counting.calls()).toBe(calls);
  });

  test('has another outline for another model', () => {
    const memo = new OutlineMemo();
    const first = memo.outline('one two', { model: 'a', countTokens: () => 2 });
    const second = memo.outline('one two', { model: 'b', countTokens: () => 5 });

    expect([first.tokens, second.tokens]).toEqual([2, 5]);
  });

  test.each([
    ['their number', { maxOutlines: 2 }],
    ['the length of their texts', { maxLength: 12 }],
  ])('forgets the one that was used longest ago beyond %s', (_, options) => {
    const [memo, counting] = [new OutlineMemo(options), aCounting()];
    const [a, b] = ['aaa aa', 'bbb bb'].map((text) => memo.outline(text, counting));
    memo.outline('aaa aa', counting);
    memo.outline('ccc cc', counting);

    expect(memo.outline('aaa aa', counting)).toBe(a);
    expect(memo.outline('bbb bb', counting)).not.toBe(b);
  });

  test('forgets the texts of a session, those that another one used since excepted', () => {
    const [memo, counting] = [new OutlineMemo(), aCounting()];
    const [first, second] = [aKey('first'), aKey('second')];
    memo.outline('aaa aa', { ...counting, owner: first });
    const shared = memo.outline('bbb bb', { ...counting, owner: first });
    memo.outline('bbb bb', { ...counting, owner: second });
    memo.outline('ccc cc', counting);

    memo.forget(({ sessionId }) => sessionId === 'first');

    expect(memo.size).toBe(2);
    expect(memo.outline('bbb bb', counting)).toBe(shared);
  });

  test('forgets what was not used for an age', () => {
    const [memo, counting] = [new OutlineMemo(), aCounting()];
    const used = memo.outline('aaa aa', counting);
    memo.outline('bbb bb', counting);
    memo.turn();
    memo.outline('aaa aa', counting);
    memo.turn();

    expect(memo.size).toBe(1);
    expect(memo.outline('aaa aa', counting)).toBe(used);
  });
});
