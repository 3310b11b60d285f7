import { describe, expect, test } from 'vitest';
import type { SummarizeFn } from '../../../../src/domain/folding-options.ts';
import type { CompressionResult } from '../../../../src/memory/folding/compression-result.ts';
import { CompressorRegistry } from '../../../../src/memory/folding/compressor-registry.ts';
import { runTimersUntil, virtualClock } from '../../../../src/testing/virtual-clock.ts';
import { aPage, ANSWER, COUNTING, tokens } from '../../../lib/folding.ts';

const PAGE = aPage({ content: ANSWER });

async function foldWith(summarize: SummarizeFn, level: 1 | 2 | 3 = 2): Promise<CompressionResult> {
  return CompressorRegistry.default(COUNTING, { summarize }).compressPage(PAGE, { level });
}

async function extract(level: 1 | 2 | 3 = 2): Promise<CompressionResult> {
  return CompressorRegistry.default(COUNTING).compressPage(PAGE, { level });
}

describe('a model that summarises', () => {
  test('M-103: is asked for reduced pages and abstracts, with the tokens it may use and the focus', async () => {
    const asked: unknown[] = [];
    const registry = CompressorRegistry.default(COUNTING, {
      summarize: (text, { maxTokens, focus, signal }) => {
        asked.push({ text, maxTokens, focus, isAborted: signal.aborted });
        return '  Short.  ';
      },
    });
    const reduced = await registry.compressPage(PAGE, { level: 1, focus: 'cost' });
    const abstract = await registry.compressPage(PAGE, { level: 2 });
    const reference = await registry.compressPage(PAGE, { level: 3 });

    const half = Math.floor(tokens(ANSWER) / 2);
    expect(asked).toEqual([
      { text: ANSWER, maxTokens: half, focus: 'cost', isAborted: false },
      {
        text: ANSWER,
        maxTokens: Math.floor(tokens(ANSWER) / 4),
        focus: undefined,
        isAborted: false,
      },
    ]);
    expect(reduced).toMatchObject({ content: 'Short.', origin: 'summary', fallback: null });
    expect(abstract).toMatchObject({ content: 'Short.', origin: 'summary', levelAfter: 2 });
    expect(reference).toMatchObject({ origin: 'extract', levelAfter: 3 });
  });

  test.each([
    ['empty', () => '  '],
    ['over-limit', () => 'word '.repeat(150)],
    ['longer-than-source', () => 'word '.repeat(5_000)],
    ['not-text', () => JSON.parse('42') as string],
  ])('M-104: M-W48: is not believed when what it gives is %s', async (reason, summarize) => {
    const { content } = await extract();

    expect(await foldWith(summarize)).toMatchObject({
      kind: 'folded',
      content,
      origin: 'extract',
      fallback: { reason },
    });
  });

  test('M-104: M-W48: loses no page when it throws or rejects', async () => {
    const cause = new Error('no quota');
    const { content } = await extract();
    const throwing = await foldWith(() => {
      throw cause;
    });
    const rejecting = await foldWith(async () => Promise.reject(cause));

    for (const result of [throwing, rejecting]) {
      expect(result).toMatchObject({ content, fallback: { reason: 'failed', cause } });
    }
  });

  test('M-W48: is waited for no longer than allowed, and told to stop', async () => {
    const clock = virtualClock();
    let given: AbortSignal | null = null;
    const registry = CompressorRegistry.default(COUNTING, {
      clock,
      summaryTimeoutMs: 500,
      summarize: async (_text, { signal }) => {
        given = signal;
        return new Promise<string>(() => undefined);
      },
    });
    const folding = registry.compressPage(PAGE, { level: 2 });
    const startMs = clock.nowMs();

    expect(await runTimersUntil(clock, folding)).toMatchObject({
      kind: 'folded',
      fallback: { reason: 'timed-out' },
    });
    expect(given).toMatchObject({ aborted: true });
    expect(clock.nowMs() - startMs).toBe(500);
    expect(clock.msToNextTimer()).toBeNull();
  });

  test('is not waited for for ever without a clock of your own', async () => {
    const registry = CompressorRegistry.default(COUNTING, {
      summaryTimeoutMs: 1,
      summarize: async () => new Promise<string>(() => undefined),
    });

    expect(await registry.compressPage(PAGE, { level: 2 })).toMatchObject({
      kind: 'folded',
      fallback: { reason: 'timed-out' },
    });
  });

  test('is called off with the fold', async () => {
    const stop = new AbortController();
    let given: AbortSignal | null = null;
    const registry = CompressorRegistry.default(COUNTING, {
      summarize: async (_text, { signal }) => {
        given = signal;
        stop.abort();
        return new Promise<string>(() => undefined);
      },
    });
    const folding = registry.compressPage(PAGE, { level: 2, signal: stop.signal });

    await expect(folding).rejects.toMatchObject({ code: 'ABORTED' });
    expect(given).toMatchObject({ aborted: true });
    const late = registry.compressPage(PAGE, { level: 2, signal: stop.signal });
    await expect(late).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('M-113: M-W34: folds several pages at the same time', async () => {
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const registry = CompressorRegistry.default(COUNTING, {
      summarize: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => {
          release.push(resolve);
          if (release.length === 3) for (const go of release) go();
        });
        running -= 1;
        return 'Short.';
      },
    });
    await Promise.all([1, 2, 3].map(async () => registry.compressPage(PAGE, { level: 2 })));

    expect(most).toBe(3);
  });
});
