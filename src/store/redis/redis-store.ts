import type { Clock } from '../../domain/clock.ts';
import { SessionManagerError } from '../../domain/errors.ts';
import { countOverflow } from '../../domain/exact-sum.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { AppendParams, AppendResult } from '../append-move.ts';
import type { EraseReceipt, EraseScope } from '../erasure.ts';
import type { HistoryPoint, LoadResult, RecordPage, Snapshot } from '../history-point.ts';
import { bucketOf, encodeKeyPart } from '../keys.ts';
import type { OutboxReference } from '../outbox-entry.ts';
import {
  assertAppendParams,
  assertDueRange,
  assertKey,
  assertLimit,
  assertListParams,
  assertPoint,
  assertReadRange,
  assertTenant,
  assertTime,
  assertTimeToLive,
} from '../params-check.ts';
import type {
  ListPage,
  ListParams,
  SessionHead,
  TimeToLive,
  UsageCounters,
} from '../session-head.ts';
import type { Durability, Store, StoreStats } from '../store.ts';
import { MAX_TAIL_RECORDS } from '../store-limits.ts';
import { UsageTally } from '../usage-tally.ts';
import { AppendBatcher } from './append-batcher.ts';
import type { PendingBounds } from './pending-budget.ts';
import { eraseMany, type ErasedCounts, removeOne } from './redis-erasure.ts';
import { listSessions } from './redis-listing.ts';
import { readDueOutbox } from './redis-outbox.ts';
import type { Keeping, RedisPort, RedisScript } from './redis-port.ts';
import { toNumber, toTexts } from './redis-reply.ts';
import { RedisSpace } from './redis-space.ts';
import { RedisSweeper } from './redis-sweeper.ts';
import {
  LIMIT_LIFE,
  LOAD_SESSION,
  RAISE_EPOCH,
  READ_FIGURES,
  READ_RECORDS,
  READ_USAGE,
  SAVE_SNAPSHOT,
  SETTLE_OUTBOX,
} from './scripts.generated.ts';
import { readHeads } from './session-heads.ts';
import { toLoadResult, toRecordPage } from './session-text.ts';
import { parseUsageText } from './usage-text.ts';

/** How a Redis store is set up. */
export interface RedisStoreSettings extends PendingBounds {
  readonly port: RedisPort;
  /** Where the store takes its time from; null for the server, the one clock that all processes share. */
  readonly clock: Clock | null;
  /** Real time, for sweeping. */
  readonly timers: Clock;
  readonly namespace: string;
  readonly durability: Durability;
  /** Where a write has to be before it is acknowledged; null where the server's word is enough. */
  readonly keeping: Keeping | null;
  readonly retryHorizonMs: number;
  /** Time between sweeps of what has expired; null for none. */
  readonly sweepIntervalMs: number | null;
  /** A text that no other call has. */
  readonly newMark: () => string;
}

const NOTHING_ERASED: ErasedCounts = { sessions: 0, records: 0, snapshots: 0, outboxEntries: 0 };

/** A store in Redis that any number of processes write to at once; each method is one script, or one for many buckets. */
export function createRedisStore(settings: RedisStoreSettings): Store {
  return new RedisStore(settings);
}

class RedisStore implements Store {
  readonly backend = 'redis';
  readonly durability: Durability;
  readonly isShared = true;
  readonly #settings: RedisStoreSettings;
  readonly #space: RedisSpace;
  readonly #batcher: AppendBatcher;
  readonly #sweeper: RedisSweeper;
  #isOpen = false;
  #closing: Promise<void> | null = null;

  constructor(settings: RedisStoreSettings) {
    const { clock } = settings;
    const nowText = (): string => (clock === null ? '' : String(clock.nowMs()));
    this.#settings = settings;
    this.durability = settings.durability;
    this.#space = new RedisSpace({ ...settings, nowText });
    this.#sweeper = new RedisSweeper(this.#space, settings.timers);
    this.#batcher = new AppendBatcher({
      ...settings,
      nowText,
      mend: (key) => this.#space.mend(key),
    });
  }

  async append(params: AppendParams): Promise<AppendResult> {
    assertAppendParams(params);
    // Copied before anything is waited for: the caller may change its objects.
    const move = { ...params, records: [...params.records], ...copiedLabels(params) };
    await this.#ready();
    const bucket = bucketOf(params.key);
    return this.#batcher.append({
      params: move,
      bucket,
      keys: this.#space.appendKeys(params.key, bucket),
      incarnation: this.#space.newMark(),
    });
  }

  async load(params: {
    readonly key: SessionKey;
    readonly known?: HistoryPoint;
  }): Promise<LoadResult> {
    const { key, known } = params;
    assertKey(key);
    if (known !== undefined) assertPoint(known, 'known');
    await this.#ready();
    const answer = await this.#space.runOnWhole(LOAD_SESSION, key, [
      known?.incarnation ?? '',
      String(known?.version ?? 0),
      known?.hash ?? '',
      String(MAX_TAIL_RECORDS),
    ]);
    return toLoadResult(answer);
  }

  async read(params: {
    readonly key: SessionKey;
    readonly fromPosition: number;
    readonly limit: number;
  }): Promise<RecordPage | null> {
    const { key, fromPosition, limit } = params;
    assertKey(key);
    assertReadRange(fromPosition, limit);
    await this.#ready();
    const answer = await this.#space.runOnWhole(READ_RECORDS, key, [
      String(fromPosition),
      String(limit),
    ]);
    return toRecordPage(answer, fromPosition);
  }

  async saveSnapshot(params: {
    readonly key: SessionKey;
    readonly snapshot: Snapshot;
  }): Promise<boolean> {
    const { key, snapshot } = params;
    assertKey(key);
    assertPoint(snapshot.point, 'snapshot.point');
    const { incarnation, version, hash } = snapshot.point;
    const args = [incarnation, String(version), hash, snapshot.body];
    return (await this.#runFor(SAVE_SNAPSHOT, key, args)) === 1;
  }

  async head(params: { readonly key: SessionKey }): Promise<SessionHead | null> {
    assertKey(params.key);
    await this.#ready();
    const [head] = await readHeads(this.#space, [params.key]);
    return head ?? null;
  }

  async list(params: ListParams): Promise<ListPage> {
    assertListParams(params);
    await this.#ready();
    return listSessions(this.#space, params);
  }

  async tenantUsage(params: { readonly tenant: string }): Promise<UsageCounters> {
    assertTenant(params.tenant, 'tenant');
    await this.#ready();
    const answers = await this.#space.buckets.run(READ_USAGE, [
      encodeKeyPart(params.tenant, 'tenant'),
    ]);
    const tally = new UsageTally();
    for (const text of answers.flatMap(toTexts)) {
      const counters = parseUsageText(text);
      if (!tally.canAdd(counters)) throw countOverflow();
      tally.add(counters);
    }
    return tally.read();
  }

  async setTimeToLive(params: {
    readonly key: SessionKey;
    readonly timeToLive: Partial<TimeToLive>;
    readonly mode?: 'set' | 'prolong';
    readonly incarnation?: string;
  }): Promise<boolean> {
    const { key, timeToLive, mode = 'set', incarnation = '' } = params;
    assertKey(key);
    assertTimeToLive(timeToLive);
    const parts = [timeToLive.absoluteMs, timeToLive.slidingMs].flatMap((ms) => [
      ms === undefined ? '0' : '1',
      String(ms ?? ''),
    ]);
    const args = [incarnation, mode === 'prolong' ? '1' : '0', ...parts];
    return (await this.#runFor(LIMIT_LIFE, key, args)) === 1;
  }

  async raiseEpoch(params: { readonly key: SessionKey }): Promise<number | null> {
    assertKey(params.key);
    const answer = await this.#runFor(RAISE_EPOCH, params.key, [this.#space.newMark()]);
    return answer === null ? null : toNumber(answer);
  }

  async remove(params: {
    readonly key: SessionKey;
    readonly incarnation?: string;
    readonly version?: number;
  }): Promise<boolean> {
    assertKey(params.key);
    await this.#ready();
    return (await removeOne(this.#space, { ...params, isErasure: false })) !== null;
  }

  async erase(params: { readonly scope: EraseScope }): Promise<EraseReceipt> {
    const { scope } = params;
    const tenant = scope.kind === 'session' ? scope.key.tenant : scope.tenant;
    if (scope.kind === 'session') assertKey(scope.key);
    else assertTenant(tenant, 'scope.tenant');
    await this.#ready();
    const counts =
      scope.kind === 'session'
        ? ((await removeOne(this.#space, { ...scope, isErasure: true })) ?? NOTHING_ERASED)
        : await eraseMany(this.#space, scope);
    const clock = this.#settings.clock ?? this.#settings.timers;
    return { scope: scope.kind, tenant, ...counts, erasedAtMs: clock.nowMs() };
  }

  async dueOutbox(params: {
    readonly dueBeforeMs: number;
    readonly limit: number;
  }): Promise<readonly OutboxReference[]> {
    assertDueRange(params.dueBeforeMs, params.limit);
    await this.#ready();
    return readDueOutbox(this.#space, params);
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
    const isAdded = mode === 'add' && dueAtMs !== null;
    const args = [id, String(dueAtMs ?? ''), this.#space.newMark(), isAdded ? '1' : ''];
    return (await this.#runFor(SETTLE_OUTBOX, key, args)) === 1;
  }

  async sweep(params: { readonly limit: number }): Promise<number> {
    assertLimit(params.limit);
    await this.#ready();
    return this.#sweeper.sweep(params.limit);
  }

  async stats(): Promise<StoreStats> {
    await this.#ready();
    const answers = await this.#space.buckets.run(READ_FIGURES, []);
    const outboxEntries = answers.map(toNumber).reduce((sum, count) => sum + count, 0);
    const { backend, durability } = this;
    // Counting the rest would be a walk over everything that is kept.
    return { backend, durability, sessions: null, records: null, bytes: null, outboxEntries };
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    this.#sweeper.stop();
    await this.#settings.port.close();
  }

  async #ready(): Promise<void> {
    this.#assertOpen();
    if (this.#isOpen) return;
    await this.#settings.port.open();
    this.#assertOpen();
    // Others may have waited for the same connection.
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { sweepIntervalMs } = this.#settings;
    if (sweepIntervalMs !== null) this.#sweeper.start(sweepIntervalMs);
  }

  #assertOpen(): void {
    if (this.#closing === null) return;
    throw new SessionManagerError('The Redis store was closed', { code: 'CLOSED' });
  }

  async #runFor(script: RedisScript, key: SessionKey, args: readonly string[]): Promise<unknown> {
    await this.#ready();
    return this.#space.runFor(script, key, args);
  }
}

function copiedLabels({ labels }: AppendParams): Pick<AppendParams, 'labels'> {
  if (labels === undefined) return {};
  return { labels: { userId: labels.userId, properties: { ...labels.properties } } };
}
