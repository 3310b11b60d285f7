import { PagefoldError } from '../domain/errors.ts';
import type { ToolResult } from '../tools/tool-result.ts';
import type { AskedMessage } from './asked-message.ts';
import { type CallOperation, recordedOf } from './call-operations.ts';
import type { SessionManager } from './session-manager.ts';
import type { SessionTools } from './session-tools.ts';
import { recordedResult } from './tool-execution.ts';

/** Where calls are recorded, and what knows their places. */
interface RecordedPlace {
  readonly session: SessionManager;
  readonly tools: SessionTools;
}

/** The results in the log of an answer that is there already, by their operations. */
export async function readRecorded(
  { session, tools }: RecordedPlace,
  asked: AskedMessage,
  operations: readonly CallOperation[],
): Promise<ReadonlyMap<string, ToolResult>> {
  const positionsOf = (eventIds: readonly string[]): readonly number[] =>
    eventIds.map((eventId) => tools.positionOf(eventId)).filter((position) => position !== null);
  const own = positionsOf(operations.map(({ operationId }) => operationId));
  const former = positionsOf(operations.map(({ formerId }) => formerId));
  const isKnown = own.length === operations.length || !asked.isRepeated;
  const fromPosition = isKnown ? Math.min(...own, ...former) : (asked.position ?? 1);
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
