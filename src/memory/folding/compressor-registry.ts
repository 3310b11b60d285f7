import { parseCompression } from '../../domain/compression.ts';
import { InvalidInput, PagefoldError } from '../../domain/errors.ts';
import { parseFoldRequest, type FoldRequest } from '../../domain/fold-request.ts';
import {
  type FoldablePage,
  parseFoldablePage,
  type ParsedFoldablePage,
} from '../../domain/foldable-page.ts';
import type { FoldingOptions } from '../../domain/folding-options.ts';
import { toText } from '../../domain/json.ts';
import { MODALITIES, type Modality } from '../../domain/page.ts';
import type { CompressionResult, FoldedPage, KeptPage } from './compression-result.ts';
import type { Compression, Compressor, CompressRequest } from './compressor.ts';
import { type FoldCounting, tokensOf } from './fold-counting.ts';
import { FOLD_LEVELS } from './level-limits.ts';
import { createMediaCompressor } from './media-compressor.ts';
import { tokensOfPage } from './page-tokens.ts';
import { createPassthroughCompressor } from './passthrough-compressor.ts';
import { createStructuredCompressor } from './structured-compressor.ts';
import { createTextCompressor } from './text-compressor.ts';

/**
 * Folds pages by their modality, one compressor for each; modalities without one stay as they are. Counts with the counter and
 * for the model it is given, and never changes a page.
 */
export class CompressorRegistry {
  readonly #counting: FoldCounting;
  readonly #compressors = new Map<Modality, Compressor>();

  constructor(counting: FoldCounting, compressors: readonly Compressor[] = []) {
    this.#counting = counting;
    for (const compressor of compressors) this.register(compressor);
  }

  /**
   * A registry with a built-in compressor for each modality; `summarize` writes for text alone.
   * @throws INVALID_INPUT naming the option.
   */
  static default(counting: FoldCounting, options: FoldingOptions = {}): CompressorRegistry {
    return new CompressorRegistry(counting, [
      createTextCompressor(options),
      createStructuredCompressor(options),
      createMediaCompressor('image', options),
      createMediaCompressor('audio', options),
      createMediaCompressor('video', options),
    ]);
  }

  /**
   * Uses the compressor for its modality from now on, in place of another.
   * @throws INVALID_INPUT when it names no modality.
   */
  register(compressor: Compressor): void {
    if (!MODALITIES.includes(compressor.modality)) {
      const expected = `one of ${MODALITIES.join(', ')}`;
      throw new InvalidInput({ field: 'compressor.modality', expected });
    }
    this.#compressors.set(compressor.modality, compressor);
  }

  /** The compressor of a modality; one that folds nothing when there is none. */
  get(modality: Modality): Compressor {
    return this.#compressors.get(modality) ?? createPassthroughCompressor(modality);
  }

  /**
   * A shorter representation of a page, or word that it stays as it is; a failing compressor loses no page.
   * @throws INVALID_INPUT naming the field of the page or the request, ABORTED when the signal calls it off.
   */
  async compressPage(page: FoldablePage, request: FoldRequest): Promise<CompressionResult> {
    const parsed = parseFoldablePage(page);
    const { level, focus, signal } = parseFoldRequest(request);
    throwIfAborted(signal);
    const originalTokens = tokensOfPage(parsed, this.#counting);
    const keep = (reason: KeptPage['reason']): KeptPage => keptPage(parsed, originalTokens, reason);
    if (level <= parsed.level || level === 0) return keep('at-level');
    if (originalTokens === 0) return keep('nothing-to-save');
    const asked = { level, focus, signal, originalTokens, counting: this.#counting };
    const outcome = await this.#firstUseful(parsed, asked).catch((cause: unknown) => {
      return { ...keep('failed'), cause };
    });
    throwIfAborted(signal);
    return outcome ?? keep('nothing-to-save');
  }

  /** Goes on to the next level while one saves nothing. */
  async #firstUseful(
    page: ParsedFoldablePage,
    request: CompressRequest,
  ): Promise<CompressionResult | null> {
    const compressor = this.get(page.modality);
    for (const level of FOLD_LEVELS) {
      if (level < request.level) continue;
      // One after the other: the next level is of use only when this one saves nothing.
      const compression = await compressor.compress(page, { ...request, level });
      const folded = compression === null ? null : foldedPage(page, request, compression);
      if (folded !== null) return folded;
    }
    return null;
  }
}

/** The representation, checked and counted again; null when it saves nothing. */
function foldedPage(
  page: ParsedFoldablePage,
  { originalTokens, counting }: CompressRequest,
  compression: Compression,
): FoldedPage | null {
  const { content, level } = parseCompression(compression);
  const compressedTokens = tokensOf(toText(content), counting);
  if (compressedTokens >= originalTokens || level <= page.level) return null;
  return {
    kind: 'folded',
    pageId: page.pageId,
    content,
    originalTokens,
    compressedTokens,
    tokensSaved: originalTokens - compressedTokens,
    levelBefore: page.level,
    levelAfter: level,
    origin: compression.origin ?? 'extract',
    fallback: compression.fallback ?? null,
  };
}

function keptPage(
  { pageId, content, level }: ParsedFoldablePage,
  originalTokens: number,
  reason: KeptPage['reason'],
): KeptPage {
  return {
    kind: 'kept',
    pageId,
    content,
    originalTokens,
    compressedTokens: originalTokens,
    tokensSaved: 0,
    levelBefore: level,
    levelAfter: level,
    reason,
  };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const message = 'The fold was aborted; the page is as it was';
  throw new PagefoldError('ABORTED', message, { cause: signal.reason });
}
