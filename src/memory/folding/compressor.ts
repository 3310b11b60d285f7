import type { ParsedFoldablePage } from '../../domain/foldable-page.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { Modality } from '../../domain/page.ts';
import type { FoldCounting } from './fold-counting.ts';
import type { FoldLevel } from './level-limits.ts';
import type { SummaryFailure } from './summarize-text.ts';

/** Folds pages of one modality. One of your own may throw or answer nonsense: the page stays as it is then. */
export interface Compressor {
  readonly modality: Modality;
  /** The content at the level, or at one further on when that is the next to save anything; null when none does. */
  compress(
    page: ParsedFoldablePage,
    request: CompressRequest,
  ): Compression | null | Promise<Compression | null>;
}

/** What a compressor is asked for. */
export interface CompressRequest {
  readonly level: FoldLevel;
  /** A question or words that the page is folded towards. */
  readonly focus: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** What the page costs as it is; what costs as much or more is thrown away. */
  readonly originalTokens: number;
  readonly counting: FoldCounting;
}

/** Content at a level. */
export interface Compression {
  readonly content: JsonValue;
  readonly level: FoldLevel;
  /** `summary`: a model wrote it. Default `extract`. */
  readonly origin?: 'extract' | 'summary' | undefined;
  /** Why the summary of a model was not used; null when it was, or none was asked for. */
  readonly fallback?: SummaryFailure | null | undefined;
}
