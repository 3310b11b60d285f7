import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldOutline, outlinePage } from '../../../../src/memory/search/page-outline.ts';
import { createTokenCounter } from '../../../../src/tokens/token-counter.ts';

const counter = createTokenCounter({ mode: 'estimate' });
const count = (text: string): number => counter.countText(text, 'gpt-4o');

function fold(text: string, maxTokens: number): string {
  return foldOutline(outlinePage(text, count), maxTokens, new Set());
}

const ROWS = Array.from({ length: 400 }, (_, at) => ({
  order: at,
  city: `town${at}`,
  total: at * 7,
}));

describe('foldOutline', () => {
  test('folds JSON in one line to as many of its values as fit', () => {
    const folded = fold(JSON.stringify(ROWS), 300);

    expect(folded).toContain('{"order":1,"city":"town1","total":7}');
    expect(count(folded)).toBeLessThanOrEqual(300);
    expect(count(folded)).toBeGreaterThan(150);
  });

  test.each([
    ['Thai', 'ภาษาไทยไม่มีช่องว่างระหว่างคำและประโยคยาวมาก'.repeat(80)],
    ['Arabic', 'هذا نص طويل جدا، وفيه فواصل عربية، ولا توجد فيه نقطة، '.repeat(80)],
    ['code that was made small', 'function a(b){return b.map(c=>c.d+1)}'.repeat(200)],
    ['no border at all', 'x'.repeat(20_000)],
  ])('folds a text without sentences: %s', (_, text) => {
    const folded = fold(text, 200);

    expect(count(folded)).toBeLessThanOrEqual(200);
    expect(count(folded)).toBeGreaterThan(25);
  });

  test('gives the beginning where no unit fits', () => {
    const folded = fold(
      'Everything that was said about the harbour in the north of the town stays.',
      9,
    );

    expect(folded).toMatch(/^Everything that .+\.\.\.$/);
    expect(count(folded)).toBeLessThanOrEqual(9);
  });

  test('is never empty where a few tokens are there, never too long, and cuts no character', () => {
    const words = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), {
      minLength: 40,
      maxLength: 300,
    });
    fc.assert(
      fc.property(words, fc.constantFrom('', ' ', ',', '\n'), fc.nat(200), (list, joint, room) => {
        const text = `start ${list.join(joint)}`;
        const maxTokens = 12 + room;
        const folded = fold(text, maxTokens);
        expect(count(folded)).toBeLessThanOrEqual(Math.max(maxTokens, 0));
        expect(folded).not.toBe('');
        expect(folded).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
