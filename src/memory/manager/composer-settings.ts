import type { PagingMode } from '../../domain/paging-policy.ts';
import { MAX_AVAILABLE } from './memory-state.ts';

/** How a context is put together. */
export interface ComposerSettings {
  readonly paging: PagingMode;
  /** Turns before the open one that always stay, folded when they are long. */
  readonly keptTurns: number;
  /** Share of the room that those turns may take when old pages are needed. */
  readonly recentShare: number;
  /** Share of the room that the open turn may take. */
  readonly openShare: number;
  /** Share of the room that pages may take which somebody pinned. */
  readonly explicitShare: number;
  /** Share of the room that pages may take which were loaded in the open turn. */
  readonly loadedShare: number;
  /** Share of the room that claims and summaries may take which stay by what they are. */
  readonly pinnedShare: number;
  /** How full a context is after a compaction that no question asked for. */
  readonly targetUtilization: number;
  /** Share of the relevant that has to be out of the context before it is put together around a message that asks something. */
  readonly missingShare: number;
  /** The same for a short question, which asks for something to be found and not for something to be done. */
  readonly missingShareOfLookup: number;
  /** Pages that the manifest names at most. */
  readonly maxAvailable: number;
}

/** Used where nothing else is said. */
export const DEFAULT_COMPOSER_SETTINGS: ComposerSettings = {
  paging: 'hybrid',
  keptTurns: 3,
  recentShare: 1 / 8,
  openShare: 1 / 2,
  explicitShare: 1 / 2,
  loadedShare: 1 / 3,
  pinnedShare: 1 / 12,
  targetUtilization: 0.7,
  missingShare: 0.5,
  missingShareOfLookup: 0.05,
  maxAvailable: MAX_AVAILABLE,
};

/** What a context is needed for. */
export interface ComposeRequest {
  /** Tokens that pages may take with their lines. */
  readonly maxTokens: number;
  /** Tokens that they may take once the context is put together anew, which needs room for a manifest. */
  readonly compactedTokens: number;
  /**
   * Tokens that they could take then before less was tried for want of a fit, which is what the next context has as well;
   * `compactedTokens` by default.
   */
  readonly roomTokens?: number | undefined;
  /** Tokens that the newest question may take, as long as they are there; half of the room by default. */
  readonly questionTokens?: number | undefined;
  /** What the user asks now; null when nobody waits for an answer. */
  readonly question: string | null;
  readonly nowMs: number;
}
