import type { Clock, Timer } from '../domain/clock.ts';
import { InvalidInput, SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { AppendParams, AppendResult } from './append-move.ts';
import type { EraseReceipt, EraseScope } from './erasure.ts';
import type { LoadResult, RecordPage, Snapshot } from './history-point.ts';
import { appendMove } from './memory-append.ts';
import { eraseScope } from './memory-erasure.ts';
import { listSessions } from './memory-listing.ts';
import {
  keepSnapshot,
  type LoadParams,
  loadSession,
  type ReadParams,
  readRecords,
} from './memory-reading.ts';
import { type MemorySettings, MemoryState } from './memory-state.ts';
import type { OutboxReference } from './outbox-entry.ts';
import {
  assertDueRange,
  assertKey,
  assertLimit,
  assertTenant,
  assertTime,
  assertTimeToLive,
} from './params-check.ts';
import type {
  ListPage,
  ListParams,
  SessionHead,
  TimeToLive,
  UsageCounters,
} from './session-head.ts';
import type { Durability, Store, StoreStats } from './store.ts';
import { markOf } from './text-hash.ts';
import { UsageTally } from './usage-tally.ts';

/** How a memory store is set up; everything but the clock has a default. */
export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Sessions held at most; 1,000,000 when not given. */
  readonly maxSessions?: number;
  /** Estimated bytes held at most; 1 GiB when not given, about half of what Node gives a heap by default. */
  readonly maxBytes?: number;
  /** How long writers and removed sessions are remembered at least; 10 minutes when not given, and more than the limit `idleTimeoutMs`. */
  readonly retryHorizonMs?: number;
  /** Time between sweeps of what has expired; 30 seconds when not given. */
  readonly sweepIntervalMs?: number;
  /** Text that no earlier store of this process had, so that points of its sessions are not taken for ours. */
  readonly instance?: string;
}

const DEFAULT_MAX_SESSIONS = 1_000_000;
const DEFAULT_MAX_BYTES = 1024 ** 3;
const DEFAULT_RETRY_HORIZON_MS = 10 * 60_000;
const DEFAULT_SWEEP_INTERVAL_MS = 30_000;

/** Sessions that one background sweep looks at, which keeps it to a few milliseconds. */
const SWEEP_BATCH = 1000;

/** Pause before a background sweep that was cut short goes on. */
const SWEEP_PAUSE_MS = 10;

/**
 * A store in the memory of this process: fast, bounded, and gone with the process. Every method does its work in one
 * turn of the event loop, so nothing can come between its parts.
 * @throws INVALID_INPUT for a bound that is not a positive integer.
 */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options.clock, settingsOf(options));
}

function settingsOf(options: MemoryStoreOptions): MemorySettings {
  const bounds = {
    maxSessions: options.maxSessions ?? DEFAULT_MAX_SESSIONS,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    retryHorizonMs: options.retryHorizonMs ?? DEFAULT_RETRY_HORIZON_MS,
    sweepIntervalMs: options.sweepIntervalMs ?? DEFAULT_SWEEP_INTERVAL_MS,
  };
  for (const [field, value] of Object.entries(bounds)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new InvalidInput({ field, expected: 'a positive integer' });
  }
  // Every session carries the mark in its incarnation, so it is kept short.
  return { ...bounds, instance: markOf(options.instance ?? String(options.clock.nowMs())) };
}

class MemoryStore implements Store {
  readonly backend = 'memory';
  readonly durability: Durability = 'memory';
  /** Several runtimes of one process may hold the same store. */
  readonly isShared = true;
  readonly #clock: Clock;
  readonly #settings: MemorySettings;
  #state: MemoryState | null;
  #nowMs = 0;
  #sweeper: Timer;
  #closing: Promise<void> | null = null;

  constructor(clock: Clock, settings: MemorySettings) {
    this.#clock = clock;
    this.#settings = settings;
    this.#state = new MemoryState(settings);
    this.#sweeper = this.#sweepAfter(settings.sweepIntervalMs);
  }

  async append(params: AppendParams): Promise<AppendResult> {
    return appendMove(this.#open(), params, this.#time());
  }

  async load(params: LoadParams): Promise<LoadResult> {
    return loadSession(this.#open(), params, this.#time());
  }

  async read(params: ReadParams): Promise<RecordPage | null> {
    return readRecords(this.#open(), params, this.#time());
  }

  async saveSnapshot(params: {
    readonly key: SessionKey;
    readonly snapshot: Snapshot;
  }): Promise<boolean> {
    return keepSnapshot(this.#open(), params, this.#time());
  }

  async head(params: { readonly key: SessionKey }): Promise<SessionHead | null> {
    assertKey(params.key);
    return this.#open().find(params.key, this.#time())?.head() ?? null;
  }

  async list(params: ListParams): Promise<ListPage> {
    return listSessions(this.#open(), params, this.#time());
  }

  async tenantUsage(params: { readonly tenant: string }): Promise<UsageCounters> {
    assertTenant(params.tenant, 'tenant');
    return (this.#open().shelf(params.tenant)?.usage ?? new UsageTally()).read();
  }

  async setTimeToLive(params: {
    readonly key: SessionKey;
    readonly timeToLive: Partial<TimeToLive>;
    readonly mode?: 'set' | 'prolong';
    readonly incarnation?: string;
  }): Promise<boolean> {
    assertKey(params.key);
    assertTimeToLive(params.timeToLive);
    const state = this.#open();
    const session = state.find(params.key, this.#time());
    const { incarnation = session?.incarnation } = params;
    if (session === null || incarnation !== session.incarnation) return false;
    if (params.mode === 'prolong') session.extendLife(params.timeToLive, this.#time());
    else session.limitLife(params.timeToLive, this.#time());
    state.watch(session);
    return true;
  }

  async raiseEpoch(params: { readonly key: SessionKey }): Promise<number | null> {
    assertKey(params.key);
    const session = this.#open().find(params.key, this.#time());
    if (session === null) return null;
    session.epoch += 1;
    return session.epoch;
  }

  async remove(params: {
    readonly key: SessionKey;
    readonly incarnation?: string;
    readonly version?: number;
  }): Promise<boolean> {
    assertKey(params.key);
    const state = this.#open();
    const session = state.find(params.key, this.#time());
    if (session === null || !session.matches(params)) return false;
    state.retire(session, this.#time());
    return true;
  }

  async erase(params: { readonly scope: EraseScope }): Promise<EraseReceipt> {
    return eraseScope(this.#open(), params.scope, this.#time());
  }

  async dueOutbox(params: {
    readonly dueBeforeMs: number;
    readonly limit: number;
  }): Promise<readonly OutboxReference[]> {
    assertDueRange(params.dueBeforeMs, params.limit);
    return this.#open().outbox.due(params.dueBeforeMs, params.limit, this.#time());
  }

  async settleOutbox(params: {
    readonly key: SessionKey;
    readonly id: string;
    readonly dueAtMs: number | null;
    readonly mode?: 'keep' | 'add';
  }): Promise<boolean> {
    const { key, id, dueAtMs, mode = 'keep' } = params;
    assertKey(key);
    if (dueAtMs !== null) assertTime(dueAtMs, 'dueAtMs');
    const state = this.#open();
    const session = state.find(key, this.#time());
    if (session === null) return false;
    if (dueAtMs === null) return state.outbox.take(session, id);
    if (mode === 'keep') return state.outbox.defer(session, id, dueAtMs);
    state.outbox.put(session, id, dueAtMs);
    return true;
  }

  async sweep(params: { readonly limit: number }): Promise<number> {
    assertLimit(params.limit);
    const state = this.#open();
    state.forgetRemoved(this.#time(), params.limit);
    return state.removeExpired(this.#time(), { removed: params.limit, examined: Infinity });
  }

  async stats(): Promise<StoreStats> {
    const state = this.#open();
    const { sessions, records, bytes } = state.meter.held;
    const { backend, durability } = this;
    return { backend, durability, sessions, records, bytes, outboxEntries: state.outbox.size };
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    this.#sweeper.cancel();
    this.#state = null;
  }

  #open(): MemoryState {
    if (this.#state !== null) return this.#state;
    throw new SessionManagerError('The memory store was closed', { code: 'CLOSED' });
  }

  /** A wall clock may be set back; orders by time and expiry are simpler when it stands still instead. */
  #time(): number {
    this.#nowMs = Math.max(this.#nowMs, this.#clock.nowMs());
    return this.#nowMs;
  }

  #sweepAfter(delayMs: number): Timer {
    const sweep = (): void => this.#sweepInBackground();
    return this.#clock.setTimer(delayMs, sweep, { isBackground: true });
  }

  #sweepInBackground(): void {
    const state = this.#open();
    state.forgetRemoved(this.#time(), SWEEP_BATCH);
    state.removeExpired(this.#time(), { removed: SWEEP_BATCH, examined: SWEEP_BATCH });
    const isDone = !state.hasSweepable(this.#time());
    this.#sweeper = this.#sweepAfter(isDone ? this.#settings.sweepIntervalMs : SWEEP_PAUSE_MS);
  }
}
