import { z } from 'zod';
import type { CommandReply } from '../actors/envelope.ts';
import { argumentsHash } from '../domain/canonical-json.ts';
import { toText } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { messageContent } from '../domain/session-event.ts';
import { GUARD_VERDICTS } from '../guards/guard-result.ts';
import type { GuardReport } from '../guards/guard-report.ts';
import { LatestMap } from '../guards/latest-map.ts';
import { GUARD_METADATA } from '../guards/session-fold.ts';
import type { CallDecision } from '../guards/session-fold.ts';
import type { CachedToolResult } from '../guards/result-cache.ts';
import type { ToolStateOptions } from '../guards/tool-state-options.ts';
import type { ValueBinding } from '../guards/value-binding.ts';
import { systemClock } from '../runtime/system.ts';
import { ToolStateManager } from '../runtime/tool-state.ts';
import { toolInput, type ToolUse } from './record-input.ts';
import { type RecordReceipt, toReceipt } from './record-receipt.ts';
import type { SessionHandle } from './session-handle.ts';
import { sessionHandleOf, SessionManager } from './session-manager.ts';
import { type PlacedEvent, readEvents } from './session-reader.ts';

/** What came of a tool call that was begun. */
export interface ToolCallEnd extends Omit<ToolUse, 'toolName' | 'arguments'> {
  /** What `begin` said of it. */
  readonly report: GuardReport;
  /** Whether the result gets a name; default true for calls that did not fail. */
  readonly isBound?: boolean | undefined;
  /** Whether an earlier result of the session answered the call, as {@link SessionTools.reusable} gave it. Default false. */
  readonly isReused?: boolean | undefined;
}

/** Where a call was recorded, and the name of its result. */
export interface RecordedToolCall {
  readonly receipt: RecordReceipt;
  readonly binding: ValueBinding | null;
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
  isReused: z.boolean().optional(),
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
const sessionSchema = z.custom<SessionManager>(
  (value) => value instanceof SessionManager,
  'a session, such as pagefold.session(id) gives',
);

/** Names of results that are found again by the id of their event. */
const MAX_REMEMBERED = 256;
const MAX_POSITIONS = 1_024;
const MAX_GOAL = 2_000;

/**
 * The tools of one session under guards. Their state is a fold over the session's log: messages of the user start turns, recorded
 * calls are counted and their results named, whoever recorded them. So it is the same in every process and after a restart; only
 * calls that were begun and not recorded yet are counted here alone.
 */
export class SessionTools {
  readonly #handle: SessionHandle;
  readonly #state: ToolStateManager;
  /** Calls that were begun, and are neither recorded nor released. */
  readonly #open = new Set<GuardReport>();
  /** Calls that are recorded, and whose records were not read yet, by the id of the event. */
  readonly #recorded = new Map<string, GuardReport>();
  readonly #bindingIds = new Map<string, string>();
  /** Where the latest calls are recorded, by the id of the event. */
  readonly #positions = new LatestMap<number>(MAX_POSITIONS);
  /** The turn in which a call was begun. */
  readonly #turns = new WeakMap<GuardReport, number>();
  #position = 0;
  /** The position of the message that started the turn. */
  #turn = 0;
  #goal: string | null = null;
  #refreshing: Promise<void> = Promise.resolve();

  private constructor(session: SessionManager, options: ToolStateOptions) {
    this.#handle = sessionHandleOf(parseInput(sessionSchema, session, 'session'));
    this.#state = new ToolStateManager(options);
  }

  /**
   * The tools of a session, with all that its log says of them.
   * @throws INVALID_INPUT naming the argument or the option, STORAGE_ERROR
   */
  static async open(
    session: SessionManager,
    options: ToolStateOptions = {},
  ): Promise<SessionTools> {
    const tools = new SessionTools(session, options);
    await tools.refresh();
    return tools;
  }

  /** The state, for its texts and questions; what changes it is the log. */
  get state(): ToolStateManager {
    return this.#state;
  }

  /** Takes in what was recorded since the last time, by this process or another one. */
  async refresh(): Promise<void> {
    return this.#inTurn(async () => this.#catchUp());
  }

  /**
   * Judges a call on all that is recorded, and counts it until it is recorded or released.
   * @throws TOOL_CALL_BLOCKED with `isEnforcing`, INVALID_INPUT, STORAGE_ERROR
   */
  async begin(toolName: string, argumentsOfCall: unknown): Promise<GuardReport> {
    await this.refresh();
    const report = this.#state.beginCall(toolName, argumentsOfCall);
    this.#turns.set(report, this.#turn);
    if (report.verdict !== 'block') this.#open.add(report);
    return report;
  }

  /** The position of the message that started the turn; 0 before the first one. */
  get turn(): number {
    return this.#turn;
  }

  /** What the user said last, its beginning; null before that. */
  get goal(): string | null {
    return this.#goal;
  }

  /** Where the recorded call with that event id is, of the latest 1,024 calls; null for any other. */
  positionOf(eventId: string): number | null {
    return this.#positions.get(eventId) ?? null;
  }

  /** What an earlier call gave that may be reused for this one; null when there is nothing. Counted once it is recorded. */
  reusable(report: GuardReport): CachedToolResult | null {
    const { toolName } = report;
    const args = report.repairedArguments ?? report.arguments;
    return this.#state.cache.peek(toolName, args, systemClock().nowMs());
  }

  /** Takes back a call that was begun and did not run; a second time makes no difference. */
  release(report: GuardReport): void {
    if (this.#open.delete(report)) this.#state.releaseCall(report);
  }

  /**
   * Records what came of a call, with what the guards said of it; a call that they refused is recorded as one that did not run,
   * and counts for nothing. May be repeated after an error with the same `eventId` or
   * `idempotencyKey`, or with the same `callId` alone: the call is then recorded once, and another result of it is refused. The
   * id counts for its turn, tool and arguments, since some models begin their ids anew with every answer.
   * @throws IDEMPOTENCY INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND, STORAGE_ERROR, UNKNOWN_OUTCOME
   */
  async finish(end: ToolCallEnd): Promise<RecordedToolCall> {
    // A report that was given here needs no second look, and is larger than all the rest.
    parseInput(this.#turns.has(end?.report) ? ownEndSchema : endSchema, end, 'end');
    // As it was given: a call that was begun is known by its report.
    const { report, isBound = true, isReused = false, metadata = {}, ...use } = end;
    const reply = await this.#handle.recordWithReply(
      toolInput({
        ...use,
        idempotencyKey: use.idempotencyKey ?? use.eventId ?? this.#keyOf(end),
        toolName: report.toolName,
        arguments: report.repairedArguments ?? report.arguments,
        metadata: { ...metadata, [GUARD_METADATA]: decisionOf(report, { isBound, isReused }) },
      }),
      { events: true },
    );
    const receipt = toReceipt(this.#handle.key.sessionId, reply);
    // Counted by the log from here on; until that is read, by what was begun.
    if (receipt.position <= this.#position) this.release(report);
    else this.#recorded.set(receipt.eventId, report);
    await this.#inTurn(async () => this.#takeIn(reply));
    this.#recorded.delete(receipt.eventId);
    this.release(report);
    const id = this.#bindingIds.get(receipt.eventId);
    return { receipt, binding: id === undefined ? null : this.#state.getBinding(id) };
  }

  #keyOf({ report, callId }: ToolCallEnd): string | undefined {
    if (callId === undefined) return undefined;
    const turn = this.#turns.get(report) ?? this.#turn;
    const { toolName, arguments: args } = report;
    return `tool-call-${turn}-${argumentsHash({ callId, toolName, arguments: args })}`;
  }

  /** One after the other, whether the one before worked or not: the log is taken in in its order. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    this.#refreshing = this.#refreshing.then(work, work);
    return this.#refreshing;
  }

  /** What this process wrote need not be read again, unless others wrote before. */
  async #takeIn(reply: CommandReply): Promise<void> {
    const events = reply.kind === 'committed' ? reply.events : undefined;
    if (reply.kind !== 'committed' || !events || reply.firstPosition !== this.#position + 1) {
      await this.#catchUp();
      return;
    }
    let position = reply.firstPosition;
    for (const entry of events) {
      if (entry.type === 'event-recorded') this.#observe({ ...entry.event, position });
      this.#position = position;
      position += 1;
    }
  }

  async #catchUp(): Promise<void> {
    const state = await this.#handle.findState();
    if (state === null) {
      this.#handle.emptyUnlessKnown(null);
      return;
    }
    if (state.version <= this.#position) return;
    const range = { fromPosition: this.#position + 1, toPosition: state.version };
    for await (const event of readEvents(this.#handle.source, range)) this.#observe(event);
    this.#position = state.version;
  }

  #observe(event: PlacedEvent): void {
    const { id, position, type, source } = event;
    const report = this.#recorded.get(id);
    if (report !== undefined) this.release(report);
    const { nextNumber } = this.#state.bindings;
    this.#state.observe(event);
    this.#position = position;
    if (type === 'tool_call') this.#positions.set(id, position);
    // A new turn counts anew, also what is still running.
    if (type === 'message' && source === 'user') {
      this.#open.clear();
      this.#turn = position;
      this.#goal = toText(messageContent(event.message)).slice(0, MAX_GOAL);
    }
    if (this.#state.bindings.nextNumber > nextNumber) this.#noteBinding(id, `v${nextNumber}`);
  }

  #noteBinding(eventId: string, id: string): void {
    this.#bindingIds.set(eventId, id);
    for (const oldest of this.#bindingIds.keys()) {
      if (this.#bindingIds.size <= MAX_REMEMBERED) return;
      this.#bindingIds.delete(oldest);
    }
  }
}

function decisionOf(
  { verdict, findings, used }: GuardReport,
  { isBound, isReused }: { readonly isBound: boolean; readonly isReused: boolean },
): CallDecision {
  const shown = findings.map(({ guard, result }) => ({ guard, verdict: result.verdict }));
  const decision = { verdict, findings: shown, used, isBound };
  return isReused ? { ...decision, isReused } : decision;
}
