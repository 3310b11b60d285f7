import { describe, expect, test } from 'vitest';
import type { FoldablePage } from '../../../../src/domain/foldable-page.ts';
import type { FoldingOptions } from '../../../../src/domain/folding-options.ts';
import type { FoldRequest } from '../../../../src/domain/fold-request.ts';
import { MODALITIES } from '../../../../src/domain/page.ts';
import type { Compression, Compressor } from '../../../../src/memory/folding/compressor.ts';
import { CompressorRegistry } from '../../../../src/memory/folding/compressor-registry.ts';
import { createPassthroughCompressor } from '../../../../src/memory/folding/passthrough-compressor.ts';
import { aPage, ANSWER, COUNTING } from '../../../lib/folding.ts';
import { deepFreeze } from '../../../lib/deep-freeze.ts';

function registryWith(compress: Compressor['compress']): CompressorRegistry {
  return new CompressorRegistry(COUNTING, [{ modality: 'text', compress }]);
}

const PAGE = aPage({ content: ANSWER });

describe('CompressorRegistry', () => {
  test('M-108: has a compressor for each modality by default', () => {
    const registry = CompressorRegistry.default(COUNTING);

    expect(MODALITIES.map((modality) => registry.get(modality).modality)).toEqual([...MODALITIES]);
  });

  test('M-108: M-107: leaves modalities without a compressor as they are', async () => {
    const registry = new CompressorRegistry(COUNTING);

    expect(registry.get('video').modality).toBe('video');
    expect(await registry.compressPage(PAGE, { level: 2 })).toMatchObject({
      kind: 'kept',
      content: ANSWER,
      levelAfter: 0,
      reason: 'nothing-to-save',
    });
    registry.register(createPassthroughCompressor());
    expect(await registry.compressPage(PAGE, { level: 2 })).toMatchObject({ kind: 'kept' });
  });

  test('M-108: uses a compressor of your own for its modality', async () => {
    const registry = CompressorRegistry.default(COUNTING);
    registry.register({ modality: 'text', compress: () => ({ content: 'Mine.', level: 2 }) });

    expect(await registry.compressPage(PAGE, { level: 1 })).toMatchObject({
      kind: 'folded',
      content: 'Mine.',
      levelAfter: 2,
      origin: 'extract',
      fallback: null,
    });
  });

  test('M-99: keeps a page that is folded as far already', async () => {
    const registry = CompressorRegistry.default(COUNTING);

    for (const level of [0, 1, 2] as const) {
      const kept = await registry.compressPage({ ...PAGE, level: 2 }, { level });
      expect(kept).toMatchObject({
        kind: 'kept',
        reason: 'at-level',
        levelAfter: 2,
        content: ANSWER,
      });
    }
  });

  test('M-110: M-W01: leaves the page untouched and gives the representation beside it', async () => {
    const page = deepFreeze({ ...PAGE, importance: 0.9 });
    const folded = await CompressorRegistry.default(COUNTING).compressPage(page, { level: 2 });

    expect(page.content).toBe(ANSWER);
    expect(folded).toMatchObject({ kind: 'folded', pageId: page.pageId, levelAfter: 2 });
    expect(folded.tokensSaved).toBe(folded.originalTokens - folded.compressedTokens);
  });

  test('M-112: M-W46: goes on to the next level while one saves nothing', async () => {
    const asked: number[] = [];
    const registry = registryWith((_page, { level }) => {
      asked.push(level);
      return level === 3 ? { content: 'Short.', level } : { content: ANSWER, level };
    });

    expect(await registry.compressPage(PAGE, { level: 1 })).toMatchObject({
      kind: 'folded',
      levelAfter: 3,
    });
    expect(asked).toEqual([1, 2, 3]);
  });

  test.each<[string, Compressor['compress']]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('broken'))],
    [
      'answers a level that does not exist',
      () => ({ content: 'x', level: 7 }) as unknown as Compression,
    ],
    ['answers what is no JSON', () => ({ content: (() => 1) as unknown as string, level: 1 })],
    ['answers nothing', () => undefined as unknown as null],
  ])('M-W48: keeps a page when a compressor %s, and says so', async (_what, compress) => {
    const kept = await registryWith(compress).compressPage(PAGE, { level: 1 });

    expect(kept).toMatchObject({ kind: 'kept', content: ANSWER, reason: 'failed' });
    expect(kept).toHaveProperty('cause');
  });

  test('keeps a page when a compressor relabels it', async () => {
    const registry = registryWith(() => ({ content: 'Short.', level: 1 }));

    expect(await registry.compressPage({ ...PAGE, level: 1 }, { level: 2 })).toMatchObject({
      kind: 'kept',
    });
  });

  test.each<[string, unknown, unknown]>([
    ['page.modality', { ...PAGE, modality: 'smell' }, { level: 1 }],
    ['page.pageId', { ...PAGE, pageId: '' }, { level: 1 }],
    ['page.content', { ...PAGE, content: 1n }, { level: 1 }],
    ['page.level', { ...PAGE, level: 4 }, { level: 1 }],
    ['request.level', PAGE, { level: 9 }],
    ['request.focus', PAGE, { level: 1, focus: 7 }],
    ['request.depth', PAGE, { level: 1, depth: 2 }],
    ['page', null, { level: 1 }],
  ])('names %s when it is wrong', async (field, page, request) => {
    const folding = CompressorRegistry.default(COUNTING).compressPage(
      page as FoldablePage,
      request as FoldRequest,
    );

    await expect(folding).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
  });

  test.each<[string, unknown]>([
    ['options.reducedRatio', { reducedRatio: 1 }],
    ['options.abstractMaxTokens', { abstractMaxTokens: 0 }],
    ['options.wordsShare', { wordsShare: 2 }],
    ['options.summarize', { summarize: 'please' }],
    ['options.clock', { summarize: () => '', clock: 5 }],
    ['options.maxTokens', { maxTokens: 5 }],
  ])('M-105: names %s when it is wrong', (field, options) => {
    expect(() => CompressorRegistry.default(COUNTING, options as FoldingOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });

  test('takes no compressor for a modality that there is not', () => {
    const compressor = {
      ...createPassthroughCompressor(),
      modality: 'smell',
    } as unknown as Compressor;

    expect(() => new CompressorRegistry(COUNTING, [compressor])).toThrow(
      expect.objectContaining({ field: 'compressor.modality' }),
    );
  });
});
