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
export const KEY_LENGTH = 15;
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

/** What came of a call, by what is recorded of calls; null where nothing is. */
export function recordedOf(
  { call, operationId, formerId }: CallOperation,
  recorded: ReadonlyMap<string, ToolResult>,
): ToolResult | null {
  const own = recorded.get(operationId);
  if (own !== undefined) return own;
  const atPlace = recorded.get(formerId);
  if (atPlace !== undefined && isOf(call, atPlace)) return atPlace;
  if (call.callId === null) return null;
  // Places were counted among the calls that were open at the time.
  const answer = formerId.slice(0, formerId.lastIndexOf('.') + 1);
  const isFormer = (id: string): boolean =>
    id.startsWith(answer) && FORMER_PLACE.test(id.slice(answer.length));
  return [...recorded].find(([id, result]) => isFormer(id) && isOf(call, result))?.[1] ?? null;
}

/** By its id and tool: guards may have put its arguments right before they were recorded. */
function isOf({ callId, toolName }: AskedToolCall, result: ToolResult): boolean {
  return result.callId === callId && result.toolName === toolName;
}
