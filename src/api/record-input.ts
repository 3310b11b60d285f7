import { z } from 'zod';
import { reading } from '../domain/argument.ts';
import type { NewEvent, SentPrompt } from '../domain/command.ts';
import { InvalidInput } from '../domain/errors.ts';
import { withFieldNames } from '../domain/field-name.ts';
import { idSchema } from '../domain/ids.ts';
import {
  type JsonObject,
  type JsonValue,
  parseJsonObject,
  parseJsonValue,
} from '../domain/json.ts';
import { parseUsd, type PicoUsd, usdFromNumber, ZERO_USD } from '../domain/money.ts';
import { parseInput } from '../domain/parse.ts';
import { assertRecordable } from '../domain/record-limit.ts';
import { type UsageBuckets, usageEntries } from '../domain/usage.ts';
import {
  isProviderResponse,
  originOf,
  readLlmResponse,
  type ResponseOrigin,
  toJsonBody,
} from './llm-response.ts';
import { readSaid } from './answer-parts.ts';
import { assertAskedCalls } from './asked-call.ts';
import { assertAnswers } from './error-body.ts';
import { withFailureNote } from './failure-note.ts';
import { isReadableUsage } from './readable-usage.ts';
import { assertNoChunk } from './stream-chunk.ts';
import { parseProviderUsage } from '../pricing/provider-usage.ts';
import { plainToolUse } from './plain-tool-use.ts';
import { thrownAs } from './thrown-as.ts';
import { userMessage } from './user-message.ts';
import { assertUnwrapped } from './wrapped-answer.ts';
import { waitFields, type WaitOptions } from './wait.ts';

/** What may be said about any recorded event. */
export interface RecordOptions extends WaitOptions {
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** A second call with the same key within a day changes nothing and succeeds. */
  readonly idempotencyKey?: string | undefined;
  /**
   * The event's id, and the key of the call when none is given; a fresh UUID when not given. An id that is used again after
   * its key was forgotten, or under another key, names two events, of which the latest is meant from then on.
   */
  readonly eventId?: string | undefined;
  /** The run it belongs to. */
  readonly taskId?: string | undefined;
  /** The event it belongs to; tool calls find theirs by themselves. */
  readonly parentEventId?: string | null | undefined;
}

/** What may be said about an answer of a model. */
export interface AnswerOptions extends RecordOptions {
  /** Default what a whole body, given as the answer or as its usage, names; else `unknown`, which has no price. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** The provider's usage, as it came: a response body, its usage object, or that of the AI SDK. Beats every estimate. */
  readonly usage?: unknown;
  /** Which of the provider's interfaces answered, e.g. `chat` or `responses`. */
  readonly apiFlavor?: string | undefined;
  /** What the provider says the call cost, in US dollars; beats every price list. */
  readonly costUsd?: string | number | undefined;
  /** Tool calls the model asks for, as the provider wrote them. */
  readonly toolCalls?: readonly unknown[] | undefined;
}

/** One tool call and what came of it. */
export interface ToolUse extends RecordOptions {
  readonly toolName: string;
  readonly arguments?: unknown;
  readonly result?: unknown;
  /** Null or not given means that it worked. */
  readonly error?: string | null | undefined;
  /** The model's id of the call. */
  readonly callId?: string | undefined;
}

/** What may be said about a call to a model that failed. */
export interface FailureOptions extends RecordOptions {
  /** Milliseconds that the call took. */
  readonly latencyMs?: number | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** What it took all the same, as the provider reports it; see {@link AnswerOptions.usage}. */
  readonly usage?: unknown;
  readonly apiFlavor?: string | undefined;
}

/** A call turned into a command's parts. */
export interface RecordInput {
  readonly event: Omit<NewEvent, 'model'> & { readonly model: string | null };
  readonly idempotencyKey: string | null;
  /** What of the conversation the model was shown, where that is not what the session's options say. */
  readonly sent?: SentPrompt;
  readonly wait: WaitOptions;
}

/** The model of an answer whose model was not said; it has no price. */
const UNKNOWN = 'unknown';
const NO_WAIT: WaitOptions = {};

const name = z.string().max(200);
/** Taken as it came, since a copy entry by entry would lose one named `__proto__`; checked as JSON. */
const metadata = z.unknown().optional();

const recordFields = {
  ...waitFields,
  metadata,
  idempotencyKey: idSchema.optional(),
  eventId: idSchema.optional(),
  taskId: idSchema.optional(),
  parentEventId: idSchema.nullish(),
};

const recordSchema = z.strictObject(recordFields);
const answerSchema = z.strictObject({
  ...recordFields,
  model: name.optional(),
  provider: name.optional(),
  usage: z.unknown().optional(),
  apiFlavor: name.optional(),
  costUsd: z.union([z.string(), z.number()]).optional(),
  toolCalls: z.array(z.unknown()).optional(),
});
const toolSchema = z.strictObject({
  ...recordFields,
  toolName: z.string().min(1).max(256),
  arguments: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.string().nullish(),
  callId: z.string().min(1).max(256).optional(),
});

const failureSchema = z.strictObject({
  ...recordFields,
  latencyMs: z.number().nonnegative().optional(),
  model: name.optional(),
  provider: name.optional(),
  usage: z.unknown().optional(),
  apiFlavor: name.optional(),
});

type ParsedAnswer = z.output<typeof answerSchema>;

/**
 * What a user said.
 * @throws INVALID_INPUT, EVENT_TOO_LARGE naming the field.
 */
export function userInput(
  message: unknown,
  options: RecordOptions,
  maxLength?: number,
): RecordInput {
  const parsed = parseInput(recordSchema, options, 'options');
  return recordInput(parsed, {
    message: recordable(
      reading('message', () => userMessage(message)),
      'message',
      maxLength,
    ),
    source: 'user',
    type: 'message',
    metadata: recordableMetadata(parsed.metadata, 'options.metadata'),
  });
}

/**
 * What a model answered: text, an object with `content`, the parts of an answer, or the whole response of a provider; null only where it
 * calls tools.
 * @throws INVALID_INPUT, EVENT_TOO_LARGE naming the field; INVALID_INPUT when it is an error in place of an answer, or a chunk of a stream.
 */
export function answerInput(
  response: unknown,
  options: AnswerOptions,
  maxLength?: number,
): RecordInput {
  const given = parseInput(answerSchema, options, 'options');
  if (isWhole(response)) return wholeResponseInput(response, given, maxLength);
  const body = reading('response', () => toJsonBody(response));
  if (body !== response && isWhole(body)) return wholeResponseInput(body, given, maxLength);
  if (body === null && (given.toolCalls ?? []).length === 0)
    throw new InvalidInput({ field: 'response', expected: 'an answer, got null' });
  const { content, toolCalls } = reading('response', () => readSaid(body));
  return contentInput(content, { ...given, toolCalls: given.toolCalls ?? toolCalls }, maxLength);
}

/** Whether an answer is the whole response of a provider. */
function isWhole(response: unknown): response is object {
  return reading('response', () => {
    assertAnswers(response);
    assertNoChunk(response);
    assertUnwrapped(response);
    return isProviderResponse(response);
  });
}

/** A whole response says itself what was answered, by which model, and what it took; the caller's word comes first. */
function wholeResponseInput(
  response: object,
  given: ParsedAnswer,
  maxLength?: number,
): RecordInput {
  const { text, toolCalls, usage, origin: toldOrigin } = readLlmResponse(response);
  // The body's word on a provider goes with its word on the model.
  const origin = given.model ? {} : toldOrigin;
  const model = given.model || origin.model;
  const provider = given.provider || origin.provider;
  const found = isReadableUsage(usage, { model, provider }) ? usage : undefined;
  const told = {
    ...given,
    model,
    provider,
    toolCalls: given.toolCalls ?? [...toolCalls],
    usage: given.usage ?? found,
  };
  return contentInput(text, told, maxLength);
}

function contentInput(response: unknown, parsed: ParsedAnswer, maxLength?: number): RecordInput {
  const told = toldBy(parsed);
  const model = parsed.model || told.model || UNKNOWN;
  const provider = parsed.provider || told.provider || UNKNOWN;
  const entries = recordableMetadata(parsed.metadata, 'options.metadata');
  const input = recordInput(parsed, {
    message: withToolCalls(recordable(response, 'response', maxLength), parsed.toolCalls),
    source: 'llm',
    type: 'message',
    metadata: { model, provider, ...entries },
  });
  const billing = {
    model,
    provider: provider === UNKNOWN ? null : provider,
    reportedUsage: reportedUsage(parsed, told.model),
    reportedCostPico: reportedCost(parsed.costUsd),
  };
  return { ...input, event: { ...input.event, ...billing } };
}

/**
 * What a tool was asked and gave back.
 * @throws INVALID_INPUT, EVENT_TOO_LARGE naming the field.
 */
export function toolInput(use: ToolUse, maxLength?: number): RecordInput {
  const parsed = plainToolUse(use) ?? parseInput(toolSchema, use, 'use');
  const error = parsed.error ?? null;
  const args = recordable(parsed.arguments ?? null, 'use.arguments');
  const result = recordable(parsed.result ?? null, 'use.result', maxLength);
  const message: Record<string, JsonValue> = {
    tool: parsed.toolName,
    arguments: args,
    result,
    error: recordable(error, 'use.error'),
    success: error === null,
  };
  if (parsed.callId !== undefined) message['callId'] = parsed.callId;
  return recordInput(parsed, {
    message,
    source: 'system',
    type: 'tool_call',
    metadata: withFailureNote(recordableMetadata(parsed.metadata, 'use.metadata'), {
      result,
      error,
    }),
  });
}

/**
 * A call to a model that failed.
 * @throws INVALID_INPUT, EVENT_TOO_LARGE naming the field.
 */
export function failureInput(error: unknown, options: FailureOptions): RecordInput {
  const parsed = parseInput(failureSchema, options, 'options');
  const { latencyMs } = parsed;
  const told = toldBy(parsed);
  const model = parsed.model || told.model;
  const provider = parsed.provider || told.provider;
  const input = recordInput(parsed, {
    message: recordable(thrownAs(error), 'error'),
    source: 'system',
    type: 'reference',
    metadata: {
      ...recordableMetadata(parsed.metadata, 'options.metadata'),
      failed: true,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(model === undefined ? {} : { model }),
      ...(provider === undefined ? {} : { provider }),
    },
  });
  const billing = {
    model: model ?? UNKNOWN,
    provider: provider ?? null,
    reportedUsage: reportedUsage(parsed, told.model),
  };
  return { ...input, event: { ...input.event, ...billing } };
}

function recordInput(
  parsed: z.output<typeof recordSchema>,
  content: Pick<NewEvent, 'message' | 'source' | 'type' | 'metadata'>,
): RecordInput {
  return {
    // Field by field: adding fields to a spread object costs V8 a third of a whole recording (Node 20.20, 2026-11-25).
    event: {
      id: parsed.eventId ?? null,
      message: content.message,
      source: content.source,
      type: content.type,
      metadata: content.metadata,
      parentEventId: parsed.parentEventId,
      taskId: parsed.taskId ?? null,
      model: null,
      provider: null,
      reportedUsage: null,
      reportedCostPico: null,
      tokenUsage: null,
    },
    idempotencyKey: parsed.idempotencyKey ?? parsed.eventId ?? null,
    wait: waitOf(parsed),
  };
}

function waitOf({ signal, timeoutMs }: WaitOptions): WaitOptions {
  return signal === undefined && timeoutMs === undefined ? NO_WAIT : { signal, timeoutMs };
}

function withToolCalls(content: JsonValue, toolCalls: readonly unknown[] | undefined): JsonValue {
  if (toolCalls === undefined || toolCalls.length === 0) return content;
  const calls = recordable(toolCalls, 'options.toolCalls');
  assertAskedCalls(calls, 'options.toolCalls');
  return { content, tool_calls: calls };
}

/** A JSON value that a record can hold; a larger one is refused before anything is made of it. */
function recordable(value: unknown, field: string, maxLength?: number): JsonValue {
  const parsed = parseJsonValue(value, field);
  assertRecordable(parsed, field, maxLength);
  return parsed;
}

function recordableMetadata(value: unknown, field: string): JsonObject {
  const parsed = parseJsonObject(value, field);
  assertRecordable(parsed, field);
  return parsed;
}

/** What may say what a call took. */
type ReportedCall = Pick<ParsedAnswer, 'model' | 'provider' | 'usage' | 'apiFlavor'>;

/** What a whole body that was given as usage says of itself; nothing where the caller named the model. */
function toldBy({ model, usage }: ReportedCall): ResponseOrigin {
  return model ? {} : originOf(usage);
}

function reportedUsage(parsed: ReportedCall, toldModel: string | undefined): UsageBuckets | null {
  if (parsed.usage === undefined || parsed.usage === null) return null;
  const { provider, apiFlavor } = parsed;
  // A named interface belongs to whom the caller has in mind, which may be another than the model's.
  const model = parsed.model || (apiFlavor === undefined ? toldModel : undefined);
  const usage = withFieldNames(
    (field) => `options.${field}`,
    () => parseProviderUsage(parsed.usage, { provider: provider || undefined, apiFlavor, model }),
  );
  // A usage without any number says nothing, least of all that the call was free.
  return usageEntries(usage).length === 0 ? null : usage;
}

function reportedCost(costUsd: string | number | undefined): PicoUsd | null {
  if (costUsd === undefined) return null;
  const field = 'options.costUsd';
  const cost =
    typeof costUsd === 'number' ? usdFromNumber(costUsd, field) : parseUsd(costUsd, field);
  if (cost >= ZERO_USD) return cost;
  throw new InvalidInput({ field, expected: 'an amount of at least 0' });
}
