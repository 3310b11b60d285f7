import { buildBilling } from './billing.ts';
import { countCalibrated, calibrate, calibrationFactor } from './calibration.ts';
import type { Command, Decision, FollowUp, NewEvent } from './command.ts';
import { creationEvents, creationFollowUps, type DecisionContext } from './decide-creation.ts';
import { accepted, FOLLOW_UP_DELAY_MS, summariseId } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import { fingerprintOf } from './event-fingerprint.ts';
import {
  InvalidInput,
  InvalidSessionOperation,
  SessionManagerError,
  SessionNotFound,
} from './errors.ts';
import { evolve, evolveAll } from './evolve.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import type { EventRecorded, LogEvent } from './log-event.ts';
import { extractiveSummary } from './segment-digest.ts';
import { isSegmentDue, type SegmentPolicy } from './segment.ts';
import { type Billing, messageContent, type SessionEvent } from './session-event.ts';
import { KEY_RETENTION_MS, type SessionState, standingTokens } from './session-state.ts';
import { MAX_USD, toUsdString, type PicoUsd } from './money.ts';
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

function keyReused(eventId: string): SessionManagerError {
  return new SessionManagerError(
    'The idempotency key was used for another event of this session; repeat a call with the same content, or choose another key',
    { code: 'IDEMPOTENCY_KEY_REUSED', data: { eventId } },
  );
}

/** Records an event; before a user message that finds the open segment full, closes it in the same commit. */
export function recordEvent(context: DecisionContext, command: RecordCommand): Decision {
  const { env } = context;
  assertRecordable(command.event.message, 'message');
  assertCost(command.event.reportedCostPico);
  const begun = beginIfAbsent(context, command);
  const ending = closingFor(begun.state, command, env);
  const state = ending === null ? begun.state : evolve(begun.state, ending.event);
  const recorded = recordOf(state, command, env);
  const events =
    ending === null ? [...begun.events, recorded] : [...begun.events, ending.event, recorded];
  return accepted(events, {
    // A creation must come first, and a key must not be recorded by two processes at once.
    mode: begun.events.length > 0 || command.idempotencyKey !== null ? 'expected' : 'any',
    needsOpenSegment: ending !== null,
    addFollowUps: [...begun.followUps, ...(ending?.followUps ?? [])],
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
  const { event, followUps } = closing(state, {
    policy: command.policy,
    model: command.model,
    env,
  });
  return accepted([event], { needsOpenSegment: true, addFollowUps: followUps });
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

/** A cost that no record can hold would make the whole log unreadable. */
function assertCost(costPico: PicoUsd | null): void {
  if (costPico === null) return;
  if (costPico >= 0n && costPico <= MAX_USD * 1_000_000_000_000n) return;
  throw new InvalidInput({ field: 'options.costUsd', expected: `0 to ${MAX_USD} US dollars` });
}

interface Closing {
  readonly event: LogEvent;
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

function closing(
  state: SessionState,
  params: {
    readonly policy: SegmentPolicy;
    readonly model: string;
    readonly env: DecisionEnvironment;
  },
): Closing {
  const { policy, env } = params;
  const text = extractiveSummary(state.open.digest);
  const segment = state.open.number;
  const event: LogEvent = {
    type: 'segment-closed',
    atMs: env.nowMs,
    segment,
    summary: {
      text,
      tokens: countCalibrated(env, state.calibrations, { content: text, model: params.model }),
      origin: 'extractive',
      revision: 0,
    },
    carryTokens: policy.carryTokens,
  };
  const followUp = { id: summariseId(segment), dueAtMs: env.nowMs + FOLLOW_UP_DELAY_MS };
  return { event, followUps: policy.requestSummary ? [followUp] : [] };
}

function recordOf(
  state: SessionState,
  command: RecordCommand,
  env: DecisionEnvironment,
): EventRecorded {
  const { event: input, idempotencyKey } = command;
  const counted = env.countTokens(countedContent(input), input.model);
  const isExact = env.isExactFor(input.model);
  const factor = isExact ? 1 : calibrationFactor(state.calibrations, input.model);
  const contentTokens = factor === 1 ? counted : calibrate(counted, factor);
  const event = buildEvent(state, { command, contentTokens, env });
  const recorded = { type: 'event-recorded', atMs: env.nowMs, event, idempotencyKey } as const;
  const reported = isExact ? null : reportedTextTokens(input);
  if (reported === null) return recorded;
  const observation = { model: input.model, estimated: counted, reported };
  return { ...recorded, observation };
}

/**
 * What the provider counted for the text of an answer; null where it says nothing, or counted more than the text: calls of
 * tools are written in a way of the model's own, and thinking is paid for and seldom shown.
 */
function reportedTextTokens({ message, source, type, reportedUsage }: NewEvent): number | null {
  if (source !== 'llm' || type !== 'message' || reportedUsage === null) return null;
  if (!isPlainText(message)) return null;
  const { outputTokens, outputReasoningTokens = 0 } = reportedUsage;
  return outputTokens === undefined ? null : outputTokens - outputReasoningTokens;
}

function isPlainText(message: JsonValue): boolean {
  if (isJsonObject(message) && 'tool_calls' in message) return false;
  const content = messageContent(message);
  if (!Array.isArray(content)) return typeof content === 'string';
  return content.every((part) => isJsonObject(part) && TEXT_PARTS.has(part['type']));
}

function buildEvent(
  state: SessionState,
  params: {
    readonly command: RecordCommand;
    readonly contentTokens: number;
    readonly env: DecisionEnvironment;
  },
): SessionEvent {
  const { command, contentTokens, env } = params;
  const { event: input, policy } = command;
  const billing = buildBilling(state, { event: input, policy, contentTokens }, env);
  return {
    id: input.id ?? env.newId(),
    message: input.message,
    timestampMs: env.nowMs,
    source: input.source,
    type: input.type,
    metadata: input.metadata,
    parentEventId: input.parentEventId === undefined ? parentOf(state, input) : input.parentEventId,
    taskId: input.taskId,
    tokenUsage: input.tokenUsage ?? countedUsage(input, contentTokens, billing),
    contentTokens,
    billing,
  };
}

/** What of an event a prompt shows, and so what counts. */
function countedContent({ message, type }: NewEvent): SessionEvent['message'] {
  if (!isJsonObject(message)) return message;
  // The answer that asked for the call by its id carries name and arguments, and counted them.
  if (type === 'tool_call' && typeof message['callId'] === 'string') {
    const { result = null, error = null } = message;
    // As a prompt shows it: the result alone, or the error with what there is of a result.
    const isError = error !== null && error !== '' && error !== false;
    return isError ? { error, details: result } : (result ?? '');
  }
  // Tool calls are sent along with the content.
  return type === 'message' && !('tool_calls' in message) ? messageContent(message) : message;
}

/** A tool call belongs to the message it serves: the answer that asked for it, or the question being worked on. */
function parentOf(state: SessionState, input: NewEvent): string | null {
  return input.type === 'tool_call' ? (state.latestMessage?.eventId ?? null) : null;
}

function countedUsage(input: NewEvent, contentTokens: number, billing: Billing | null): TokenUsage {
  const isAnswer = input.source === 'llm';
  const cost = billing?.costPico ?? null;
  return {
    promptTokens: isAnswer ? 0 : contentTokens,
    completionTokens: isAnswer ? contentTokens : 0,
    totalTokens: contentTokens,
    model: input.type === 'tool_call' ? '' : input.model,
    estimatedCostUsd: cost === null ? null : toUsdString(BigInt(cost) as PicoUsd), // a stored integer
    origin: 'estimated',
  };
}
