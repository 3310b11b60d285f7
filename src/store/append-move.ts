import type { SessionKey } from '../domain/ids.ts';
import type { HistoryPoint, Tail } from './history-point.ts';
import type { OutboxEntry } from './outbox-entry.ts';
import type { SessionLabels, TimeToLive, UsageCounters } from './session-head.ts';

/**
 * Who writes, and which of their writes this is; numbers of one writer only grow, so a late copy is recognised. A store
 * remembers the last write of each writer to a session for the retry horizon at least, also when the session is removed.
 */
export interface WriteId {
  /** Unique per runtime incarnation, at most `MAX_WRITER_LENGTH` characters. */
  readonly writer: string;
  /** Safe integer >= 1, larger than in every earlier write of this writer to this session id. */
  readonly operation: number;
}

/** One atomic move: all of it happens, or none of it. */
export interface AppendParams {
  readonly key: SessionKey;
  readonly write: WriteId;
  /** The history the caller has folded; null when it knows the session not to exist, which only `expected` accepts. */
  readonly known: HistoryPoint | null;
  /** `any`: append at the end whatever was added meanwhile. `expected`: only when nothing was added since `known`. */
  readonly mode: 'any' | 'expected';
  /**
   * Conditions checked in the same step. `segment` must be the number of the open segment (1 when never set); `epoch` must
   * not be older than the session's (0 when never raised), and becomes it when it is newer.
   */
  readonly guards?: { readonly segment?: number; readonly epoch?: number };
  /** Encoded records, 1 to `MAX_APPEND_RECORDS`, oldest first. */
  readonly records: readonly string[];
  readonly counters: UsageCounters;
  /** Replaces the labels when given. */
  readonly labels?: SessionLabels;
  /** The number of the segment that is open after these records, when they closed one. */
  readonly openSegment?: number;
  /** Required with `known: null`; otherwise ignored, since the session keeps what it has. */
  readonly timeToLive?: TimeToLive;
  /** Removed first, then added; adding an id that is there moves it to the new due time. */
  readonly outbox?: { readonly add?: readonly OutboxEntry[]; readonly remove?: readonly string[] };
}

/**
 * What became of an append. Only `ok` and `duplicate` mean that the records are in the log. When several refusals apply,
 * the answer is the first of: gone, regressed, duplicate, stale-write, fenced, conflict.
 */
export type AppendResult =
  /** Recorded at `firstPosition`...; `tail` holds what came between `known` and that. `point` is after our records. */
  | {
      readonly kind: 'ok';
      readonly point: HistoryPoint;
      readonly firstPosition: number;
      readonly tail: Tail;
      readonly expiresAtMs: number | null;
    }
  /**
   * This very write was recorded before, at `firstPosition`; `tail` holds everything after `known`, ours included, and
   * `point` is where the session is now. Nothing changed, whatever else the move asked for.
   */
  | {
      readonly kind: 'duplicate';
      readonly point: HistoryPoint;
      readonly firstPosition: number;
      readonly tail: Tail;
      readonly expiresAtMs: number | null;
    }
  /** Refused: history or a guard does not match; `tail` holds everything after `known`. */
  | { readonly kind: 'conflict'; readonly point: HistoryPoint; readonly tail: Tail }
  /** Refused: a later write of this writer is recorded, so this is a late copy of an abandoned one. */
  | { readonly kind: 'stale-write' }
  /** Refused: the caller's epoch is older than `epoch`. */
  | { readonly kind: 'fenced'; readonly epoch: number }
  /**
   * Refused: `known`, or an earlier copy of this very write, belongs to a session that is gone (deleted, erased or
   * expired), whether or not another has its id. `wasRecorded` says whether this very write was recorded in a session
   * before that session went: a copy of it may have been answered so, with the answer lost. It is not given when a later
   * write of the same writer hides it. False is final for a write to a session that is gone, since no late copy can be
   * recorded there; both hold as long as the writer is remembered.
   */
  | { readonly kind: 'gone'; readonly wasRecorded?: boolean }
  /** Refused: `known` is not in the store's past; acknowledged history was lost. `point` is null without a session. */
  | { readonly kind: 'regressed'; readonly point: HistoryPoint | null };
