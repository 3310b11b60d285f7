import { z } from 'zod';
import { StorageError } from '../domain/errors.ts';
import { type LogEvent, logEventSchema } from '../domain/log-event.ts';
import { isOrdinaryRecord } from '../domain/ordinary-record.ts';
import { MAX_RECORD_LENGTH } from '../domain/record-limit.ts';
import type { SessionState } from '../domain/session-state.ts';
import { SEALED_TEXT } from './encryption/sealed-text.ts';
import { parseStoredState, toStoredState } from './stored-state.ts';

/** Version of everything written from now on; a record is this number, then a JSON object. */
export const SCHEMA_VERSION = 1;

/** Brings the JSON of one older schema version to the next one; the key is the version it starts from. */
type Migrations = Readonly<Record<number, (value: unknown) => unknown>>;

/** None yet: version 1 is the first. */
const MIGRATIONS: Migrations = {};

/**
 * One event as the text a store keeps.
 * @throws EVENT_TOO_LARGE above {@link MAX_RECORD_LENGTH}.
 */
export function encodeRecord(event: LogEvent): string {
  const record = `${SCHEMA_VERSION}${JSON.stringify(event)}`;
  if (record.length <= MAX_RECORD_LENGTH) return record;
  throw new StorageError({
    code: 'EVENT_TOO_LARGE',
    operation: 'encode',
    message:
      `${largestField(event)}: the largest part of an event of ${record.length} characters, ` +
      `expected at most ${MAX_RECORD_LENGTH} for all of it`,
  });
}

/** The field that takes most of a record, by name alone; of what was recorded, where there is such. */
function largestField(event: LogEvent): string {
  const fields = 'event' in event ? event.event : event;
  const lengths = Object.entries(fields).map(
    ([field, value]) => [field, JSON.stringify(value)?.length ?? 0] as const,
  );
  return lengths.reduce((largest, next) => (next[1] > largest[1] ? next : largest))[0];
}

/**
 * The event of a stored record; unknown fields stay on it.
 * @throws SCHEMA_TOO_NEW when a newer version wrote it, CORRUPT_RECORD when it is not what any version wrote; both name
 * the position, neither the content.
 */
export function decodeRecord(record: string, position: number): LogEvent {
  const value = decodeVersioned(record, `record ${position}`);
  if (isOrdinaryRecord(value)) return value;
  const parsed = logEventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw corrupt(`record ${position}`, firstIssue(parsed.error));
}

/** As {@link decodeRecord} for records that follow one another. */
export function decodeRecords(
  records: readonly string[],
  firstPosition: number,
): readonly LogEvent[] {
  return records.map((record, index) => decodeRecord(record, firstPosition + index));
}

/** A folded state as the text of a snapshot. */
export function encodeSnapshot(state: SessionState): string {
  return `${SCHEMA_VERSION}${JSON.stringify(toStoredState(state))}`;
}

/**
 * The state of a snapshot.
 * @throws SCHEMA_TOO_NEW or CORRUPT_RECORD; the log holds the same, so a reader may fall back to it.
 */
export function decodeSnapshot(body: string): SessionState {
  const value = decodeVersioned(body, 'snapshot');
  try {
    return parseStoredState(value);
  } catch (cause) {
    if (cause instanceof z.ZodError) throw corrupt('snapshot', firstIssue(cause));
    throw cause;
  }
}

/** The JSON behind a version number, brought up to the present version. */
function decodeVersioned(text: string, what: string): unknown {
  const brace = text.indexOf('{');
  const version = Number(text.slice(0, Math.max(brace, 0)));
  if (brace < 1 || !Number.isSafeInteger(version) || version < 1) {
    const isSealed = SEALED_TEXT.test(text);
    throw corrupt(what, isSealed ? 'it is encrypted, and read without a key' : 'no schema version');
  }
  if (version > SCHEMA_VERSION) {
    throw new StorageError({
      code: 'SCHEMA_TOO_NEW',
      operation: 'decode',
      message: `Stored ${what} has schema version ${version}; this process reads up to ${SCHEMA_VERSION}`,
    });
  }
  return migrate(parseJson(text.slice(brace), what), version);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is somebody's conversation.
    throw corrupt(what, 'not JSON');
  }
}

function migrate(value: unknown, from: number): unknown {
  let current = value;
  for (let version = from; version < SCHEMA_VERSION; version += 1) {
    current = MIGRATIONS[version]?.(current) ?? current;
  }
  return current;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'unexpected shape'
    : `unexpected ${issue.code} at ${issue.path.join('.')}`;
}

function corrupt(what: string, reason: string): StorageError {
  return new StorageError({
    code: 'CORRUPT_RECORD',
    operation: 'decode',
    message: `Stored ${what} cannot be read: ${reason}`,
  });
}
