import { buildBilling } from './billing.ts';
import { countCalibrated, calibrate, calibrationFactor } from './calibration.ts';
import { assertStatedCost } from './call-cost.ts';
import type { Command, Decision, FollowUp, NewEvent } from './command.ts';
import { creationEvents, creationFollowUps, type DecisionContext } from './decide-creation.ts';
import { accepted, FOLLOW_UP_DELAY_MS, summariseId } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import { fingerprintOf } from './event-fingerprint.ts';
import { InvalidSessionOperation, SessionManagerError, SessionNotFound } from './errors.ts';
import { type CoverParams, coverFollowUps, coverSegments } from './cover-segments.ts';
import { evolve, evolveAll } from './evolve.ts';
import { assertExact } from './exact-totals.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import type { EventRecorded, LogEvent } from './log-event.ts';
import { isAskedFor } from './prompt-growth.ts';
import { extractiveSummary } from './segment-digest.ts';
import { isSegmentDue } from './segment-growth.ts';
import { type Billing, messageContent, type SessionEvent } from './session-event.ts';
import { KEY_RETENTION_MS, type SessionState, standingTokens } from './session-state.ts';
import { countedSummary } from './brief-summary.ts';
import { countShown, type ShownEvent, shownOf, type ShownTokens } from './shown-event.ts';
import { toUsdString, type PicoUsd } from './money.ts';
import { assertRecordable } from './record-limit.ts';
import type { TokenUsage } from './token-usage.ts';

/** What providers call a part of an answer that is text and nothing else. */
const TEXT_PARTS: ReadonlySet<unknown> = new Set(['text', 'output_text']);

type RecordCommand = Extract<Command, { readonly type: 'record-event' }>;

/** The answer to a command whose idempotency key is remembered; null when it is a new one. */
export function repeatedRecord(context: DecisionContext, command: RecordCommand): Decision | null {
  if (command.idempotencyKey === null) return null;
  // The state drops old keys only when a new one comes, so a quiet session still holds expired ones.
  const oldestMs = context.env.nowMs - KEY_RETENTION_MS;
  const seen = context.state?.rememberedKeys.find(
    (entry) => entry.key === command.idempotencyKey && entry.atMs >= oldestMs,
  );
  if (seen === undefined) return null;
  if (seen.fingerprint !== fingerprintOf(command.event)) {
    throw keyReused(seen.eventId);
  }
  return { kind: 'repeated', eventId: seen.eventId, position: seen.position };
}

/** The refusal of an event under the name of another one. */
export function keyReused(eventId: string): SessionManagerError {
  return new SessionManagerError(
    'The idempotency key was used for another event of this session; repeat a call with the same content, or choose another key',
    { code: 'IDEMPOTENCY_KEY_REUSED', data: { eventId } },
  );
}

/** Records an event; before a user message that finds the open segment full, closes it in the same commit. */
export function recordEvent(context: DecisionContext, command: RecordCommand): Decision {
  const { env } = context;
  assertRecordable(command.event.message, 'message');
  assertStatedCost(command.event.reportedCostPico);
  const begun = beginIfAbsent(context, command);
  const ending = closingFor(begun.state, command, env);
  const state = ending === null ? begun.state : evolveFrom(begun.state, ending.events);
  const recorded = recordOf(state, command, env);
  const isClose = assertExact(state.totals, recorded.event);
  const events = [...begun.events, ...(ending?.events ?? []), recorded];
  // A creation must come first, and neither a key nor the last that a sum can take be recorded by two processes at once.
  const isFirst = begun.events.length > 0 || command.idempotencyKey !== null || isClose;
  return accepted(events, {
    mode: isFirst || readsState(command, recorded.event, env) ? 'expected' : 'any',
    needsOpenSegment: ending !== null,
    addFollowUps: [...begun.followUps, ...(ending?.followUps ?? [])],
  });
}

/**
 * Whether what is recorded depends on what was before: the segment that a question may close, the message that a tool call belongs to,
 * the prompt that an answer is charged for, and counts that are corrected by what was reported.
 */
function readsState(
  { policy, event: { source, type, model } }: RecordCommand,
  { billing }: SessionEvent,
  env: DecisionEnvironment,
): boolean {
  const mayClose = policy !== null && source === 'user' && type === 'message';
  return mayClose || type === 'tool_call' || billing !== null || !env.isExactFor(model);
}

/** Records a question and then its answer; what refuses the one refuses the other. */
export function recordTurn(
  context: DecisionContext,
  { question, answer }: Extract<Command, { readonly type: 'record-turn' }>,
): Decision {
  const asked = recordEvent(context, question);
  if (asked.kind !== 'accepted') return asked;
  const begun = evolveAll(context.state, asked.events);
  const answered = recordEvent({ ...context, state: begun }, answer);
  if (answered.kind !== 'accepted') return answered;
  return accepted([...asked.events, ...answered.events], {
    mode: asked.mode === 'expected' ? asked.mode : answered.mode,
    needsOpenSegment: asked.needsOpenSegment || answered.needsOpenSegment,
    addFollowUps: [...asked.addFollowUps, ...answered.addFollowUps],
  });
}

/** Closes the open segment on request; an empty one stays open. */
export function closeSegment(
  state: SessionState,
  command: Extract<Command, { readonly type: 'close-segment' }>,
  env: DecisionEnvironment,
): Decision {
  if (state.open.messages === 0) {
    throw new InvalidSessionOperation({
      operation: 'closeSegment',
      reason: 'the open segment holds no message',
      sessionId: state.sessionId,
    });
  }
  const { events, followUps } = closing(state, {
    policy: command.policy,
    model: command.model,
    env,
  });
  // The summary tells of all messages of the segment.
  return accepted(events, { mode: 'expected', needsOpenSegment: true, addFollowUps: followUps });
}

function beginIfAbsent(
  context: DecisionContext,
  command: RecordCommand,
): {
  readonly state: SessionState;
  readonly events: readonly LogEvent[];
  readonly followUps: readonly FollowUp[];
} {
  if (context.state !== null) return { state: context.state, events: [], followUps: [] };
  if (command.create === null) throw new SessionNotFound({ sessionId: context.key.sessionId });
  const events = creationEvents(context, command.create);
  const state = evolveAll(null, events);
  if (state === null) throw new TypeError('a creation has at least one event');
  return { state, events, followUps: creationFollowUps(command.create, context.env) };
}

function evolveFrom(state: SessionState, events: readonly LogEvent[]): SessionState {
  return events.reduce<SessionState>(evolve, state);
}

interface Closing {
  readonly events: readonly LogEvent[];
  readonly followUps: readonly FollowUp[];
}

function closingFor(
  state: SessionState,
  command: RecordCommand,
  env: DecisionEnvironment,
): Closing | null {
  const { policy, event } = command;
  if (policy === null || event.source !== 'user' || event.type !== 'message') return null;
  const standing = standingTokens(state, policy.summaryTokens);
  if (!isSegmentDue(state.open, { policy, standingTokens: standing })) return null;
  return closing(state, { policy, model: event.model, env });
}

function closing(state: SessionState, params: CoverParams): Closing {
  const { policy, env } = params;
  const text = extractiveSummary(state.open.digest);
  const segment = state.open.number;
  const summary = countedSummary(
    { fromSegment: segment, toSegment: segment, text, origin: 'extractive', revision: 0 },
    (content) => countCalibrated(env, state.calibrations, { content, model: params.model }),
  );
  const event: LogEvent = {
    type: 'segment-closed',
    atMs: env.nowMs,
    segment,
    summary,
    carryTokens: policy.carryTokens,
  };
  const covered = coverSegments(state, params);
  const followUp = { id: summariseId(segment), dueAtMs: env.nowMs + FOLLOW_UP_DELAY_MS };
  const followUps = [...coverFollowUps(covered, env.nowMs), followUp];
  return { events: [...covered, event], followUps: policy.requestSummary ? followUps : [] };
}

function recordOf(
  state: SessionState,
  command: RecordCommand,
  env: DecisionEnvironment,
): EventRecorded {
  const { event: input, idempotencyKey } = command;
  const isExact = env.isExactFor(input.model);
  const factor = isExact ? 1 : calibrationFactor(state.calibrations, input.model);
  const counted = countEvent(input, env);
  const tokens = factor === 1 ? counted : calibrated(counted, factor);
  const event = buildEvent(state, { command, tokens, env });
  const recorded = withCallTokens(
    { type: 'event-recorded', atMs: env.nowMs, event, idempotencyKey },
    tokens.calls,
  );
  const reported = isExact ? null : reportedTextTokens(input);
  if (reported === null) return recorded;
  const observation = { model: input.model, estimated: counted.content, reported };
  return { ...recorded, observation };
}

function withCallTokens(recorded: EventRecorded, callTokens: number | null): EventRecorded {
  if (callTokens === null) return recorded;
  const { type, atMs, event, idempotencyKey } = recorded;
  return { type, atMs, event, idempotencyKey, callTokens };
}

interface EventTokens extends ShownTokens {
  /** What a model wrote, media included that a prompt only names. */
  readonly written: number;
}

/** Counts an event: what a prompt shows of it, or all of it when it is for no prompt. */
function countEvent(input: NewEvent, env: DecisionEnvironment): EventTokens {
  const countTokens = (content: JsonValue): number => env.countTokens(content, input.model);
  const shown = shownOf(input);
  if (shown === null) {
    const content = countTokens(input.message);
    return { content, calls: null, written: content };
  }
  const { content, calls } = countShown(shown, countTokens);
  const written = writtenTokens(input, { shown, content, calls }, countTokens);
  return { content, calls, written: written + heldTokens(input, countTokens) };
}

function writtenTokens(
  input: NewEvent,
  { shown, content, calls }: ShownTokens & { readonly shown: ShownEvent },
  countTokens: (content: JsonValue) => number,
): number {
  // An answer that is too long for a record was written, and is paid for, in full.
  if (input.archivedTokens !== undefined) return input.archivedTokens + (calls ?? 0);
  if (shown.kind !== 'answer' || typeof shown.content === 'string' || shown.content === null)
    return content;
  return countTokens(messageContent(input.message)) + (calls ?? 0);
}

/** Counted as the calls of an answer are. */
function heldTokens(input: NewEvent, countTokens: (content: JsonValue) => number): number {
  const { source, type, heldCalls } = input;
  if (heldCalls === undefined) return 0;
  const held = shownOf({ source, type, message: { content: '', tool_calls: heldCalls } });
  return held === null ? 0 : (countShown(held, countTokens).calls ?? 0);
}

function calibrated({ content, calls, written }: EventTokens, factor: number): EventTokens {
  return {
    content: calibrate(content, factor),
    calls: calls === null ? null : calibrate(calls, factor),
    written: calibrate(written, factor),
  };
}

/**
 * What the provider counted for the text of an answer; null where it says nothing, or counted more than the text: calls of
 * tools are written in a way of the model's own, and thinking is paid for and seldom shown.
 */
function reportedTextTokens({ message, source, type, reportedUsage }: NewEvent): number | null {
  if (source !== 'llm' || type !== 'message' || reportedUsage === null) return null;
  if (!isPlainText(message)) return null;
  // What was spoken is the same words once more.
  const { outputTokens, outputReasoningTokens = 0, outputAudioTokens = 0 } = reportedUsage;
  if (outputTokens === undefined) return null;
  return outputTokens - outputReasoningTokens - outputAudioTokens;
}

function isPlainText(message: JsonValue): boolean {
  if (isJsonObject(message) && ('tool_calls' in message || 'function_call' in message))
    return false;
  const content = messageContent(message);
  if (!Array.isArray(content)) return typeof content === 'string';
  return content.every((part) => isJsonObject(part) && TEXT_PARTS.has(part['type']));
}

function buildEvent(
  state: SessionState,
  params: {
    readonly command: RecordCommand;
    readonly tokens: EventTokens;
    readonly env: DecisionEnvironment;
  },
): SessionEvent {
  const { command, tokens, env } = params;
  const { event: input } = command;
  const billing = buildBilling(state, { command, outputTokens: tokens.written }, env);
  return {
    id: input.id ?? env.newId(),
    message: input.message,
    timestampMs: env.nowMs,
    source: input.source,
    type: input.type,
    metadata: input.metadata,
    parentEventId: input.parentEventId === undefined ? parentOf(state, input) : input.parentEventId,
    taskId: input.taskId,
    tokenUsage: input.tokenUsage ?? countedUsage(input, ownTokens(state, input, tokens), billing),
    contentTokens: tokens.content,
    billing,
    ...(input.archive === undefined ? {} : { archive: input.archive }),
  };
}

/** What an event is counted as: of a tool call also what was asked, unless the answer that asked has counted that. */
function ownTokens(state: SessionState, input: NewEvent, { content, calls }: EventTokens): number {
  if (input.type !== 'tool_call' || isAskedFor(state.openTurn, input.message)) return content;
  return content + (calls ?? 0);
}

/** A tool call belongs to the message it serves: the answer that asked for it, or the question being worked on. */
function parentOf(state: SessionState, input: NewEvent): string | null {
  return input.type === 'tool_call' ? (state.latestMessage?.eventId ?? null) : null;
}

function countedUsage(input: NewEvent, tokens: number, billing: Billing | null): TokenUsage {
  const isAnswer = input.source === 'llm';
  const cost = billing?.costPico ?? null;
  return {
    promptTokens: isAnswer ? 0 : tokens,
    completionTokens: isAnswer ? tokens : 0,
    totalTokens: tokens,
    model: input.type === 'tool_call' ? '' : input.model,
    estimatedCostUsd: cost === null ? null : toUsdString(BigInt(cost) as PicoUsd), // a stored integer
    origin: 'estimated',
  };
}
