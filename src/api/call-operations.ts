import { argumentsHash } from '../domain/canonical-json.ts';
import type { AskedToolCall } from '../tools/asked-tool-call.ts';
import type { ToolResult } from '../tools/tool-result.ts';

/** A call of an answer, and what it is known by. */
export interface CallOperation {
  readonly call: AskedToolCall;
  /** The event under which what came of it is recorded. */
  readonly operationId: string;
  /** The event under which it was recorded before calls were known by what they ask for. */
  readonly formerId: string;
}

/** What stands behind the id of an answer: that of an event is 256 characters at most, of which 240 may be the answer's. */
const KEY_LENGTH = 15;
const KEY = /^[\da-f]{15}$/;
const FORMER_PLACE = /^\d{1,6}$/;

/**
 * The operations of an answer's calls. A call is known by its id, tool and arguments, and not by its place: an answer may come again
 * without calls that are done, or with some that a person had to approve first. Of calls that are equal in all of that, their
 * order tells which is which.
 */
export function operationsOf(
  eventId: string,
  calls: readonly AskedToolCall[],
): readonly CallOperation[] {
  const seen = new Map<string, number>();
  return calls.map((call, index) => {
    const { callId, toolName, arguments: args } = call;
    const asked = argumentsHash({ callId, toolName, arguments: args });
    const before = seen.get(asked) ?? 0;
    seen.set(asked, before + 1);
    const key = argumentsHash({ asked, before }).slice(0, KEY_LENGTH);
    return { call, operationId: `${eventId}.${key}`, formerId: `${eventId}.${index}` };
  });
}

/**
 * What came of calls of an answer, by their operations, from what is recorded of calls under their own events, and from what somebody noted
 * of calls by their ids.
 */
export function recordedOf(
  operations: readonly CallOperation[],
  recorded: ReadonlyMap<string, ToolResult>,
  noted: readonly ToolResult[] = [],
): ReadonlyMap<string, ToolResult> {
  const results = new Map<string, ToolResult>();
  const left = new Map(recorded);
  for (const { call, operationId, formerId } of operations) {
    const atPlace = left.get(formerId);
    const isOwn = left.has(operationId);
    const result =
      left.get(operationId) ?? (atPlace !== undefined && isOf(call, atPlace) ? atPlace : undefined);
    if (result === undefined) continue;
    results.set(operationId, result);
    left.delete(isOwn ? operationId : formerId);
  }
  for (const operation of operations) {
    if (results.has(operation.operationId) || !isAlone(operation, operations)) continue;
    const result = elsewhere(operation, left);
    if (result !== null) results.set(operation.operationId, result);
  }
  const open = operations.filter(({ operationId }) => !results.has(operationId));
  return new Map([...results, ...notedOf(open, noted)]);
}

function notedOf(
  operations: readonly CallOperation[],
  noted: readonly ToolResult[],
): ReadonlyMap<string, ToolResult> {
  const results = new Map<string, ToolResult>();
  const unused = new Map<string, ToolResult[]>();
  for (const result of noted) {
    const key = noteKey(result);
    const others = unused.get(key);
    if (others === undefined) unused.set(key, [result]);
    else others.push(result);
  }
  for (const { call, operationId } of operations) {
    if (call.callId === null) continue;
    // Whoever says that a call does not run need not say with what.
    const result =
      unused.get(noteKey(call))?.shift() ??
      unused.get(noteKey({ ...call, arguments: {} }))?.shift();
    if (result !== undefined) results.set(operationId, result);
  }
  return results;
}

function noteKey({
  callId,
  toolName,
  arguments: args,
}: Pick<ToolResult, 'callId' | 'toolName' | 'arguments'>): string {
  return argumentsHash({ callId, toolName, arguments: args });
}

/** The event by which a call of an answer is claimed that was approved after the answer was recorded. */
export function approvalIdOf(eventId: string, { operationId }: CallOperation): string {
  return `${eventId}.${argumentsHash({ approved: operationId }).slice(0, KEY_LENGTH)}`;
}

/** Whether an event has the form of one by which a call of an answer is claimed, of whichever of its calls. */
export function isApprovalOf(answerId: string, eventId: string): boolean {
  return eventId.startsWith(`${answerId}.`) && KEY.test(eventId.slice(answerId.length + 1));
}

/** Places were counted among the calls that were open at the time. */
function elsewhere(
  { call, formerId }: CallOperation,
  left: ReadonlyMap<string, ToolResult>,
): ToolResult | null {
  const answer = formerId.slice(0, formerId.lastIndexOf('.') + 1);
  for (const [id, result] of left) {
    const isFormer = id.startsWith(answer) && FORMER_PLACE.test(id.slice(answer.length));
    if (isFormer && isOf(call, result)) return result;
  }
  return null;
}

/** Whether no other call of the answer has its id and tool, as where a server gives all of them one id. */
function isAlone({ call }: CallOperation, operations: readonly CallOperation[]): boolean {
  const { callId, toolName } = call;
  if (callId === null) return false;
  const same = operations.filter(
    (other) => other.call.callId === callId && other.call.toolName === toolName,
  );
  return same.length === 1;
}

/** By its id and tool: guards may have put its arguments right before they were recorded. */
function isOf({ callId, toolName }: AskedToolCall, result: ToolResult): boolean {
  return result.callId === callId && result.toolName === toolName;
}
