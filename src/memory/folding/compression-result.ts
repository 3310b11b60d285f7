import type { JsonValue } from '../../domain/json.ts';
import type { PageLevel } from '../../domain/page.ts';
import type { FoldLevel } from './level-limits.ts';
import type { SummaryFailure } from './summarize-text.ts';

/** What became of a page: a representation to be laid beside the original, or word that there is none. */
export type CompressionResult = FoldedPage | KeptPage;

/** A representation of a page, shorter than the page. */
export interface FoldedPage {
  readonly kind: 'folded';
  readonly pageId: string;
  readonly content: JsonValue;
  readonly originalTokens: number;
  /** Always fewer. */
  readonly compressedTokens: number;
  /** Always more than 0. */
  readonly tokensSaved: number;
  readonly levelBefore: PageLevel;
  /**
   * What the content is: usually the level asked for; a higher one when that saves nothing, a lower one when nothing beyond is
   * any shorter.
   */
  readonly levelAfter: FoldLevel;
  /** `summary`: written by a model; `extract`: made of the words of the page. */
  readonly origin: 'extract' | 'summary';
  /** Why the model's summary was not used; null when it was, or none was asked for. */
  readonly fallback: SummaryFailure | null;
}

/** A page that stays as it is. */
export interface KeptPage {
  readonly kind: 'kept';
  readonly pageId: string;
  readonly content: JsonValue;
  readonly originalTokens: number;
  readonly compressedTokens: number;
  readonly tokensSaved: 0;
  readonly levelBefore: PageLevel;
  readonly levelAfter: PageLevel;
  /**
   * `at-level`: it is folded that far already. `nothing-to-save`: no level is shorter. `failed`: a compressor of your own threw
   * or answered nonsense, see `cause`.
   */
  readonly reason: 'at-level' | 'nothing-to-save' | 'failed';
  readonly cause?: unknown;
}
