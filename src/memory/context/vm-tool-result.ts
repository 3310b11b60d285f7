import type { Modality, PageLevel, StorageTier } from '../../domain/page.ts';
import { withoutInlineData } from './inline-data.ts';
import { type LeveledPage, type PageContentWire, pageContentWire } from './page-wire.ts';
import { safeJson } from './safe-text.ts';
import { type VmToolError, vmToolError, type VmToolErrorCode } from './vm-tool-error.ts';

/** What came of a fault. */
export type FaultOutcome =
  | (LeveledPage & {
      readonly kind: 'loaded';
      /** Where the page is now. */
      readonly tier: StorageTier;
      readonly sourceTier: StorageTier | null;
      /** Whether it is in the context from now on; content may be given without. */
      readonly isPromoted: boolean;
      /** Tokens that were charged. */
      readonly tokens: number;
      /** Ids of the pages that made room. */
      readonly evictions: readonly string[];
      readonly latencyMs: number | null;
    })
  | {
      readonly kind: 'already_mapped';
      readonly pageId: string;
      readonly modality: Modality;
      readonly level: PageLevel;
    }
  | {
      readonly kind: 'failed';
      readonly code: VmToolErrorCode;
      readonly message: string;
      readonly pageId: string | null;
      /** What a store threw; models are not told. */
      readonly cause?: unknown;
    };

/** A page that a fault gave, as a model is told it. */
export interface PageFaultResult {
  readonly page: {
    readonly page_id: string;
    readonly level: PageLevel;
    readonly tier: StorageTier;
    readonly meta: {
      readonly source_tier: StorageTier | null;
      readonly mime_type: string | null;
      readonly size_bytes: number | null;
      readonly dimensions: readonly number[] | null;
      readonly duration_seconds: number | null;
      readonly latency_ms: number | null;
    };
  } & PageContentWire;
  readonly effects: FaultEffectsWire;
}

/** What a fault changed. */
export interface FaultEffectsWire {
  readonly promoted_to_working_set: boolean;
  readonly tokens_est: number;
  readonly evictions: readonly string[] | null;
}

/** A fault on a page that the context shows already: nothing is loaded and nothing charged. */
export interface AlreadyMappedResult {
  readonly already_mapped: true;
  readonly page: {
    readonly page_id: string;
    readonly modality: Modality;
    readonly level: PageLevel;
    readonly tier: 'L0';
  };
  readonly effects: FaultEffectsWire;
}

/** A page that a search found. */
export interface FoundPage {
  readonly pageId: string;
  readonly modality: Modality;
  /** Of a session's memory, L1 and L2 are told apart by what the process holds that was asked. */
  readonly tier: StorageTier;
  readonly levels: readonly PageLevel[];
  readonly hint: string;
  /** From 0 to 1. */
  readonly relevance: number;
}

/** What a search found, as a model is told it. */
export interface SearchPagesResult {
  readonly results: readonly {
    readonly page_id: string;
    readonly modality: Modality;
    readonly tier: StorageTier;
    readonly levels: readonly PageLevel[];
    readonly hint: string;
    readonly relevance: number;
  }[];
  readonly total_available: number;
}

/** Anything that one of the memory's tools may answer. */
export type VmToolResult = PageFaultResult | AlreadyMappedResult | SearchPagesResult | VmToolError;

/** What a model is told of a fault. */
export function buildToolResult(
  outcome: FaultOutcome,
): PageFaultResult | AlreadyMappedResult | VmToolError {
  switch (outcome.kind) {
    case 'loaded':
      return loadedResult(outcome);
    case 'already_mapped': {
      const { pageId, modality, level } = outcome;
      return {
        already_mapped: true,
        page: { page_id: pageId, modality, level, tier: 'L0' },
        effects: { promoted_to_working_set: false, tokens_est: 0, evictions: null },
      };
    }
    default:
      return vmToolError(outcome.code, outcome.message, outcome.pageId);
  }
}

/** What a model is told of a search; `totalAvailable` is how many pages match, shown or not. */
export function buildSearchResult(
  pages: readonly FoundPage[],
  totalAvailable: number,
): SearchPagesResult {
  return {
    results: pages.map(({ pageId, modality, tier, levels, hint, relevance }) => ({
      page_id: pageId,
      modality,
      tier,
      levels: [...levels],
      hint,
      relevance: rounded(relevance),
    })),
    total_available: totalAvailable,
  };
}

/**
 * A result as the text of a tool message: compact JSON in which no delimiter of our blocks can stand. Data of media is named instead
 * of shown, since a model cannot read it in a text.
 */
export function toolResultText(result: VmToolResult): string {
  return safeJson(withoutInlineData(JSON.stringify(result)));
}

function loadedResult(
  outcome: Extract<FaultOutcome, { readonly kind: 'loaded' }>,
): PageFaultResult {
  const { page, level, tier, sourceTier, isPromoted, tokens, evictions, latencyMs } = outcome;
  const { modality, content } = pageContentWire(outcome);
  const meta = {
    source_tier: sourceTier,
    mime_type: page.mimeType,
    size_bytes: positive(page.sizeBytes),
    dimensions: page.dimensions,
    duration_seconds: positive(page.durationSeconds),
    latency_ms: latencyMs === null ? null : rounded(latencyMs),
  };
  return {
    // The order of members is that in which a model reads them; content and modality belong together.
    page: { page_id: page.pageId, modality, level, tier, content, meta } as PageFaultResult['page'],
    effects: {
      promoted_to_working_set: isPromoted,
      tokens_est: tokens,
      evictions: evictions.length === 0 ? null : [...evictions],
    },
  };
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
