import { InvalidInput } from '../domain/errors.ts';
import { MAX_ID_LENGTH, MAX_TENANT_ID_LENGTH, type SessionKey } from '../domain/ids.ts';
import {
  type AppendParams,
  type HistoryPoint,
  type ListParams,
  MAX_APPEND_RECORDS,
  MAX_LIST_LIMIT,
  MAX_OUTBOX_LIMIT,
  MAX_READ_LIMIT,
  MAX_WRITER_LENGTH,
  type TimeToLive,
  type UsageCounters,
  type WriteId,
} from './store.ts';

// The callers are our own actors, so these checks are few and cheap: they catch a caller's slip before it is in a log.

/**
 * Checks the parts of a move that a type cannot express.
 * @throws INVALID_INPUT naming the field.
 */
export function assertAppendParams(params: AppendParams): void {
  assertKey(params.key);
  assertWrite(params.write);
  assertCounters(params.counters);
  assertRecords(params.records);
  if (params.known === null) assertCreation(params);
  else assertPoint(params.known, 'known');
  if (params.timeToLive !== undefined) assertTimeToLive(params.timeToLive);
  if (params.guards?.segment !== undefined) assertCount(params.guards.segment, 'guards.segment', 1);
  if (params.guards?.epoch !== undefined) assertCount(params.guards.epoch, 'guards.epoch', 0);
  if (params.openSegment !== undefined) assertCount(params.openSegment, 'openSegment', 1);
  for (const entry of params.outbox?.add ?? []) assertTime(entry.dueAtMs, 'outbox.add.dueAtMs');
}

/**
 * Checks that a key can name a session.
 * @throws INVALID_INPUT naming the field.
 */
export function assertKey(key: SessionKey): void {
  assertTenant(key.tenant, 'key.tenant');
  assertLength(key.sessionId, 'key.sessionId', MAX_ID_LENGTH);
}

/**
 * Checks that a text can name a tenant.
 * @throws INVALID_INPUT naming the field.
 */
export function assertTenant(tenant: string, field: string): void {
  assertLength(tenant, field, MAX_TENANT_ID_LENGTH);
}

/**
 * Checks that a point can be one of a session with records.
 * @throws INVALID_INPUT naming the field.
 */
export function assertPoint(point: HistoryPoint, field: string): void {
  assertCount(point.version, `${field}.version`, 1);
}

/**
 * Checks that the times to live that are given are whole milliseconds, 0 (expires now) or more, or null.
 * @throws INVALID_INPUT naming the field.
 */
export function assertTimeToLive(timeToLive: Partial<TimeToLive>): void {
  const { absoluteMs = null, slidingMs = null } = timeToLive;
  if (absoluteMs !== null) assertCount(absoluteMs, 'timeToLive.absoluteMs', 0);
  if (slidingMs !== null) assertCount(slidingMs, 'timeToLive.slidingMs', 0);
}

/**
 * Checks the range of a read.
 * @throws INVALID_INPUT naming the field.
 */
export function assertReadRange(fromPosition: number, limit: number): void {
  assertCount(fromPosition, 'fromPosition', 1);
  assertLimit(limit, MAX_READ_LIMIT);
}

/**
 * Checks the conditions of a listing, except the cursor.
 * @throws INVALID_INPUT naming the field.
 */
export function assertListParams(params: ListParams): void {
  assertTenant(params.tenant, 'tenant');
  assertLimit(params.limit, MAX_LIST_LIMIT);
  const { createdFromMs, createdBeforeMs, updatedFromMs, updatedBeforeMs } = params;
  for (const [field, timeMs] of Object.entries({
    createdFromMs,
    createdBeforeMs,
    updatedFromMs,
    updatedBeforeMs,
  })) {
    if (timeMs !== undefined) assertTime(timeMs, field);
  }
}

/**
 * Checks how much of the outbox is asked for.
 * @throws INVALID_INPUT naming the field.
 */
export function assertDueRange(dueBeforeMs: number, limit: number): void {
  assertTime(dueBeforeMs, 'dueBeforeMs');
  assertLimit(limit, MAX_OUTBOX_LIMIT);
}

/**
 * Checks a point in time.
 * @throws INVALID_INPUT naming the field.
 */
export function assertTime(timeMs: number, field: string): void {
  if (Number.isFinite(timeMs)) return;
  throw new InvalidInput({ field, expected: `a time in milliseconds, got ${timeMs}` });
}

/**
 * Checks a limit that has an upper bound.
 * @throws INVALID_INPUT naming `limit`.
 */
export function assertLimit(limit: number, maximum: number = Number.MAX_SAFE_INTEGER): void {
  assertCount(limit, 'limit', 1);
  if (limit > maximum)
    throw new InvalidInput({ field: 'limit', expected: `at most ${maximum}, got ${limit}` });
}

function assertCreation(params: AppendParams): void {
  if (params.mode !== 'expected') {
    throw new InvalidInput({ field: 'known', expected: "a point of history with mode 'any'" });
  }
  if (params.timeToLive === undefined) {
    throw new InvalidInput({
      field: 'timeToLive',
      expected: 'a time to live when `known` is null',
    });
  }
  if ((params.guards?.segment ?? 1) !== 1) {
    throw new InvalidInput({ field: 'guards.segment', expected: '1 when `known` is null' });
  }
}

function assertWrite(write: WriteId): void {
  assertLength(write.writer, 'write.writer', MAX_WRITER_LENGTH);
  assertCount(write.operation, 'write.operation', 1);
}

function assertCounters(counters: UsageCounters): void {
  const { events, messages, toolCalls, unpricedCalls, tokens, costPico } = counters;
  if (
    ![events, messages, toolCalls, unpricedCalls, tokens].every(Number.isSafeInteger) ||
    typeof costPico !== 'bigint'
  ) {
    throw new InvalidInput({ field: 'counters', expected: 'safe integers and a bigint cost' });
  }
}

function assertRecords(records: readonly string[]): void {
  if (records.length >= 1 && records.length <= MAX_APPEND_RECORDS) return;
  throw new InvalidInput({
    field: 'records',
    expected: `1 to ${MAX_APPEND_RECORDS} records, got ${records.length}`,
  });
}

function assertLength(text: string, field: string, maximum: number): void {
  if (text.length >= 1 && text.length <= maximum) return;
  throw new InvalidInput({ field, expected: `1 to ${maximum} characters, got ${text.length}` });
}

function assertCount(value: number, field: string, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw new InvalidInput({ field, expected: `an integer of at least ${minimum}, got ${value}` });
}
