import { PagefoldError } from '../domain/errors.ts';
import type { ToolResult } from '../tools/tool-result.ts';
import type { AnswerLog } from './answer-log.ts';
import type { AskedMessage } from './asked-message.ts';
import { type CallOperation, recordedOf } from './call-operations.ts';
import type { SessionManager } from './session-manager.ts';
import { recordedResult } from './tool-execution.ts';

/** The results in the log of an answer that is there already, by their operations. */
export async function readRecorded(
  { session, tools }: AnswerLog,
  asked: AskedMessage,
  operations: readonly CallOperation[],
): Promise<ReadonlyMap<string, ToolResult>> {
  const positionsOf = (eventIds: readonly string[]): readonly number[] =>
    eventIds.map((eventId) => tools.positionOf(eventId)).filter((position) => position !== null);
  const own = positionsOf(operations.map(({ operationId }) => operationId));
  const former = positionsOf(operations.map(({ formerId }) => formerId));
  const since = asked.position ?? tools.answerAt(asked.eventId) ?? 1;
  // Whoever recorded the answer elsewhere may have had its calls carried out longer ago than calls are remembered.
  const areRemembered = !asked.isRepeated && tools.callsKnownFrom <= since;
  const isKnown = own.length === operations.length || areRemembered;
  const fromPosition = isKnown ? Math.min(...own, ...former) : since;
  const found = new Map<string, ToolResult>();
  if (!Number.isFinite(fromPosition)) return found;
  for await (const event of session.events.list({ fromPosition, types: ['tool_call'] })) {
    const result = recordedResult(event);
    if (result !== null) found.set(event.id, result);
  }
  return recordedOf(operations, found);
}

/**
 * What somebody else recorded of a call that was carried out here as well: what is recorded counts.
 * @throws the failure where nobody did.
 */
export async function recordedByOther(
  session: SessionManager,
  operationId: string,
  failure: unknown,
): Promise<ToolResult> {
  const isReused = PagefoldError.isInstance(failure) && failure.code === 'IDEMPOTENCY_KEY_REUSED';
  const event = isReused ? await session.events.find(operationId) : null;
  const result = event === null ? null : recordedResult(event);
  if (result === null) throw failure;
  return result;
}
