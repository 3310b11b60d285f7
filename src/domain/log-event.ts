import { z } from 'zod';
import type { UsageObservation } from './calibration.ts';
import { dateMsSchema } from './date-ms.ts';
import type { MapChange } from './event-metadata.ts';
import { idSchema, tenantSchema } from './ids.ts';
import type { JsonObject } from './json.ts';
import { type MemoryChange, memoryChangeSchema } from './memory-change.ts';
import { type SessionRun, sessionRunSchema } from './run.ts';
import { type SegmentSummary, segmentSummarySchema } from './segment.ts';
import { type SpanSource, spanSourceSchema } from './segment-span.ts';
import {
  type Billing,
  billingSchema,
  jsonObjectSchema,
  type SessionEvent,
  sessionEventSchema,
} from './session-event.ts';
import { type TokenUsage, tokenUsageSchema } from './token-usage.ts';

/** Where a fork leaves the log it shares: the first `position` records of `sessionId` are its own past too. */
export interface ForkOrigin {
  readonly sessionId: string;
  /** The life of that session which is shared; another one under the same id is somebody else's conversation. */
  readonly lifeId: string;
  readonly position: number;
}

/** A session begins. */
export interface SessionCreated {
  readonly type: 'session-created';
  readonly atMs: number;
  readonly sessionId: string;
  /** Unique among all sessions that ever had this id. */
  readonly lifeId: string;
  readonly tenant: string;
  readonly parentId: string | null;
  readonly fork: ForkOrigin | null;
  readonly properties: JsonObject;
}

/** A message, tool call or other event joins the conversation. */
export interface EventRecorded {
  readonly type: 'event-recorded';
  readonly atMs: number;
  readonly event: SessionEvent;
  /** The caller's key under which a repeated call is recognised. */
  readonly idempotencyKey: string | null;
  /**
   * Tokens of the names and arguments of tool calls, see `ShownTokens`; absent for an event without any, and in records from
   * before they were counted on their own.
   */
  readonly callTokens?: number;
  /** What the provider counted for a text that we could only estimate; absent when there is nothing to learn. */
  readonly observation?: UsageObservation | undefined;
}

/** The usage of an earlier event is corrected; the totals move by the difference. */
export interface EventUsageChanged {
  readonly type: 'event-usage-changed';
  readonly atMs: number;
  readonly eventId: string;
  /** Position of the event's own record. */
  readonly eventPosition: number;
  readonly before: EventFigures;
  readonly after: EventFigures;
}

/** The part of an event that totals are made of. */
export interface EventFigures {
  readonly tokenUsage: TokenUsage | null;
  readonly billing: Billing | null;
}

/** The metadata of an earlier event changes. */
export interface EventMetadataChanged {
  readonly type: 'event-metadata-changed';
  readonly atMs: number;
  readonly eventId: string;
  readonly change: MapChange;
}

/** The open segment takes no more events; the next one opens. */
export interface SegmentClosed {
  readonly type: 'segment-closed';
  readonly atMs: number;
  readonly segment: number;
  readonly summary: SegmentSummary;
  readonly carryTokens: number;
}

/** A better summary is laid over a closed segment. */
export interface SummaryApplied {
  readonly type: 'summary-applied';
  readonly atMs: number;
  readonly segment: number;
  readonly summary: SegmentSummary;
}

/**
 * Consecutive summaries get one together (revision 0, with what it is made from), or that one is replaced by a better one
 * (a later revision, without).
 */
export interface SegmentsSummarised {
  readonly type: 'segments-summarised';
  readonly atMs: number;
  readonly level: number;
  readonly fromSegment: number;
  readonly toSegment: number;
  /** Where the first segment begins. */
  readonly fromPosition: number;
  readonly sources: readonly SpanSource[];
  readonly summary: SegmentSummary;
}

/** The system prompt is set, changed or taken away. */
export interface SystemPromptChanged {
  readonly type: 'system-prompt-changed';
  readonly atMs: number;
  readonly systemPrompt: string | null;
  readonly tokens: number;
}

/** Properties of the session change. */
export interface PropertiesChanged {
  readonly type: 'properties-changed';
  readonly atMs: number;
  readonly change: MapChange;
}

/** Entries of the session's state map change. */
export interface ValuesChanged {
  readonly type: 'values-changed';
  readonly atMs: number;
  readonly change: MapChange;
}

/** A run appears or changes; carries the whole run as it is afterwards. */
export interface RunChanged {
  readonly type: 'run-changed';
  readonly atMs: number;
  readonly run: SessionRun;
}

/** The session gets or loses its parent. */
export interface ParentChanged {
  readonly type: 'parent-changed';
  readonly atMs: number;
  readonly parentId: string | null;
}

/** The session gains or loses a child. */
export interface ChildChanged {
  readonly type: 'child-changed';
  readonly atMs: number;
  readonly childId: string;
  readonly isLinked: boolean;
  /** True for a fork, which reads this session's log. */
  readonly isFork: boolean;
}

/** What the model will see of the conversation changes otherwise than by a new message. */
export interface MemoryChanged {
  readonly type: 'memory-changed';
  readonly atMs: number;
  readonly changes: readonly MemoryChange[];
}

/** Everything that can happen to a session; its log is a list of these and nothing else. */
export type LogEvent =
  | SessionCreated
  | EventRecorded
  | EventUsageChanged
  | EventMetadataChanged
  | SegmentClosed
  | SummaryApplied
  | SegmentsSummarised
  | SystemPromptChanged
  | PropertiesChanged
  | ValuesChanged
  | RunChanged
  | ParentChanged
  | ChildChanged
  | MemoryChanged;

const atMs = dateMsSchema;
const segment = z.int().positive();
const mapChangeSchema: z.ZodType<MapChange> = z.looseObject({
  set: jsonObjectSchema,
  remove: z.array(z.string()),
});
const figuresSchema = z.looseObject({
  tokenUsage: tokenUsageSchema.nullable(),
  billing: billingSchema.nullable(),
});

/** Parses one decoded record; unknown fields stay, an unknown type is refused. */
export const logEventSchema: z.ZodType<LogEvent> = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('session-created'),
    atMs,
    sessionId: idSchema,
    lifeId: idSchema,
    tenant: tenantSchema,
    parentId: idSchema.nullable(),
    fork: z
      .looseObject({ sessionId: idSchema, lifeId: idSchema, position: z.int().nonnegative() })
      .nullable(),
    properties: jsonObjectSchema,
  }),
  z.looseObject({
    type: z.literal('event-recorded'),
    atMs,
    event: sessionEventSchema,
    idempotencyKey: idSchema.nullable(),
    callTokens: z.int().nonnegative().exactOptional(),
    observation: z
      .looseObject({ model: z.string().max(200), estimated: z.number(), reported: z.number() })
      .optional(),
  }),
  z.looseObject({
    type: z.literal('event-usage-changed'),
    atMs,
    eventId: idSchema,
    eventPosition: z.int().positive(),
    before: figuresSchema,
    after: figuresSchema,
  }),
  z.looseObject({
    type: z.literal('event-metadata-changed'),
    atMs,
    eventId: idSchema,
    change: mapChangeSchema,
  }),
  z.looseObject({
    type: z.literal('segment-closed'),
    atMs,
    segment,
    summary: segmentSummarySchema,
    carryTokens: z.int().nonnegative(),
  }),
  z.looseObject({
    type: z.literal('summary-applied'),
    atMs,
    segment,
    summary: segmentSummarySchema,
  }),
  z.looseObject({
    type: z.literal('segments-summarised'),
    atMs,
    level: z.int().positive(),
    fromSegment: segment,
    toSegment: segment,
    fromPosition: z.int().positive(),
    sources: z.array(spanSourceSchema),
    summary: segmentSummarySchema,
  }),
  z.looseObject({
    type: z.literal('system-prompt-changed'),
    atMs,
    systemPrompt: z.string().nullable(),
    tokens: z.int().nonnegative(),
  }),
  z.looseObject({ type: z.literal('properties-changed'), atMs, change: mapChangeSchema }),
  z.looseObject({ type: z.literal('values-changed'), atMs, change: mapChangeSchema }),
  z.looseObject({ type: z.literal('run-changed'), atMs, run: sessionRunSchema }),
  z.looseObject({ type: z.literal('parent-changed'), atMs, parentId: idSchema.nullable() }),
  z.looseObject({
    type: z.literal('child-changed'),
    atMs,
    childId: idSchema,
    isLinked: z.boolean(),
    isFork: z.boolean(),
  }),
  z.looseObject({ type: z.literal('memory-changed'), atMs, changes: z.array(memoryChangeSchema) }),
]);
