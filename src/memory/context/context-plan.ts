import type { MemoryPage } from '../../domain/memory-page.ts';
import type { FaultPolicy, FaultQuota, VmMode } from '../../domain/paging-policy.ts';
import type { PageLevel, StorageTier } from '../../domain/page.ts';
import type { ChatMessage } from '../chat-message.ts';

/** A page as one entry of a context block. */
export interface ContextEntry {
  readonly page: MemoryPage;
  readonly level: PageLevel;
  /** What is shown of it; the whole content at level 0. */
  readonly text: string;
  readonly isPinned: boolean;
}

/** A page that is not in the context and can be faulted in. */
export interface AvailablePage {
  readonly page: Pick<MemoryPage, 'pageId' | 'pageType' | 'modality' | 'hint' | 'importance'>;
  readonly tier: StorageTier;
  /** Levels that a fault can give, the deepest last. */
  readonly levels: readonly PageLevel[];
  /** Tokens at level 0; null when not known. */
  readonly tokens: number | null;
}

/**
 * One stretch of a context after the instructions. A turn is shown as the messages that it was; pages that were loaded or folded
 * are entries of a block. Stretches only ever follow each other between two compactions, so that a prefix stays the same.
 */
export type ContextStretch =
  | {
      readonly kind: 'block';
      readonly entries: readonly ContextEntry[];
    }
  | {
      readonly kind: 'turn';
      /** Of the message first, then of the results. */
      readonly pageIds: readonly string[];
      /** The deepest that one of them is shown at. Default 0. */
      readonly level?: PageLevel | undefined;
      /** A tool call and its results are always in one stretch. */
      readonly messages: readonly ChatMessage[];
    };

/** All that a context is made of; the same plan always gives the same bytes. */
export interface ContextPlan {
  readonly sessionId: string;
  /** The position in the log up to which it was made. */
  readonly position: number;
  readonly mode: VmMode;
  readonly model: string;
  readonly systemPrompt: string | null;
  readonly policy: FaultPolicy;
  readonly quota: FaultQuota;
  /** In the order in which the manifest names them. */
  readonly available: readonly AvailablePage[];
  /** Pages of the session, in the context or not. */
  readonly totalPages: number;
  readonly stretches: readonly ContextStretch[];
}
