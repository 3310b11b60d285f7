import { describe, expect, test } from 'vitest';
import type { PageLevel } from '../../../../src/domain/page.ts';
import type { CompressionResult } from '../../../../src/memory/folding/compression-result.ts';
import { CompressorRegistry } from '../../../../src/memory/folding/compressor-registry.ts';
import { aPage, ANSWER, COUNTING, tokens } from '../../../lib/folding.ts';

const REPORT = Array.from(
  { length: 120 },
  (_, index) =>
    `Engineer${index} measured ${index * 7} requests on host${index}, before the fault in module${index} was found.`,
);
const LONG = `${ANSWER}\n${REPORT.join(' ')}`;

async function fold(content: string, level: PageLevel): Promise<CompressionResult> {
  return CompressorRegistry.default(COUNTING).compressPage(aPage({ content }), { level });
}

describe('createTextCompressor', () => {
  test('M-100: reduces to about half the tokens', async () => {
    const folded = await fold(LONG, 1);

    expect(folded).toMatchObject({ kind: 'folded', levelBefore: 0, levelAfter: 1 });
    expect(folded.compressedTokens / folded.originalTokens).toBeGreaterThan(0.4);
    expect(folded.compressedTokens / folded.originalTokens).toBeLessThanOrEqual(0.5);
  });

  test('M-101: makes an abstract of at most 200 tokens, M-102: and a reference of at most 50', async () => {
    const abstract = await fold(LONG, 2);
    const reference = await fold(LONG, 3);

    expect(abstract).toMatchObject({ kind: 'folded', levelAfter: 2 });
    expect(abstract.compressedTokens).toBeLessThanOrEqual(200);
    expect(abstract.compressedTokens).toBeGreaterThan(150);
    expect(reference).toMatchObject({ kind: 'folded', levelAfter: 3 });
    expect(reference.compressedTokens).toBeLessThanOrEqual(50);
    expect(reference.content).toMatch(/^\[transcript\] \S+/);
    expect(reference.content).not.toContain('\n');
  });

  test('M-102: tags a reference with the type and begins with the first line', async () => {
    const page = aPage({
      pageType: 'claim',
      content: `Line one is here\n${'zebra yak quince '.repeat(60)}`,
    });
    const folded = await CompressorRegistry.default(COUNTING).compressPage(page, { level: 3 });

    expect(folded.content).toMatch(/^\[claim\] Line one is here · /);
  });

  test('M-102: says in a reference what has to do with the focus', async () => {
    const folded = await CompressorRegistry.default(COUNTING).compressPage(
      aPage({ content: LONG }),
      {
        level: 3,
        focus: 'which region has the host db-us-2',
      },
    );

    expect(folded.content).toContain('Oregon');
  });

  test('M-105: goes by limits of its own', async () => {
    const registry = CompressorRegistry.default(COUNTING, {
      reducedRatio: 0.2,
      abstractMaxTokens: 30,
      referenceMaxTokens: 12,
      wordsShare: 0,
    });
    const page = aPage({ content: LONG });
    const folds = await Promise.all(
      ([1, 2, 3] as const).map(async (level) => registry.compressPage(page, { level })),
    );

    expect(folds[0]!.compressedTokens).toBeLessThanOrEqual(folds[0]!.originalTokens * 0.2);
    expect(folds[1]!.compressedTokens).toBeLessThanOrEqual(30);
    expect(folds[2]!.compressedTokens).toBeLessThanOrEqual(12);
  });

  test.each(['', ' \n ', 'Hi.', 'Hi. Yo!  Ok?\nLine two'])(
    'M-98: V10 keeps %j, since nothing shorter says the same',
    async (content) => {
      for (const level of [1, 2, 3] as const) {
        expect(await fold(content, level)).toMatchObject({
          kind: 'kept',
          content,
          reason: 'nothing-to-save',
          tokensSaved: 0,
        });
      }
    },
  );

  test.each([
    'Hello world '.repeat(100),
    'The quick brown fox. Jumped over the lazy dog. '.repeat(20),
    'a'.repeat(2_000),
    `${'B'.repeat(900)}. Small one.`,
    `Small one. ${'B'.repeat(900)}. Tail.`,
  ])('M-98: V10 never makes a page longer', async (content) => {
    const folds = await Promise.all(
      ([1, 2, 3] as const).map(async (level) => fold(content, level)),
    );

    for (const folded of folds) {
      expect(folded.compressedTokens).toBeLessThanOrEqual(tokens(content));
      expect(folded.content).not.toBe('');
    }
    expect(folds[1]!.compressedTokens).toBeLessThanOrEqual(folds[0]!.compressedTokens);
    expect(folds[2]!.compressedTokens).toBeLessThanOrEqual(folds[1]!.compressedTokens);
  });

  test('folds what was reduced already further, but no more than an abstract may have', async () => {
    const reduced = await fold(LONG, 1);
    const page = aPage({ content: reduced.content, level: 1 });
    const again = await CompressorRegistry.default(COUNTING).compressPage(page, { level: 2 });

    expect(again).toMatchObject({ kind: 'folded', levelBefore: 1, levelAfter: 2 });
    expect(again.compressedTokens).toBeLessThanOrEqual(200);
  });

  test('folds content that is no text by its JSON', async () => {
    const content = Array.from({ length: 80 }, (_, index) => `item ${index} of Bergen`);
    const folded = await CompressorRegistry.default(COUNTING).compressPage(aPage({ content }), {
      level: 1,
    });

    expect(folded.kind).toBe('folded');
    expect(folded.content).toContain('Bergen');
  });
});
