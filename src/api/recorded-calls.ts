import { PagefoldError } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/session.ts';
import { readAllCalls } from '../tools/asked-tool-call.ts';
import type { ToolResult } from '../tools/tool-result.ts';
import type { AnswerLog } from './answer-log.ts';
import type { AskedMessage } from './asked-message.ts';
import { waitingIdsIn } from './answer-claim.ts';
import { hasUniqueId } from './answer-name.ts';
import { type CallOperation, isApprovalOf, recordedOf } from './call-operations.ts';
import type { SessionManager } from './session-manager.ts';
import { notedResult, recordedResult } from './tool-execution.ts';

/**
 * The results in the log of an answer that is there already, by their operations: those of its calls that were carried out, and what else
 * was recorded of them since, as where a person denied one. The log is read once, and later what came since.
 */
export class RecordedCalls {
  readonly #log: AnswerLog;
  readonly #asked: AskedMessage;
  readonly #operations: readonly CallOperation[];
  readonly #found = new Map<string, ToolResult>();
  readonly #notes: Notes;
  /** Up to where the log was read; null before. */
  #readTo: number | null = null;
  #results: ReadonlyMap<string, ToolResult> = new Map();

  constructor(log: AnswerLog, asked: AskedMessage, operations: readonly CallOperation[]) {
    this.#log = log;
    this.#asked = asked;
    this.#operations = operations;
    this.#notes = new Notes(asked.eventId);
  }

  /** All of them, as far as the tools of the session have been refreshed. */
  async read(): Promise<ReadonlyMap<string, ToolResult>> {
    await this.#readOn();
    this.#results = recordedOf(this.#operations, this.#found, this.#notes.results);
    return this.#results;
  }

  /** What is recorded of one by now; null where that is nothing. */
  async latestOf({ operationId }: CallOperation): Promise<ToolResult | null> {
    const noted = this.#notes.results.length;
    await this.#log.tools.refresh();
    await this.#readOn();
    if (this.#notes.results.length > noted) await this.read();
    return this.#found.get(operationId) ?? this.#results.get(operationId) ?? null;
  }

  async #readOn(): Promise<void> {
    const { session, tools } = this.#log;
    const fromPosition = this.#readTo === null ? this.#beginning() : this.#readTo + 1;
    const latest = tools.position;
    const types = ['tool_call', 'message'] as const;
    const events = fromPosition > latest ? [] : session.events.list({ fromPosition, types });
    for await (const event of events) {
      // Not before it was read: what could not be is read the next time.
      this.#readTo = event.position;
      const result = event.type === 'tool_call' ? recordedResult(event) : null;
      if (result !== null) this.#found.set(event.id, result);
      else this.#notes.add(event);
    }
    this.#readTo = Math.max(this.#readTo ?? 0, latest);
  }

  /** From where on the log may say something of the calls; beyond its end where it says nothing. */
  #beginning(): number {
    const { tools } = this.#log;
    const asked = this.#asked;
    const positionsOf = (eventIds: readonly string[]): readonly number[] =>
      eventIds.map((eventId) => tools.positionOf(eventId)).filter((position) => position !== null);
    const own = positionsOf(this.#operations.map(({ operationId }) => operationId));
    const former = positionsOf(this.#operations.map(({ formerId }) => formerId));
    const place = asked.position ?? tools.answerAt(asked.eventId);
    const since = place ?? 1;
    const isLatest = place === null || place >= tools.position;
    // Whoever recorded the answer elsewhere may have had its calls carried out longer ago than calls are remembered.
    const areRemembered = !asked.isRepeated && tools.callsKnownFrom <= since && isLatest;
    const isKnown = own.length === this.#operations.length || areRemembered;
    return isKnown ? Math.min(...own, ...former) : since;
  }
}

/** What was recorded of the calls of an answer by their ids, until another answer has calls of these. */
class Notes {
  readonly results: ToolResult[] = [];
  readonly #answerId: string;
  readonly #elsewhere = new Set<unknown>();
  /** Whether another answer has calls that waited, of whose ids its record, an older one, says nothing. */
  #isUnsure = false;

  constructor(answerId: string) {
    this.#answerId = answerId;
  }

  add(event: RecordedEvent): void {
    const { type, source, id, message, metadata } = event;
    const result = type === 'tool_call' ? notedResult(event) : null;
    if (result !== null && this.#isOfAnswer(result)) this.results.push(result);
    if (type !== 'message' || source !== 'llm' || this.#isOwn(id)) return;
    const waiting = waitingIdsIn(metadata);
    if (waiting === null) this.#isUnsure = true;
    const asked = readAllCalls(message).all.map(({ callId }) => callId);
    for (const callId of [...asked, ...(waiting ?? [])]) this.#elsewhere.add(callId);
  }

  #isOfAnswer(result: ToolResult): boolean {
    return !this.#elsewhere.has(result.callId) && (!this.#isUnsure || hasUniqueId(result));
  }

  /** Those that were approved since are claimed by records of their own. */
  #isOwn(eventId: string): boolean {
    return eventId === this.#answerId || isApprovalOf(this.#answerId, eventId);
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
