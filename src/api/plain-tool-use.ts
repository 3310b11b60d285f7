import { reading } from '../domain/argument.ts';

/** A tool use without any word on how long to wait for it to be recorded. */
export interface PlainToolUse {
  readonly toolName: string;
  readonly arguments?: unknown;
  readonly result?: unknown;
  readonly error?: string | null | undefined;
  readonly callId?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly eventId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly parentEventId?: string | null | undefined;
}

interface GivenToolUse extends PlainToolUse {
  readonly signal?: unknown;
  readonly timeoutMs?: unknown;
}

const FIELDS: ReadonlySet<string> = new Set(
  'toolName arguments result error callId metadata idempotencyKey eventId parentEventId taskId signal timeoutMs'.split(
    ' ',
  ),
);
const MAX_LENGTH = 256;
/** Ids that need no second look; others may be right all the same. */
const PLAIN_ID = /^[\x20-\x7e]{1,256}$/;

/**
 * A tool use about which a schema would have nothing to say, each field read once; null for any other. Nearly all are such, and to
 * ask the schema takes as long as to judge the call.
 * @throws INVALID_INPUT for one that cannot be read.
 */
export function plainToolUse(use: GivenToolUse): PlainToolUse | null {
  if (typeof use !== 'object' || use === null) return null;
  return reading('use', () => {
    const { signal, timeoutMs, toolName, error, callId } = use;
    const { idempotencyKey, eventId, parentEventId, taskId } = use;
    if (signal !== undefined || timeoutMs !== undefined || !hasKnownFields(use)) return null;
    if (!isName(toolName) || !isNameOrNone(callId) || !isTextOrNone(error)) return null;
    const ids = [idempotencyKey, eventId, taskId, parentEventId ?? undefined];
    if (!ids.every(isIdOrNone)) return null;
    return {
      toolName,
      arguments: use.arguments,
      result: use.result,
      error,
      callId,
      metadata: use.metadata,
      idempotencyKey,
      eventId,
      parentEventId,
      taskId,
    };
  });
}

function hasKnownFields(use: GivenToolUse): boolean {
  for (const name in use) if (!FIELDS.has(name)) return false;
  return true;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH;
}

function isNameOrNone(value: unknown): boolean {
  return value === undefined || isName(value);
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function isIdOrNone(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && PLAIN_ID.test(value));
}
