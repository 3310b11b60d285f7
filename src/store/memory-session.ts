import type { SessionKey } from '../domain/ids.ts';
import type { HeapItem } from './due-heap.ts';
import { isLinkText, linkText } from './history-chain.ts';
import { RecordLog } from './record-log.ts';
import {
  type HistoryPoint,
  MAX_TAIL_RECORDS,
  type SessionHead,
  type SessionLabels,
  type Snapshot,
  type Tail,
  type TimeToLive,
} from './store.ts';
import { UsageTally } from './usage-tally.ts';
import type { WriterLedger } from './writer-ledger.ts';

/** Labels of a session that was given none. */
export const NO_LABELS: SessionLabels = Object.freeze({
  userId: null,
  properties: Object.freeze({}),
});

const NO_RECORDS: readonly string[] = Object.freeze([]);

/** An outbox entry in the memory of its store. */
export interface WaitingEntry extends HeapItem {
  readonly session: MemorySession;
  readonly id: string;
}

/** What a session begins with. */
export interface MemorySessionSeed {
  readonly tenant: string;
  readonly sessionId: string;
  readonly incarnation: string;
  readonly sequence: number;
  readonly createdAtMs: number;
  /** What is remembered of writes to an earlier session of the id. */
  readonly ledger: WriterLedger;
}

/** One session of a memory store; its store alone changes it, one whole move at a time. */
export class MemorySession implements HeapItem {
  readonly tenant: string;
  readonly sessionId: string;
  readonly incarnation: string;
  readonly createdAtMs: number;
  /** Grows with every creation in the store. */
  readonly createdSequence: number;
  readonly log: RecordLog = new RecordLog();
  readonly ledger: WriterLedger;
  /**
   * Creations that were refused because the session was there already; without them a late copy of one would create the
   * session anew once it is removed.
   */
  refusedCreations: WriterLedger | null = null;
  readonly usage: UsageTally = new UsageTally();
  labels: SessionLabels = NO_LABELS;
  /** Grows with every write in the store; the order of latest activity. */
  updatedSequence: number;
  openSegment = 1;
  epoch = 0;
  snapshot: Snapshot | null = null;
  outbox: Map<string, WaitingEntry> | null = null;
  /** Estimated memory that goes when the session goes. */
  bytes = 0;
  /** Null when it never expires. */
  expiresAtMs: number | null = null;
  heapSlot = -1;
  #deadlineMs: number | null = null;
  #slidingMs: number | null = null;
  #slidesFromMs = 0;

  constructor(seed: MemorySessionSeed) {
    this.tenant = seed.tenant;
    this.sessionId = seed.sessionId;
    this.incarnation = seed.incarnation;
    this.createdAtMs = seed.createdAtMs;
    this.createdSequence = seed.sequence;
    this.ledger = seed.ledger;
    this.updatedSequence = seed.sequence;
  }

  /** What names the session. */
  key(): SessionKey {
    return { tenant: this.tenant, sessionId: this.sessionId };
  }

  /** The point after the last record. */
  point(): HistoryPoint {
    return this.pointAt(this.log.length);
  }

  /** The point after `version` records. */
  pointAt(version: number): HistoryPoint {
    return {
      incarnation: this.incarnation,
      version,
      hash: linkText(this.log.linkAt(version) ?? 0),
    };
  }

  /** Whether a point of this incarnation is in its past. */
  hasPassed(point: HistoryPoint): boolean {
    const link = this.log.linkAt(point.version);
    return link !== null && isLinkText(point.hash, link);
  }

  /** The records after `version`, up to `endVersion`, as far as one page goes. */
  tail(version: number, endVersion: number): Tail {
    const missing = endVersion - version;
    if (missing === 0) return { firstPosition: version + 1, records: NO_RECORDS, isComplete: true };
    return {
      firstPosition: version + 1,
      records: this.log.slice(version + 1, Math.min(missing, MAX_TAIL_RECORDS)),
      isComplete: missing <= MAX_TAIL_RECORDS,
    };
  }

  /** When the latest append was recorded. */
  updatedAtMs(): number {
    return this.ledger.latestAtMs;
  }

  /** Whether it still is the session, and as long, as somebody says; what is not said holds. */
  matches(said: { readonly incarnation?: string; readonly version?: number }): boolean {
    const { incarnation = this.incarnation, version = this.log.length } = said;
    return incarnation === this.incarnation && version === this.log.length;
  }

  /** Sets when the session expires, counted from a time; parts that are not given stay. */
  limitLife({ absoluteMs, slidingMs }: Partial<TimeToLive>, nowMs: number): void {
    if (absoluteMs !== undefined)
      this.#deadlineMs = absoluteMs === null ? null : nowMs + absoluteMs;
    if (slidingMs !== undefined) this.#slidingMs = slidingMs;
    this.prolongLife(slidingMs === undefined ? this.#slidesFromMs : nowMs);
  }

  /** As {@link limitLife}, but no part moves to earlier. */
  extendLife({ absoluteMs, slidingMs }: Partial<TimeToLive>, nowMs: number): void {
    if (absoluteMs !== undefined)
      this.#deadlineMs = later(this.#deadlineMs, absoluteMs === null ? null : nowMs + absoluteMs);
    if (slidingMs !== undefined) this.#slidingMs = later(this.#slidingMs, slidingMs);
    this.prolongLife(slidingMs === undefined ? this.#slidesFromMs : nowMs);
  }

  /** Counts the sliding part of the time to live from a time on. */
  prolongLife(nowMs: number): void {
    this.#slidesFromMs = nowMs;
    if (this.#slidingMs === null) {
      this.expiresAtMs = this.#deadlineMs;
      return;
    }
    this.expiresAtMs = Math.min(this.#deadlineMs ?? Infinity, nowMs + this.#slidingMs);
  }

  /** Whether the session is gone for every caller, removed yet or not. */
  isExpired(nowMs: number): boolean {
    return this.expiresAtMs !== null && this.expiresAtMs <= nowMs;
  }

  /** The session as a row of a listing. */
  head(): SessionHead {
    return {
      key: this.key(),
      labels: this.labels,
      createdAtMs: this.createdAtMs,
      updatedAtMs: this.updatedAtMs(),
      expiresAtMs: this.expiresAtMs,
      limitAtMs: this.#deadlineMs,
      slidingMs: this.#slidingMs,
      version: this.log.length,
      openSegment: this.openSegment,
      counters: this.usage.read(),
    };
  }
}

/** The later of two times; null is never. */
function later(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : Math.max(left, right);
}
