import { describe, expect, test } from 'vitest';
import {
  type ContextCandidate,
  ContextPacker,
  type PackedContext,
} from '../../../../src/memory/context/context-packer.ts';
import { createTokenCounter } from '../../../../src/tokens/token-counter.ts';
import { aPage } from './a-page.ts';

/** Four characters a token. */
function countTokens(text: string): number {
  return Math.floor(text.length / 4);
}

function aText(pageId: string, content: string): ContextCandidate {
  return { page: aPage({ pageId, content }) };
}

const PAGES = [aText('p1', 'A'.repeat(400)), aText('p2', 'B'.repeat(4000)), aText('p3', 'C')];

function pack(maxTokens?: number): PackedContext {
  return new ContextPacker({ countTokens }).pack(PAGES, maxTokens);
}

describe('ContextPacker.pack', () => {
  test.each([
    [undefined, ['p1', 'p2', 'p3'], [], []],
    [0, [], [], ['p1', 'p2', 'p3']],
    [110, ['p1', 'p3'], [], ['p2']],
    [150, ['p1', 'p3'], [], ['p2']],
    [153, ['p1', 'p2'], ['p2'], ['p3']],
    [200, ['p1', 'p2'], ['p2'], ['p3']],
    [1108, ['p1', 'p2', 'p3'], [], []],
  ])('V13 M-120 M-121 M-W12: with a budget of %s', (budget, ...lists) => {
    const [included, truncated, omitted] = lists;
    const packed = pack(budget);

    expect(packed.pagesIncluded).toEqual(included);
    expect(packed.pagesTruncated).toEqual(truncated);
    expect(packed.pagesOmitted).toEqual(omitted);
    expect(packed.tokens).toBeLessThanOrEqual(budget ?? Infinity);
    expect(packed.tokens).toBe(countTokens(packed.content));
  });

  test('uses up the budget when it cuts a text', () => {
    const packed = pack(200);

    // One may be left, since four characters a token do not add up.
    expect(packed.tokens).toBeGreaterThanOrEqual(199);
    expect(packed.content).toMatch(/B\.\.\."$/);
  });

  test('nothing comes to nothing', () => {
    expect(new ContextPacker({ countTokens }).pack([]).content).toBe('');
  });

  test('M-121 M-W12: shows a shorter form before it cuts or omits', () => {
    const page = aPage({ pageId: 'p', content: 'x'.repeat(4000) });
    const forms = [
      { level: 0, text: 'x'.repeat(4000) },
      { level: 1, text: 'y'.repeat(2000) },
      { level: 2, text: 'z'.repeat(200) },
    ] as const;
    const packer = new ContextPacker({ countTokens });

    const packed = packer.pack([{ page, forms }], 300);

    expect(packed.entries).toEqual([{ page, level: 2, text: 'z'.repeat(200), isPinned: false }]);
    expect(packed.pagesReduced).toEqual(['p']);
    expect(packed.pagesTruncated).toEqual([]);
    expect(packer.pack([{ page, forms }], 10).pagesOmitted).toEqual(['p']);
  });

  test('gives pinned pages their room first and keeps the order', () => {
    const pinned = { ...aText('b', 'b'.repeat(100)), isPinned: true };
    const packer = new ContextPacker({ countTokens });

    const packed = packer.pack([aText('a', 'a'.repeat(100)), aText('c', 'c'), pinned], 33);

    expect(packed.pagesIncluded).toEqual(['c', 'b']);
    expect(packed.pagesOmitted).toEqual(['a']);
  });

  test('never cuts a character in two', () => {
    const packed = new ContextPacker({ countTokens, minCutTokens: 0 }).pack(
      [aText('p', '🙂'.repeat(100))],
      20,
    );

    expect(packed.content).not.toContain('\\ud');
    expect(packed.pagesTruncated).toEqual(['p']);
  });

  test('M-W12: data that is cut is shown as a text', () => {
    const page = aPage({ pageId: 'd', modality: 'structured', content: { k: 'v'.repeat(900) } });

    const packed = new ContextPacker({ countTokens }).pack([{ page }], 100);

    expect(packed.tokens).toBeLessThanOrEqual(100);
    expect(packed.pagesTruncated).toEqual(['d']);
    expect(packed.content).toMatch(/^J \(d\): "\{\\"k\\":\\"v+\.\.\."$/);
  });

  test('ends when a counter makes no sense', () => {
    const senseless = (value: string): number => (value.includes('"\nU') ? 9 : 0);
    const packer = new ContextPacker({ countTokens: senseless });

    expect(packer.pack([aText('a', 'a'), aText('b', 'b')], 5).content).toBe('');
  });

  test('V12 M-114: without ids, and with a longest text', () => {
    const packer = new ContextPacker({
      countTokens,
      maxTextLength: 10,
      lines: { includePageIds: false },
    });

    expect(packer.pack([aText('p', 'A'.repeat(100))]).content).toBe('U: "AAAAAAAAAA..."');
  });

  test('keeps the budget when parts do not add up to the whole', () => {
    // The whole counts for more than its lines do.
    const count = (value: string): number => value.split('\n').length ** 2;
    const packer = new ContextPacker({ countTokens: count });

    const packed = packer.pack([aText('a', 'a'), { ...aText('b', 'b'), isPinned: true }], 3);

    expect(packed).toMatchObject({ tokens: 1, pagesIncluded: ['b'], pagesOmitted: ['a'] });
  });

  test('M-32 refuses what it does not know', () => {
    expect(() => new ContextPacker({ countTokens, maxTokens: 3 } as never)).toThrow(
      /options\.maxTokens/,
    );
    expect(() => new ContextPacker({ countTokens }).pack([], -1)).toThrow(/maxTokens/);
  });
});

describe('ContextPacker.packWithWrapper', () => {
  const counter = createTokenCounter();
  const exact = new ContextPacker({ countTokens: (value) => counter.countText(value, 'gpt-4o') });

  test('V12 M-122: counts its delimiters', () => {
    const packed = exact.packWithWrapper([aText('m', 'Test')]);

    expect(packed.content).toBe('<VM:CONTEXT>\nU (m): "Test"\n</VM:CONTEXT>');
    expect(packed.tokens).toBe(counter.countText(packed.content, 'gpt-4o'));
    expect(exact.packWithWrapper([aText('m', 'Test')], packed.tokens)).toEqual(packed);
    expect(exact.packWithWrapper([aText('m', 'Test')], packed.tokens - 1).pagesOmitted).toEqual([
      'm',
    ]);
  });

  test('is empty when not even the delimiters fit', () => {
    expect(exact.packWithWrapper([aText('m', 'Test')], 0)).toMatchObject({
      content: '',
      tokens: 0,
    });
  });
});
