import { assertObject, assertObjects } from './argument.ts';
import { z } from 'zod';

import { InvalidInput, SessionManagerError } from './errors.ts';
import { idSchema, tenantSchema } from './ids.ts';
import { parseInput } from './parse.ts';
import type { RecordedEvent } from './recorded-event.ts';
import { RUN_STATUSES, type SessionRun } from './run.ts';
import { segmentSummarySchema } from './segment.ts';
import type { Session, SessionMetadata } from './session.ts';
import {
  billingSchema,
  EVENT_SOURCES,
  EVENT_TYPES,
  jsonObjectSchema,
  jsonValueSchema,
} from './session-event.ts';
import { tokenSummarySchema } from './token-summary.ts';
import { tokenUsageSchema } from './token-usage.ts';

/** Version of the shape that {@link sessionToJson} writes. */
export const SESSION_SCHEMA_VERSION = 1;

/** When a session began and changed last, as it is written. */
export interface MetadataJson extends Omit<SessionMetadata, 'createdAtMs' | 'updatedAtMs'> {
  /** ISO 8601, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A run as it is written. */
export interface RunJson extends Omit<SessionRun, 'startedAtMs' | 'endedAtMs'> {
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** An event as it is written. */
export interface EventJson extends Omit<RecordedEvent, 'timestampMs'> {
  readonly timestamp: string;
}

/**
 * A session as it is written: the session itself with a version in front and every time as an ISO 8601 string in UTC.
 * Absent things are null, never left out; amounts of money are exact decimal strings.
 */
export interface SessionJson extends Omit<Session, 'metadata' | 'runs' | 'events'> {
  readonly schemaVersion: number;
  readonly metadata: MetadataJson;
  readonly runs: readonly RunJson[];
  readonly events: readonly EventJson[];
}

/** The session in its written shape, ready for `JSON.stringify`; a copy that shares nothing with the session. */
export function sessionToJson(session: Session): SessionJson {
  assertObject(session, 'session', { metadata: 'an object' });
  assertObjects(session.runs, 'session.runs');
  assertObjects(session.events, 'session.events');
  const { metadata, runs, events, ...rest } = session;
  // What a later minor version added travels along in the rests.
  return structuredClone({
    schemaVersion: SESSION_SCHEMA_VERSION,
    ...rest,
    metadata: metadataToJson(metadata),
    runs: runs.map(runToRow),
    events: events.map(eventToRow),
  });
}

/**
 * The session behind what {@link sessionToJson} wrote, after `JSON.parse`; fields that a later minor version added are
 * kept.
 * @throws SCHEMA_TOO_NEW when a newer version wrote it, INVALID_INPUT naming the field when it has another shape.
 */
export function parseSession(value: unknown): Session {
  const plain = toPlainJson(value);
  requireKnownVersion(plain);
  return parseInput(sessionSchema, plain, 'session');
}

function toPlainJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw new InvalidInput({ field: 'session', expected: 'a JSON object', cause });
  }
}

function requireKnownVersion(value: unknown): void {
  const { schemaVersion } = parseInput(versionSchema, value, 'session');
  if (schemaVersion <= SESSION_SCHEMA_VERSION) return;
  throw new SessionManagerError(
    `The session has schema version ${schemaVersion}; this version reads up to ${SESSION_SCHEMA_VERSION}`,
    { code: 'SCHEMA_TOO_NEW', data: { schemaVersion, supported: SESSION_SCHEMA_VERSION } },
  );
}

function metadataToJson({ createdAtMs, updatedAtMs, ...rest }: SessionMetadata): MetadataJson {
  return { createdAt: toIso(createdAtMs), updatedAt: toIso(updatedAtMs), ...rest };
}

function runToRow({ startedAtMs, endedAtMs, ...rest }: SessionRun): RunJson {
  const endedAt = endedAtMs === null ? null : toIso(endedAtMs);
  return { ...rest, startedAt: toIso(startedAtMs), endedAt };
}

function eventToRow({ timestampMs, ...rest }: RecordedEvent): EventJson {
  return { ...rest, timestamp: toIso(timestampMs) };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

const versionSchema = z.looseObject({ schemaVersion: z.int().positive() });
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const count = z.int().nonnegative();
const place = z.int().positive();
// The id of a summary event is longer than its session's id.
const eventId = z.string().min(1);

const metadataSchema: z.ZodType<SessionMetadata> = z
  .looseObject({ createdAt: time, updatedAt: time, properties: jsonObjectSchema })
  .transform(({ createdAt, updatedAt, ...rest }) => {
    return { createdAtMs: createdAt, updatedAtMs: updatedAt, ...rest };
  });

const runSchema: z.ZodType<SessionRun> = z
  .looseObject({
    id: idSchema,
    startedAt: time,
    endedAt: time.nullable(),
    status: z.enum(RUN_STATUSES),
    metadata: jsonObjectSchema,
    toolCalls: z.array(eventId),
  })
  .transform(({ startedAt, endedAt, ...rest }) => {
    return { ...rest, startedAtMs: startedAt, endedAtMs: endedAt };
  });

const eventSchema: z.ZodType<RecordedEvent> = z
  .looseObject({
    id: eventId,
    position: place,
    segment: place,
    message: jsonValueSchema,
    timestamp: time,
    source: z.enum(EVENT_SOURCES),
    type: z.enum(EVENT_TYPES),
    metadata: jsonObjectSchema,
    parentEventId: z.string().nullable(),
    taskId: z.string().nullable(),
    tokenUsage: tokenUsageSchema.nullable(),
    contentTokens: count,
    billing: billingSchema.nullable(),
  })
  .transform(({ timestamp, ...rest }) => ({ ...rest, timestampMs: timestamp }));

const segmentSchema = z.looseObject({
  id: z.string().min(1),
  number: place,
  fromPosition: place,
  toPosition: place.nullable(),
  messages: count,
  summary: segmentSummarySchema.nullable(),
});

const sessionSchema: z.ZodType<Session> = z
  .looseObject({
    schemaVersion: z.int().positive(),
    id: idSchema,
    tenant: tenantSchema,
    version: place,
    metadata: metadataSchema,
    parentId: idSchema.nullable(),
    childIds: z.array(idSchema),
    taskIds: z.array(idSchema),
    runs: z.array(runSchema),
    events: z.array(eventSchema),
    state: jsonObjectSchema,
    tokenSummary: tokenSummarySchema,
    systemPrompt: z.string().nullable(),
    segments: z.array(segmentSchema),
    fork: z.looseObject({ sessionId: idSchema, lifeId: idSchema, position: count }).nullable(),
  })
  .transform(({ schemaVersion: _version, ...rest }) => rest);
