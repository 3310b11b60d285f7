import { assertObject } from '../domain/argument.ts';
import { PagefoldError } from '../domain/errors.ts';
import { z } from 'zod';
import type { CommandReply } from '../actors/envelope.ts';
import { argumentsHash } from '../domain/canonical-json.ts';
import { reportsFailure } from '../domain/failure-report.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { JsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import type { CallFacts } from '../guards/call-facts.ts';
import { type GuardReport, judgedArguments } from '../guards/guard-report.ts';
import { GUARD_METADATA } from '../domain/guard-note.ts';
import type { CallDecision } from '../guards/session-fold.ts';
import type { CachedToolResult } from '../guards/result-cache.ts';
import type { ToolStateOptions } from '../guards/tool-state-options.ts';
import type { ValueBinding } from '../guards/value-binding.ts';
import { systemClock } from '../runtime/system.ts';
import type { ToolStateManager } from '../runtime/tool-state.ts';
import { toolInput, type ToolUse } from './record-input.ts';
import { type RecordReceipt, toReceipt } from './record-receipt.ts';
import { archivedResult, recordFitting } from './fitting-result.ts';
import type { ShownValue } from './long-value.ts';
import type { SessionHandle } from './session-handle.ts';
import { sessionHandleOf, SessionManager } from './session-manager.ts';
import { ToolLog } from './tool-log.ts';
import { ToolSnapshots } from './tool-snapshots.ts';
import { assertCallEnd, type ToolCallEnd } from './tool-call-end.ts';
import { readEvents } from './session-reader.ts';
import { UnrecordedWrites } from './unrecorded-writes.ts';

/** Where a call was recorded, and the name of its result. */
export interface RecordedToolCall {
  readonly receipt: RecordReceipt;
  readonly binding: ValueBinding | null;
  /** What is recorded in the place of a result that is too long for a record, and where all of it is; null for any other result. */
  readonly excerpt: ShownValue | null;
}

const sessionSchema = z.custom<SessionManager>(
  (value) => value instanceof SessionManager,
  'a session, such as pagefold.session(id) gives',
);

type Committed = Extract<CommandReply, { readonly kind: 'committed' }> & {
  readonly events: readonly LogEvent[];
};

/** A call as it was begun: in which turn, with which arguments, and after how many writes. */
interface BegunCall {
  readonly turn: number;
  readonly facts: CallFacts;
  readonly writesBefore: number;
}

interface SessionToolsParts {
  readonly handle: SessionHandle;
  readonly log: ToolLog;
  readonly snapshots: ToolSnapshots;
}

/**
 * The tools of one session under guards. Their state is a fold over the session's log: messages of the user start turns, recorded
 * calls are counted and their results named, whoever recorded them. So it is the same in every process and after a restart; only
 * calls that were begun and not recorded yet are counted here alone.
 */
export class SessionTools {
  readonly #handle: SessionHandle;
  readonly #log: ToolLog;
  readonly #snapshots: ToolSnapshots;
  /** Calls that were begun, and are neither recorded nor released. */
  readonly #open = new Set<GuardReport>();
  /** Calls that are recorded, and whose records were not read yet, by the id of the event. */
  readonly #recorded = new Map<string, GuardReport>();
  readonly #writes = new UnrecordedWrites();
  /** Calls that were begun here, recorded ones too. */
  readonly #begun = new WeakMap<GuardReport, BegunCall>();
  #refreshing: Promise<void> = Promise.resolve();
  /** A refresh that waits for its turn; null when there is none. */
  #nextRefresh: Promise<void> | null = null;
  /** Pieces of work on the log that are under way, or wait for their turn. */
  #waiting = 0;

  private constructor(parts: SessionToolsParts) {
    assertObject(parts, 'parts');
    this.#handle = parts.handle;
    this.#log = parts.log;
    this.#snapshots = parts.snapshots;
  }

  /**
   * The tools of a session, with all that its log says of them.
   * @throws INVALID_INPUT naming the argument or the option, STORAGE_ERROR
   */
  static async open(
    session: SessionManager,
    options: ToolStateOptions = {},
  ): Promise<SessionTools> {
    const handle = sessionHandleOf(parseInput(sessionSchema, session, 'session'));
    const log = new ToolLog(options);
    const snapshots = new ToolSnapshots(handle, options);
    const state = await handle.findState();
    // Whoever keeps the events is told of all of them.
    const isWhole = state === null || options.onEvent !== undefined;
    const found = isWhole ? null : await snapshots.find(state.version, state.lifeId);
    if (found !== null) log.restore(found.snapshot());
    const tools = new SessionTools({ handle, log, snapshots });
    await tools.refresh();
    snapshots.start(log);
    return tools;
  }

  /** The state, for its texts and questions; what changes it is the log. */
  get state(): ToolStateManager {
    return this.#log.state;
  }

  /** Takes in what was recorded since the last time, by this process or another one. */
  refresh(): Promise<void> {
    // One that waits for its turn will see all that is recorded by now.
    if (this.#nextRefresh !== null) return this.#nextRefresh;
    if (this.#waiting === 0) return this.#inTurn(() => this.#catchUp());
    this.#nextRefresh = this.#inTurn(() => {
      this.#nextRefresh = null;
      return this.#catchUp();
    });
    return this.#nextRefresh;
  }

  /**
   * Judges a call on all that is recorded, and counts it until it is recorded or released.
   * @throws TOOL_CALL_BLOCKED with `isEnforcing`, INVALID_INPUT, STORAGE_ERROR
   */
  async begin(toolName: string, argumentsOfCall: unknown): Promise<GuardReport> {
    await this.refresh();
    const report = this.state.beginCall(toolName, argumentsOfCall);
    const { writeCount: writesBefore } = this.state;
    this.#begun.set(report, { turn: this.turn, facts: judgedArguments(report), writesBefore });
    if (report.verdict === 'block') return report;
    this.#open.add(report);
    if (this.state.traitsOf(toolName).effect === 'write') this.#writes.begin(report);
    return report;
  }

  /** The position of the message that started the turn; 0 before the first one. */
  get turn(): number {
    return this.#log.turn;
  }

  /** What the user said last, its beginning; null before that. */
  get goal(): string | null {
    return this.#log.goal;
  }

  /** Up to which position the log has been taken in. */
  get position(): number {
    return this.#log.position;
  }

  /** Where the recorded call with that event id is, of the latest 1,024 calls; null for any other. */
  positionOf(eventId: string): number | null {
    return this.#log.positionOf(eventId);
  }

  /** From here on, {@link positionOf} knows all recorded calls. */
  get callsKnownFrom(): number {
    return this.#log.callsKnownFrom;
  }

  /** Where the answer with that event id is, of the latest 1,024 answers; null for any other. */
  answerAt(eventId: string): number | null {
    return this.#log.answerAt(eventId);
  }

  /** Whether there may be an answer with that event id; false where there is none, or only one of more than 57,344 answers ago. */
  mayHaveAnswer(eventId: string): boolean {
    return this.#log.mayHaveAnswer(eventId);
  }

  /** What an earlier call gave that may be reused for this one; null when there is nothing. Counted once it is recorded. */
  reusable(report: GuardReport): CachedToolResult | null {
    const { isOf } = this.#factsOf(report);
    const { toolName } = report;
    // A write that has begun, or could not be recorded yet, may have changed what was read before it.
    if (this.state.traitsOf(toolName).effect !== 'pure' && this.#writes.isOneBeside(toolName))
      return null;
    const found = this.state.cache.peek(toolName, isOf, systemClock().nowMs());
    // Older records say nothing of failures that were told as results.
    return found === null || reportsFailure(found.result) ? null : found;
  }

  /** Takes back a call that was begun and did not run; a second time makes no difference. */
  release(report: GuardReport): void {
    this.#writes.end(report);
    if (this.#open.delete(report)) this.state.releaseCall(report);
  }

  /**
   * Records what came of a call, with what the guards said of it; a call that they refused is recorded as one that did not run,
   * and counts for nothing. A result that is too long for a record goes to the artifact store of the runtime, and without one its
   * beginning alone is recorded; `excerpt` tells. May be repeated after an error with the same `eventId` or
   * `idempotencyKey`, or with the same `callId` alone: the call is then recorded once, and another result of it is refused. The
   * id counts for its turn, tool and arguments, since some models begin their ids anew with every answer.
   * @throws IDEMPOTENCY_KEY_REUSED, INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND, STORAGE_ERROR, UNKNOWN_OUTCOME
   */
  async finish(end: ToolCallEnd): Promise<RecordedToolCall> {
    // A report that was given here needs no second look, and is larger than all the rest.
    assertCallEnd(end, this.#begun.has(end?.report));
    // As it was given: a call that was begun is known by its report.
    const { report } = end;
    const facts = this.#factsOf(report);
    const record = (fitting: ToolCallEnd) => this.#record(fitting, facts);
    const { reply, preview } = await recordFitting(end, record).catch((error: unknown) => {
      this.#writes.noteFailure(report, { error, eventId: end.eventId });
      throw error;
    });
    const receipt = toReceipt(this.#handle.key.sessionId, reply);
    // Counted by the log from here on; until that is read, by what was begun.
    if (receipt.position <= this.#log.position) this.release(report);
    // Nobody is at work on the log, and this is what comes next in it.
    else if (this.#waiting === 0 && this.#isNext(reply)) this.#takeIn(reply, facts);
    else await this.#takeInLater(reply, { report, facts });
    this.release(report);
    const id = this.#log.bindingIdOf(receipt.eventId);
    const binding = id === null ? null : this.state.getBinding(id);
    return { receipt, binding, excerpt: preview ?? (await this.#archived(end, reply)) };
  }

  async #archived({ result }: ToolCallEnd, reply: CommandReply): Promise<ShownValue | null> {
    const { runtime, source } = this.#handle;
    return runtime.archive === null ? null : archivedResult(result, { reply, source });
  }

  /** Records a call, and with some of them the name of a snapshot of all that the log says of tools. */
  async #record(end: ToolCallEnd, facts: CallFacts): Promise<CommandReply> {
    const stored = this.#snapshots.isDue ? await this.#snapshots.store() : null;
    const input = toolInput(
      this.#useOf(end, { facts, note: stored?.entry }),
      this.#handle.maxLength,
    );
    if (stored === null) return this.#handle.recordWithReply(input, { events: true });
    try {
      const reply = await this.#handle.recordWithReply(input, { events: true });
      await this.#snapshots.noteRecorded(stored);
      return reply;
    } catch (error) {
      // Where nobody knows whether it was recorded, the snapshot may be named.
      const isUnknown = PagefoldError.isInstance(error) && error.code === 'UNKNOWN_OUTCOME';
      if (!isUnknown) await this.#snapshots.noteRefused(stored);
      throw error;
    }
  }

  #factsOf(report: GuardReport): CallFacts {
    return this.#begun.get(report)?.facts ?? judgedArguments(report);
  }

  #useOf(
    end: ToolCallEnd,
    { facts, note }: { readonly facts: CallFacts; readonly note: JsonObject | undefined },
  ): ToolUse {
    const { report, isBound = true, isReused = false, hasRun = true, metadata } = end;
    const { resultDigest, hasFailed } = end;
    const ran = {
      ...decisionOf(report, { isBound: isBound && hasFailed !== true, isReused }),
      ...this.#writesBefore(report),
      ...(hasFailed === undefined ? {} : { hasFailed }),
      ...(resultDigest === undefined ? {} : { resultDigest }),
    };
    const decision = hasRun ? ran : { ...ran, hasRun };
    const guards = note === undefined ? decision : { ...decision, ...note };
    // Field by field: what takes a spread object apart again takes three times as long (Node 20.20, 2026-11-26).
    return {
      toolName: report.toolName,
      arguments: facts.isOf,
      result: end.result,
      error: end.error,
      callId: end.callId,
      metadata:
        metadata === undefined
          ? { [GUARD_METADATA]: guards }
          : { ...metadata, [GUARD_METADATA]: guards },
      idempotencyKey: end.idempotencyKey ?? end.eventId ?? this.#keyOf(end, facts),
      eventId: end.eventId,
      taskId: end.taskId,
      parentEventId: end.parentEventId,
      signal: end.signal,
      timeoutMs: end.timeoutMs,
    };
  }

  /** Told where it decides whether the result may be reused, also when the log is folded anew. */
  #writesBefore(report: GuardReport): Pick<CallDecision, 'writesBefore'> {
    const begun = this.#begun.get(report);
    const { isCacheable, effect } = this.state.traitsOf(report.toolName);
    if (begun === undefined || !isCacheable || effect === 'pure') return {};
    return { writesBefore: begun.writesBefore };
  }

  #keyOf({ report, callId }: ToolCallEnd, { hash }: CallFacts): string | undefined {
    if (callId === undefined) return undefined;
    const turn = this.#begun.get(report)?.turn ?? this.turn;
    const { toolName } = report;
    return `tool-call-${turn}-${argumentsHash({ callId, toolName, arguments: hash })}`;
  }

  /** One after the other, whether the one before worked or not: the log is taken in in its order. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const counted = (): Promise<void> => this.#counted(work);
    this.#waiting += 1;
    this.#refreshing = this.#waiting === 1 ? counted() : this.#refreshing.then(counted, counted);
    return this.#refreshing;
  }

  async #counted(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      this.#waiting -= 1;
    }
  }

  async #takeInLater(
    reply: CommandReply,
    { report, facts }: { readonly report: GuardReport; readonly facts: CallFacts },
  ): Promise<void> {
    const { eventId } = toReceipt(this.#handle.key.sessionId, reply);
    this.#recorded.set(eventId, report);
    await this.#inTurn(async () => {
      if (this.#isNext(reply)) this.#takeIn(reply, facts);
      else await this.#catchUp();
    });
    this.#recorded.delete(eventId);
  }

  #isNext(reply: CommandReply): reply is Committed {
    if (reply.kind !== 'committed' || reply.events === undefined) return false;
    return reply.firstPosition === this.#log.position + 1;
  }

  /** What this process wrote need not be read again, unless others wrote before. */
  #takeIn(reply: Committed, facts: CallFacts): void {
    let position = reply.firstPosition;
    for (const entry of reply.events) {
      if (entry.type === 'event-recorded') this.#observe(entry.event, position, facts);
      else this.#log.pass(position);
      position += 1;
    }
  }

  async #catchUp(): Promise<void> {
    const state = await this.#handle.findState();
    if (state === null) {
      this.#handle.emptyUnlessKnown(null);
      return;
    }
    if (state.version <= this.#log.position) return;
    const range = { fromPosition: this.#log.position + 1, toPosition: state.version };
    for await (const event of readEvents(this.#handle.source, range))
      this.#observe(event, event.position);
    this.#log.pass(state.version);
  }

  #observe(event: SessionEvent, position: number, facts?: CallFacts): void {
    const { id, type, source } = event;
    const report = this.#recorded.get(id) ?? this.#writes.unsureOf(id);
    if (report !== undefined) this.release(report);
    this.#log.observe(event, position, facts);
    this.#snapshots.note(event, position);
    // A new turn counts anew, also what is still running; writes stay known, since their effect does not end with the turn.
    if (type === 'message' && source === 'user') this.#open.clear();
  }
}

function decisionOf(
  { verdict, findings, used }: GuardReport,
  { isBound, isReused }: { readonly isBound: boolean; readonly isReused: boolean },
): CallDecision {
  const shown = findings.map(({ guard, result }) => ({ guard, verdict: result.verdict }));
  if (isReused) return { verdict, findings: shown, used, isBound, isReused };
  return { verdict, findings: shown, used, isBound };
}
