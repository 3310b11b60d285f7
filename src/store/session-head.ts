import type { SessionKey } from '../domain/ids.ts';

/** Totals the store adds up in the same step as the append; deltas on the way in, sums on the way out. */
export interface UsageCounters {
  readonly events: number;
  readonly messages: number;
  readonly toolCalls: number;
  /** Calls to a model whose price nobody knows: what they cost is not in `costPico`. */
  readonly unpricedCalls: number;
  readonly tokens: number;
  /** Pico-US-dollars (10^-12 USD). */
  readonly costPico: bigint;
}

/** What listings know of a session without reading its log. */
export interface SessionLabels {
  readonly userId: string | null;
  /** Searchable properties: only string, number and boolean values belong here, numbers and booleans as text. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * When a session expires: after a fixed time, after a time without writes, whichever comes first, or never (both null).
 * Whole milliseconds; 0 expires it at once. Whoever asks at the time of expiry or later finds no session.
 */
export interface TimeToLive {
  /** Milliseconds from creation. */
  readonly absoluteMs: number | null;
  /** Milliseconds from the latest write. */
  readonly slidingMs: number | null;
}

/** One row of a listing. */
export interface SessionHead {
  readonly key: SessionKey;
  readonly labels: SessionLabels;
  /** When the store got it: of an imported session that is the time of its import, and its log tells when it began. */
  readonly createdAtMs: number;
  /** When the latest append was recorded. */
  readonly updatedAtMs: number;
  readonly expiresAtMs: number | null;
  /** When it expires at the latest, whatever is written: the absolute part of its time to live. Null when that sets no end. */
  readonly limitAtMs: number | null;
  /** The sliding part of its time to live, null when there is none; not given by a store that does not tell. */
  readonly slidingMs?: number | null;
  readonly version: number;
  readonly openSegment: number;
  readonly counters: UsageCounters;
}

/** Which sessions of one tenant to list; every given condition must hold. */
export interface ListParams {
  readonly tenant: string;
  readonly sessionIdPrefix?: string;
  readonly userId?: string;
  /** Exact matches on searchable properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Times are inclusive as `From` and exclusive as `Before`. */
  readonly createdFromMs?: number;
  readonly createdBeforeMs?: number;
  readonly updatedFromMs?: number;
  readonly updatedBeforeMs?: number;
  /**
   * `created`: oldest first; every session that exists throughout is seen exactly once. `updated`: latest activity first;
   * no session is seen twice, but one written between two pages moves ahead of them and is not seen again.
   */
  readonly order: 'created' | 'updated';
  /** 1 to `MAX_LIST_LIMIT`. */
  readonly limit: number;
  /** Where the previous page ended; opaque, and of use only with the conditions it was made for. */
  readonly cursor?: string;
}

/** One page of a listing; `cursor` is null on the last page. */
export interface ListPage {
  readonly heads: readonly SessionHead[];
  readonly cursor: string | null;
}
