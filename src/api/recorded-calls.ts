import { PagefoldError } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/session.ts';
import { readAllCalls } from '../tools/asked-tool-call.ts';
import type { ToolResult } from '../tools/tool-result.ts';
import type { AnswerLog } from './answer-log.ts';
import type { AskedMessage } from './asked-message.ts';
import { type CallOperation, recordedOf } from './call-operations.ts';
import type { SessionManager } from './session-manager.ts';
import { notedResult, recordedResult } from './tool-execution.ts';

/**
 * The results in the log of an answer that is there already, by their operations: those of its calls that were carried out, and what else
 * was recorded of them since, as where a person denied one.
 */
export async function readRecorded(
  { session, tools }: AnswerLog,
  asked: AskedMessage,
  operations: readonly CallOperation[],
): Promise<ReadonlyMap<string, ToolResult>> {
  const positionsOf = (eventIds: readonly string[]): readonly number[] =>
    eventIds.map((eventId) => tools.positionOf(eventId)).filter((position) => position !== null);
  const own = positionsOf(operations.map(({ operationId }) => operationId));
  const former = positionsOf(operations.map(({ formerId }) => formerId));
  const place = asked.position ?? tools.answerAt(asked.eventId);
  const since = place ?? 1;
  const isLatest = place === null || place >= tools.position;
  // Whoever recorded the answer elsewhere may have had its calls carried out longer ago than calls are remembered.
  const areRemembered = !asked.isRepeated && tools.callsKnownFrom <= since && isLatest;
  const isKnown = own.length === operations.length || areRemembered;
  const fromPosition = isKnown ? Math.min(...own, ...former) : since;
  const found = new Map<string, ToolResult>();
  if (!Number.isFinite(fromPosition)) return found;
  const notes = new Notes(asked.eventId);
  for await (const event of session.events.list({
    fromPosition,
    types: ['tool_call', 'message'],
  })) {
    const result = event.type === 'tool_call' ? recordedResult(event) : null;
    if (result !== null) found.set(event.id, result);
    else notes.add(event);
  }
  return recordedOf(operations, found, notes.results);
}

/** What was recorded of the calls of an answer by their ids, until another answer has calls of these. */
class Notes {
  readonly results: ToolResult[] = [];
  readonly #answerId: string;
  readonly #elsewhere = new Set<string | null>();

  constructor(answerId: string) {
    this.#answerId = answerId;
  }

  add(event: RecordedEvent): void {
    const result = event.type === 'tool_call' ? notedResult(event) : null;
    if (result !== null && !this.#elsewhere.has(result.callId)) this.results.push(result);
    if (event.type !== 'message' || event.source !== 'llm' || this.#isOwn(event.id)) return;
    for (const { callId } of readAllCalls(event.message).all) this.#elsewhere.add(callId);
  }

  /** Those that were approved since are claimed by records of their own. */
  #isOwn(eventId: string): boolean {
    return eventId === this.#answerId || eventId.startsWith(`${this.#answerId}.`);
  }
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
