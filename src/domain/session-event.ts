import { type ArchivedContent, archivedContentSchema } from './archived-content.ts';
import { assertObject } from './argument.ts';
import { z } from 'zod';
import { dateMsSchema } from './date-ms.ts';
import { idSchema } from './ids.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { COST_PICO } from './call-cost.ts';
import { type TokenUsage, tokenUsageSchema } from './token-usage.ts';
import { type UsageBuckets, usageBucketsSchema, type UsageOrigin, USAGE_ORIGINS } from './usage.ts';

/** Who an event came from. */
export const EVENT_SOURCES = ['user', 'llm', 'system'] as const;
/** One of {@link EVENT_SOURCES}. */
export type EventSource = (typeof EVENT_SOURCES)[number];

/** What an event is. */
export const EVENT_TYPES = [
  'message',
  'summary',
  'tool_call',
  'reference',
  'context_bridge',
  'tool_trace',
  'tool_pattern',
  'tool_fix',
] as const;
/** One of {@link EVENT_TYPES}. */
export type EventType = (typeof EVENT_TYPES)[number];

/** Where the cost of a call comes from. */
export const COST_ORIGINS = ['reported', 'priced'] as const;
/** One of `COST_ORIGINS`. */
export type CostOrigin = (typeof COST_ORIGINS)[number];

/** What one model call was billed, or would be: kept beside the event's own tokens, which count its content alone. */
export interface Billing {
  /**
   * `reported`: the provider's own figures; a side of them (`inputTokens`, `outputTokens`) that it said nothing about is the
   * estimate. `estimated`: the whole prompt as this library would send it.
   */
  readonly origin: UsageOrigin;
  readonly model: string;
  readonly provider: string | null;
  readonly usage: UsageBuckets;
  /** What the estimate was when the provider's figures are used; null otherwise. */
  readonly estimate: UsageBuckets | null;
  /** Pico-US-dollars as a decimal integer string; null when the model has no known price. */
  readonly costPico: string | null;
  /** `reported`: the provider said what the call cost, which no price list replaces. Absent without a cost. */
  readonly costOrigin?: CostOrigin;
}

/** One thing that happened in a conversation. */
export interface SessionEvent {
  readonly id: string;
  readonly message: JsonValue;
  /** Milliseconds since the Unix epoch, UTC. Order is the position in the log, never this. */
  readonly timestampMs: number;
  readonly source: EventSource;
  readonly type: EventType;
  readonly metadata: JsonObject;
  readonly parentEventId: string | null;
  /** The run this event belongs to. */
  readonly taskId: string | null;
  readonly tokenUsage: TokenUsage | null;
  /**
   * Tokens of what a prompt shows of it: what was said and which tools were asked for, or what came of a tool call; what that
   * call was asked stands in the answer that asked, or is counted beside it.
   */
  readonly contentTokens: number;
  readonly billing: Billing | null;
  /** Where the content is of which `message` holds an excerpt. */
  readonly archive?: ArchivedContent;
}

/**
 * A stored JSON value, taken as it is: what `JSON.parse` made needs no second look, and a copy entry by entry would lose
 * one named `__proto__`.
 */
export const jsonValueSchema: z.ZodType<JsonValue> = z.custom<JsonValue>(
  (value) => value !== undefined,
);
/** As {@link jsonValueSchema} for an object. */
export const jsonObjectSchema: z.ZodType<JsonObject> = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const tokenCountSchema = z.int().nonnegative();

/** Parses stored billing. */
export const billingSchema: z.ZodType<Billing> = z.looseObject({
  origin: z.enum(USAGE_ORIGINS),
  model: z.string(),
  provider: z.string().nullable(),
  usage: usageBucketsSchema,
  estimate: usageBucketsSchema.nullable(),
  costPico: z.string().regex(COST_PICO).nullable(),
  costOrigin: z.enum(COST_ORIGINS).exactOptional(),
});

/** Parses a stored event; fields that a later minor version added are kept as they are. */
export const sessionEventSchema: z.ZodType<SessionEvent> = z.looseObject({
  id: idSchema,
  message: jsonValueSchema,
  timestampMs: dateMsSchema,
  source: z.enum(EVENT_SOURCES),
  type: z.enum(EVENT_TYPES),
  metadata: jsonObjectSchema,
  parentEventId: z.string().nullable(),
  taskId: z.string().nullable(),
  tokenUsage: tokenUsageSchema.nullable(),
  contentTokens: tokenCountSchema,
  billing: billingSchema.nullable(),
  archive: archivedContentSchema.exactOptional(),
});

/** True when the field `parentEventId` names the given event. */
export function isChildOf(event: SessionEvent, eventId: string): boolean {
  assertObject(event, 'event');
  return event.parentEventId === eventId;
}

/** True when the event belongs to the given run. */
export function isPartOfTask(event: SessionEvent, taskId: string): boolean {
  assertObject(event, 'event');
  return event.taskId === taskId;
}

/** The event's tokens: what its usage says, else what its content adds to a prompt. */
export function eventTokens(event: SessionEvent): number {
  assertObject(event, 'event');
  return event.tokenUsage?.totalTokens ?? event.contentTokens;
}

/**
 * The content a prompt would show: the message itself, or its `content` when it is an object that has one; of an answer that is
 * only spoken, what was said.
 */
export function messageContent(message: JsonValue): JsonValue {
  if (!isJsonObject(message) || !('content' in message)) return message;
  const { content = null, audio } = message;
  if (content !== null && content !== '') return content;
  const transcript = isJsonObject(audio) ? audio['transcript'] : undefined;
  return typeof transcript === 'string' ? transcript : content;
}

const EVENT_PARTS = { id: 'a string', timestampMs: 'a number', metadata: 'an object' } as const;

/** The event as a plain object with ISO 8601 time; `parentEventId`, `taskId` and `tokenUsage` only when present. */
export function sessionEventToJson(event: SessionEvent): JsonObject {
  assertObject(event, 'event', EVENT_PARTS);
  const json: Record<string, JsonValue> = {
    id: event.id,
    message: event.message,
    timestamp: new Date(event.timestampMs).toISOString(),
    source: event.source,
    type: event.type,
    metadata: event.metadata,
  };
  if (event.parentEventId !== null) json['parentEventId'] = event.parentEventId;
  if (event.taskId !== null) json['taskId'] = event.taskId;
  if (event.tokenUsage !== null) json['tokenUsage'] = usageToJson(event.tokenUsage);
  return json;
}

function usageToJson(usage: TokenUsage): JsonObject {
  const { promptTokens, completionTokens, totalTokens, model, estimatedCostUsd } = usage;
  return { promptTokens, completionTokens, totalTokens, model, estimatedCostUsd };
}
