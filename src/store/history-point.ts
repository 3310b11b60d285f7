/**
 * A point of a session's history. `incarnation` differs between sessions that lived one after another under one key;
 * `version` is the number of records; `hash` stands for every write up to it, so that equal points mean equal pasts.
 * Both texts mean something to their store only.
 */
export interface HistoryPoint {
  readonly incarnation: string;
  readonly version: number;
  readonly hash: string;
}

/** Records the caller has not seen, oldest first; `isComplete` is false when there are more than one page of them. */
export interface Tail {
  /** Position of the first record, counting from 1; with no records, where the next one would be. */
  readonly firstPosition: number;
  /** At most `MAX_TAIL_RECORDS`. */
  readonly records: readonly string[];
  readonly isComplete: boolean;
}

/** A stretch of a log. */
export interface RecordPage {
  /** The session the records belong to: a reader of several pages stops when it changes. */
  readonly incarnation: string;
  readonly firstPosition: number;
  readonly records: readonly string[];
  /** The length of the whole log when the page was read. */
  readonly version: number;
}

/** A folded state as bytes, valid for exactly one point of history. */
export interface Snapshot {
  readonly point: HistoryPoint;
  readonly body: string;
}

/** A session as loaded: the base that the caller starts from and the records after it. */
export type LoadResult =
  | { readonly kind: 'missing' }
  /** `known` names a session that was deleted, erased or has expired. */
  | { readonly kind: 'gone' }
  /** `known` is not in the store's past; `point` is where the store is, null when it knows no such session. */
  | { readonly kind: 'regressed'; readonly point: HistoryPoint | null }
  | {
      readonly kind: 'found';
      readonly point: HistoryPoint;
      readonly expiresAtMs: number | null;
      /** What `tail` follows; null when that is the caller's `known`, or without it the beginning of the log. */
      readonly snapshot: Snapshot | null;
      readonly tail: Tail;
    };
