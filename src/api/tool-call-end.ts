import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import type { GuardReport } from '../guards/guard-report.ts';
import { GUARD_VERDICTS } from '../guards/guard-result.ts';
import type { ToolUse } from './record-input.ts';

/** What came of a tool call that was begun. */
export interface ToolCallEnd extends Omit<ToolUse, 'toolName' | 'arguments'> {
  /** What `begin` said of it. */
  readonly report: GuardReport;
  /** Whether the result gets a name; default true for calls that did not fail. */
  readonly isBound?: boolean | undefined;
  /** Whether the call failed though there is no error. Default: whether the result says so, such as `{ status: 'error', message: '…' }`. */
  readonly hasFailed?: boolean | undefined;
  /** Whether an earlier result of the session answered the call, as `SessionTools.reusable` gave it. Default false. */
  readonly isReused?: boolean | undefined;
  /** The digest of the value where `result` is a reference to it, so that equal values are known by it. Default: of the result. */
  readonly resultDigest?: string | undefined;
  /** False for a call whose arguments could not be read, so that it never ran: it is recorded, and counts for nothing. Default true. */
  readonly hasRun?: boolean | undefined;
}

const reportSchema = z.looseObject({
  toolName: z.string(),
  verdict: z.enum(GUARD_VERDICTS),
  findings: z.array(z.looseObject({ guard: z.string(), result: z.looseObject({}) })),
  arguments: z.looseObject({}),
  used: z.array(z.string()),
});
/** Everything else is checked where it is recorded. */
const recorded = z.unknown().optional();
const endSchema = z.strictObject({
  report: reportSchema,
  isBound: z.boolean().optional(),
  hasFailed: z.boolean().optional(),
  isReused: z.boolean().optional(),
  resultDigest: z.string().max(64).optional(),
  hasRun: z.boolean().optional(),
  metadata: z.looseObject({}).optional(),
  result: recorded,
  error: recorded,
  callId: z.string().optional(),
  idempotencyKey: z.string().optional(),
  eventId: z.string().optional(),
  taskId: recorded,
  parentEventId: recorded,
  signal: recorded,
  timeoutMs: recorded,
});
const ownEndSchema = endSchema.extend({ report: recorded });

/** What an ordinary end of a call has, and of which type; whatever else it has is for the schema to say. */
const PLAIN_FIELDS: ReadonlyMap<string, string> = new Map([
  ['isBound', 'boolean'],
  ['hasFailed', 'boolean'],
  ['isReused', 'boolean'],
  ['resultDigest', 'string'],
  ['hasRun', 'boolean'],
  ['callId', 'string'],
  ['idempotencyKey', 'string'],
  ['eventId', 'string'],
  ['metadata', 'object'],
]);
const UNCHECKED_FIELDS: ReadonlySet<string> = new Set(
  'report result error taskId parentEventId signal timeoutMs'.split(' '),
);

/**
 * Checks what came of a call, but for what is checked where it is recorded. A report that was made here needs no look.
 * @throws INVALID_INPUT naming the field.
 */
export function assertCallEnd(end: ToolCallEnd, isOwnReport: boolean): void {
  if (!isOwnReport) parseInput(endSchema, end, 'end');
  else if (!isPlainEnd(end)) parseInput(ownEndSchema, end, 'end');
}

/** Whether the schema would have nothing to say: it takes longer than to judge the call. */
function isPlainEnd(end: ToolCallEnd): boolean {
  for (const name in end) {
    if (UNCHECKED_FIELDS.has(name)) continue;
    const value: unknown = Reflect.get(end, name);
    const isOfType = PLAIN_FIELDS.get(name) === typeof value;
    if (!isOfType || value === null || Array.isArray(value)) return false;
  }
  return true;
}
