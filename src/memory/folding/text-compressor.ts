import type { ParsedFoldablePage } from '../../domain/foldable-page.ts';
import type { FoldingOptions } from '../../domain/folding-options.ts';
import { toText } from '../../domain/json.ts';
import type { Compression, Compressor, CompressRequest } from './compressor.ts';
import { foldAnalysis } from './fold-text.ts';
import { type FoldingSettings, foldingSettings } from './folding-settings.ts';
import { foldToLevel, type LeveledContent } from './level-limits.ts';
import { referenceText } from './reference-text.ts';
import { summarizeText } from './summarize-text.ts';
import { analyseText } from './text-analysis.ts';

/** With less room than this what is left of a page says nothing that its reference does not. */
export const MIN_FOLD_TOKENS = 8;

/**
 * Folds text: by its most telling sentences, or by a model when `summarize` is given. A summary that fails, takes too long or
 * is longer than the extract may be is not used, and the reason is told.
 * @throws INVALID_INPUT naming the option.
 */
export function createTextCompressor(options: FoldingOptions = {}): Compressor {
  const settings = foldingSettings(options);
  return {
    modality: 'text',
    compress: async (page, request) => {
      const extract = extractText(page, { request, settings });
      return extract === null ? null : summarized(extract, { page, request, settings });
    },
  };
}

/** What a fold of text goes by. */
export interface TextFolding {
  readonly request: CompressRequest;
  readonly settings: FoldingSettings;
}

/** The text of a page at a level, without a model; null when no level is shorter than the page. */
export function extractText(
  page: ParsedFoldablePage,
  { request, settings }: TextFolding,
): LeveledContent<string> | null {
  const { focus, counting, originalTokens } = request;
  const analysis = analyseText(toText(page.content), counting);
  return foldToLevel(request.level, {
    originalTokens,
    levelBefore: page.level,
    limits: settings,
    render: (level, maxTokens) => {
      const { pageType } = page;
      const folded =
        level === 3
          ? referenceText(analysis, { pageType, maxTokens, focus })
          : foldAnalysis(analysis, { maxTokens, focus, wordsShare: settings.wordsShare });
      if (folded === null || maxTokens < MIN_FOLD_TOKENS || folded.text === '') return null;
      return { content: folded.text, tokens: folded.tokens };
    },
  });
}

/** The extract, or what the model makes of the page in its place; a reference is never left to a model. */
async function summarized(
  extract: LeveledContent<string>,
  { page, request, settings }: TextFolding & { readonly page: ParsedFoldablePage },
): Promise<Compression> {
  const { content, level } = extract;
  if (settings.summarizer === null || level === 3) return { content, level };
  const outcome = await summarizeText(
    {
      text: toText(page.content),
      sourceTokens: request.originalTokens,
      maxTokens: extract.maxTokens,
      focus: request.focus,
      signal: request.signal,
      counting: request.counting,
    },
    settings.summarizer,
  );
  if (outcome.kind === 'failure') return { content, level, fallback: outcome.failure };
  return { content: outcome.text, level, origin: 'summary' };
}
