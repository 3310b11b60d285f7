import type { SessionKey } from '../domain/ids.ts';
import type { AppendParams, AppendResult } from './append-move.ts';
import type { EraseReceipt, EraseScope } from './erasure.ts';
import type { HistoryPoint, LoadResult, RecordPage, Snapshot } from './history-point.ts';
import type { OutboxReference } from './outbox-entry.ts';
import type {
  ListPage,
  ListParams,
  SessionHead,
  TimeToLive,
  UsageCounters,
} from './session-head.ts';

export type * from './append-move.ts';
export type * from './erasure.ts';
export type * from './history-point.ts';
export type * from './outbox-entry.ts';
export type * from './session-head.ts';
export * from './store-limits.ts';

/** How far an acknowledged write survives. */
export type Durability = 'memory' | 'everysec' | 'always' | 'flushed' | 'replicated';

/**
 * Figures about a store; counts and bytes are of this process for a memory store, of the whole for a shared one. They say
 * what is held, so sessions that have expired count until they are swept.
 */
export interface StoreStats {
  readonly backend: string;
  readonly durability: Durability;
  readonly sessions: number | null;
  readonly records: number | null;
  readonly bytes: number | null;
  readonly outboxEntries: number | null;
}

/**
 * Where logs live. Every method may be repeated safely. Failures with a definite "nothing happened" reject with
 * STORAGE_ERROR, those that may have happened with UNKNOWN_OUTCOME, a full store with OVERLOADED, an append with which a sum
 * of the session would pass 2^53 - 1 with COUNT_OVERFLOW (nothing happened in both), a value out of range with INVALID_INPUT;
 * expected outcomes are values. A sum of the tenant that would pass it is refused in the same way, or, where it is spread
 * over several places, when it is asked for. A session that has expired is invisible to every
 * method from that moment on, swept or not. Reads see every write that was acknowledged before they began.
 */
export interface Store {
  readonly backend: string;
  readonly durability: Durability;
  /** True when others may write here too (processes, or runtimes of this one), so that a cached state may be behind. */
  readonly isShared: boolean;
  /** True when it encrypts what it is given: then nothing that a log says is copied to where it would be in the clear. */
  readonly isEncrypted?: boolean;

  append(params: AppendParams): Promise<AppendResult>;
  /**
   * With `known`, only what came after it travels; a store may answer with a newer snapshot instead when more than one
   * page of records is missing.
   */
  load(params: { readonly key: SessionKey; readonly known?: HistoryPoint }): Promise<LoadResult>;
  /** Up to `limit` (1 to 10,000) records from `fromPosition` on; null when there is no such session. */
  read(params: {
    readonly key: SessionKey;
    readonly fromPosition: number;
    readonly limit: number;
  }): Promise<RecordPage | null>;
  /**
   * Keeps the snapshot if its point is in the session's past, it is newer than the one kept and there is room for it;
   * false otherwise.
   */
  saveSnapshot(params: { readonly key: SessionKey; readonly snapshot: Snapshot }): Promise<boolean>;

  head(params: { readonly key: SessionKey }): Promise<SessionHead | null>;
  list(params: ListParams): Promise<ListPage>;
  /** Sums over everything the tenant ever recorded, deleted sessions included; erased ones are taken out. */
  tenantUsage(params: { readonly tenant: string }): Promise<UsageCounters>;

  /**
   * Changes when the session expires, counted from now; a part that is not given stays as it is. With `mode: 'prolong'` a
   * part only ever moves to later. With `incarnation`, only that session and none that followed it under the same id. False,
   * and nothing changes, when there is no such session.
   */
  setTimeToLive(params: {
    readonly key: SessionKey;
    readonly timeToLive: Partial<TimeToLive>;
    /** Default `set`. */
    readonly mode?: 'set' | 'prolong';
    readonly incarnation?: string;
  }): Promise<boolean>;
  /** Raises the epoch that guards compare with by one, and returns it; null when there is no such session. */
  raiseEpoch(params: { readonly key: SessionKey }): Promise<number | null>;
  /**
   * Deletes for good: no late write brings it back. With `incarnation`, only that session and none that followed it under
   * the same id; with `version`, only while it has so many records. False, and nothing changes, when there is no such one.
   */
  remove(params: {
    readonly key: SessionKey;
    readonly incarnation?: string;
    readonly version?: number;
  }): Promise<boolean>;
  /** As `remove`, and takes what was recorded out of the tenant's sums; what a scope does not match is not touched. */
  erase(params: { readonly scope: EraseScope }): Promise<EraseReceipt>;

  /** Up to `limit` (1 to 1,000) entries due at or before the time given, earliest first. */
  dueOutbox(params: {
    readonly dueBeforeMs: number;
    readonly limit: number;
  }): Promise<readonly OutboxReference[]>;
  /**
   * Puts an entry off, or takes it out with `dueAtMs: null`; false when it is not there. With `mode: 'add'` one that is to be put
   * off and is not there is added, so that false says that there is no such session.
   */
  settleOutbox(params: {
    readonly key: SessionKey;
    readonly id: string;
    readonly dueAtMs: number | null;
    /** Default `keep`. */
    readonly mode?: 'keep' | 'add';
  }): Promise<boolean>;

  /**
   * Removes up to `limit` sessions that have expired, earliest first, and forgets removed ones when the retry horizon is
   * over; returns how many sessions went.
   */
  sweep(params: { readonly limit: number }): Promise<number>;
  stats(): Promise<StoreStats>;
  /** Second and later calls return the first one's promise; afterwards every other method rejects with CLOSED. */
  close(): Promise<void>;
}
