import { z } from 'zod';
import { idSchema, tenantSchema } from '../domain/ids.ts';
import { toPicoUsd } from '../domain/money.ts';
import { sessionRunSchema } from '../domain/run.ts';
import { segmentSummarySchema } from '../domain/segment.ts';
import { segmentSpanSchema } from '../domain/segment-span.ts';
import { jsonObjectSchema } from '../domain/session-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { usageBucketsSchema } from '../domain/usage.ts';

const count = z.int().nonnegative();
const signedCount = z.int();
const pico = z
  .string()
  .regex(/^-?\d+$/)
  .transform((text) => toPicoUsd(BigInt(text)));

const modelTotals = z.object({
  promptTokens: signedCount,
  completionTokens: signedCount,
  totalTokens: signedCount,
  costPico: pico,
});

const totals = z.object({
  counts: z.object({
    events: count,
    userMessages: count,
    aiMessages: count,
    systemMessages: count,
    toolCalls: count,
    summaries: count,
  }),
  promptTokens: signedCount,
  completionTokens: signedCount,
  totalTokens: signedCount,
  // As pairs: a record would pass over a model that is called `__proto__`.
  models: z
    .array(z.tuple([z.string(), modelTotals]))
    .transform((pairs) => Object.fromEntries(pairs)),
  billed: usageBucketsSchema,
  costPico: pico,
  pricedCalls: signedCount,
  unpricedCalls: signedCount,
});

const openTurn = z
  .object({
    hasCalls: z.boolean(),
    waiting: z.array(
      z.object({ callId: z.string().nullable(), name: z.string(), arguments: z.string() }),
    ),
    delayed: count,
  })
  .nullable();

const openSegment = z.object({
  number: z.int().positive(),
  fromPosition: z.int().positive(),
  tokens: count,
  messages: count,
  promptFromPosition: z.int().positive(),
  carriedTokens: count,
  promptTurn: openTurn,
  ownTurn: openTurn,
  turnTokens: z.array(count),
  exchanges: z.array(z.object({ fromPosition: z.int().positive(), tokens: count })),
  digest: z.object({
    topics: z.array(z.string()),
    topicCount: count,
    userMessages: count,
    otherMessages: count,
    latestAnswer: z.string(),
  }),
});

const closedSegment = z.object({
  number: z.int().positive(),
  fromPosition: z.int().positive(),
  toPosition: z.int().positive(),
  closedAtMs: z.number(),
  messages: count,
  summary: segmentSummarySchema,
});

const stateSchema: z.ZodType<SessionState> = z.object({
  sessionId: idSchema,
  lifeId: idSchema,
  tenant: tenantSchema,
  version: z.int().positive(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  lastEventAtMs: z.number().nullable(),
  systemPrompt: z.string().nullable(),
  systemPromptTokens: count,
  properties: jsonObjectSchema,
  values: jsonObjectSchema,
  parentId: idSchema.nullable(),
  children: z.array(z.object({ id: idSchema, isFork: z.boolean() })),
  fork: z.object({ sessionId: idSchema, lifeId: idSchema, position: count }).nullable(),
  runs: z.array(sessionRunSchema),
  totals,
  open: openSegment,
  spans: z.array(segmentSpanSchema),
  closed: z.array(closedSegment),
  latestMessage: z.object({ eventId: idSchema, source: z.enum(['user', 'llm']) }).nullable(),
  calibrations: z.array(z.object({ model: z.string(), ratios: z.array(z.number()) })),
  corrections: z.array(
    z.object({ eventPosition: z.int().positive(), position: z.int().positive() }),
  ),
  conversationTokens: count,
  memoryRevision: count,
  openTurn,
  namesContent: z.boolean(),
  rememberedKeys: z.array(
    z.object({
      key: idSchema,
      fingerprint: z.string(),
      eventId: idSchema,
      position: z.int().positive(),
      atMs: z.number(),
    }),
  ),
});

/** The state with its big integers as decimal strings, ready for JSON. */
export function toStoredState(state: SessionState): unknown {
  const models = Object.entries(state.totals.models).map(([name, line]) => [
    name,
    { ...line, costPico: line.costPico.toString() },
  ]);
  const costPico = state.totals.costPico.toString();
  return { ...state, totals: { ...state.totals, costPico, models } };
}

/**
 * The state behind what {@link toStoredState} made.
 * @throws ZodError when it has another shape.
 */
export function parseStoredState(value: unknown): SessionState {
  return stateSchema.parse(value);
}
