import { assertObject, assertObjects } from './argument.ts';
import { z } from 'zod';
import { dateMsSchema } from './date-ms.ts';
import { InvalidSessionOperation } from './errors.ts';
import { idSchema } from './ids.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { jsonObjectSchema, type SessionEvent } from './session-event.ts';

/** Where a run stands. */
export const RUN_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
/** One of {@link RUN_STATUSES}. */
export type RunStatus = (typeof RUN_STATUSES)[number];

/** One piece of work inside a session, e.g. one agent loop; events are tagged with its id as their `taskId`. */
export interface SessionRun {
  readonly id: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly status: RunStatus;
  readonly metadata: JsonObject;
  /** Ids of tool-call events, in the order they were added, none twice. */
  readonly toolCalls: readonly string[];
}

/** Parses a stored run. */
export const sessionRunSchema: z.ZodType<SessionRun> = z.looseObject({
  id: idSchema,
  startedAtMs: dateMsSchema,
  endedAtMs: dateMsSchema.nullable(),
  status: z.enum(RUN_STATUSES),
  metadata: jsonObjectSchema,
  toolCalls: z.array(idSchema),
});

/** An ended run never moves again, and nothing goes back to pending. */
const NEXT_STATUSES: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  pending: ['running', 'failed', 'cancelled'],
  running: ['completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** The call that brings a run into a status, as callers know it. */
export const RUN_CALLS: Readonly<Record<RunStatus, string>> = {
  pending: 'runs.create',
  running: 'runs.start',
  completed: 'runs.complete',
  failed: 'runs.fail',
  cancelled: 'runs.cancel',
};

/** Whether a run in one status may take the other. */
export function canMoveTo(from: RunStatus, to: RunStatus): boolean {
  return NEXT_STATUSES[from].includes(to);
}

/** Whether the run has come to an end. */
export function isEnded(run: SessionRun): boolean {
  return NEXT_STATUSES[run.status].length === 0;
}

/** A new run, pending. */
export function createRun(input: {
  readonly id: string;
  readonly nowMs: number;
  readonly metadata?: JsonObject;
}): SessionRun {
  return {
    id: input.id,
    startedAtMs: input.nowMs,
    endedAtMs: null,
    status: 'pending',
    metadata: input.metadata ?? {},
    toolCalls: [],
  };
}

/** A move of a run to another status. */
export interface RunMove {
  readonly to: RunStatus;
  readonly nowMs: number;
  /** Kept as `failure_reason` or `cancel_reason`; an empty one is left out. */
  readonly reason?: string | undefined;
  /** The session of the run, for the refusal. */
  readonly sessionId?: string | undefined;
}

/**
 * The run in its new status; starting sets `startedAtMs`, ending sets `endedAtMs`.
 * @throws INVALID_SESSION_OPERATION when the status machine has no such step.
 */
export function moveRun(run: SessionRun, move: RunMove): SessionRun {
  if (!canMoveTo(run.status, move.to)) {
    throw new InvalidSessionOperation({
      operation: RUN_CALLS[move.to],
      reason: `a ${run.status} run cannot become ${move.to}`,
      sessionId: move.sessionId,
    });
  }
  if (move.to === 'running') return { ...run, status: move.to, startedAtMs: move.nowMs };
  const reason = reasonEntry(move);
  return {
    ...run,
    status: move.to,
    endedAtMs: move.nowMs,
    metadata: { ...run.metadata, ...reason },
  };
}

function reasonEntry(move: RunMove): JsonObject {
  if (!move.reason) return {};
  if (move.to === 'failed') return { failure_reason: move.reason };
  return move.to === 'cancelled' ? { cancel_reason: move.reason } : {};
}

/** The run with a tool call added; one that is there already changes nothing. */
export function withToolCall(run: SessionRun, eventId: string): SessionRun {
  return run.toolCalls.includes(eventId) ? run : { ...run, toolCalls: [...run.toolCalls, eventId] };
}

/** Seconds from start to end; null until the run has ended. */
export function runDurationSeconds(run: SessionRun): number | null {
  assertObject(run, 'run');
  return run.endedAtMs === null ? null : (run.endedAtMs - run.startedAtMs) / 1000;
}

/** The tool-call events of a run, in the order of the given events. */
export function runToolCalls(
  run: SessionRun,
  events: readonly SessionEvent[],
): readonly SessionEvent[] {
  assertObject(run, 'run', { toolCalls: 'a list' });
  assertObjects(events, 'events');
  const ids = new Set(run.toolCalls);
  return events.filter((event) => ids.has(event.id));
}

/** The run as a plain object with ISO 8601 times; `endedAt` and `durationSeconds` only once it has ended. */
export function runToJson(run: SessionRun): JsonObject {
  assertObject(run, 'run', { id: 'a string', startedAtMs: 'a number', metadata: 'an object' });
  const json: Record<string, JsonValue> = {
    id: run.id,
    status: run.status,
    startedAt: new Date(run.startedAtMs).toISOString(),
    metadata: run.metadata,
    toolCalls: run.toolCalls,
  };
  if (run.endedAtMs !== null) {
    json['endedAt'] = new Date(run.endedAtMs).toISOString();
    json['durationSeconds'] = runDurationSeconds(run);
  }
  return json;
}
