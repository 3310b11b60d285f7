import fc from 'fast-check';

import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import type { LogEvent } from '../../src/domain/log-event.ts';
import {
  COMPACTION_CAUSES,
  type MemoryChange,
  PLACE_FORMS,
} from '../../src/domain/memory-change.ts';
import { FAULT_REASONS } from '../../src/domain/paging-policy.ts';
import { RUN_STATUSES } from '../../src/domain/run.ts';
import { type SegmentSummary, SUMMARY_ORIGINS } from '../../src/domain/segment.ts';
import {
  type Billing,
  EVENT_SOURCES,
  EVENT_TYPES,
  type SessionEvent,
} from '../../src/domain/session-event.ts';
import type { TokenUsage } from '../../src/domain/token-usage.ts';
import { type UsageBuckets, USAGE_ORIGINS } from '../../src/domain/usage.ts';

/** Any JSON value, strings with lone surrogates and entries named `__proto__` included; no negative zero. */
export const anyJson: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 3, stringUnit: 'binary' })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

const keys = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constant('__proto__'));

/** Any JSON object. */
export const anyJsonObject: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(keys, anyJson), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries));

/** Ids of any script, up to the greatest length. */
const anyId: fc.Arbitrary<string> = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((id) => id.length <= 128 && !/[\p{Cc}\p{Surrogate}]/u.test(id));

/** Times a clock may show, in milliseconds. */
const anyTime: fc.Arbitrary<number> = fc.nat(4_102_444_800_000);

const placedPages = fc.array(
  fc.record({
    pageId: fc.string({ minLength: 1, maxLength: 20 }),
    form: fc.constantFrom(...PLACE_FORMS),
    shown: fc.option(
      fc.record({
        level: fc.constantFrom(1 as const, 2 as const, 3 as const),
        text: fc.option(fc.string()),
        maxTokens: fc.option(fc.nat(1000)),
        focus: fc.option(fc.string()),
      }),
    ),
  }),
  { maxLength: 3 },
);

const memoryChange: fc.Arbitrary<MemoryChange> = fc.oneof(
  fc.record({
    kind: fc.constant('compacted' as const),
    cause: fc.constantFrom(...COMPACTION_CAUSES),
    pages: placedPages,
    available: fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('faulted' as const),
    actor: fc.constantFrom('model' as const, 'system' as const, 'user' as const),
    reason: fc.constantFrom(...FAULT_REASONS),
    pages: placedPages,
    before: fc.option(fc.string({ minLength: 1, maxLength: 20 })),
  }),
  fc.record({
    kind: fc.constant('pinned' as const),
    pageId: fc.string({ minLength: 1, maxLength: 20 }),
    isPinned: fc.boolean(),
  }),
);

const count = fc.oneof(fc.nat(1000), fc.constant(Number.MAX_SAFE_INTEGER));
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);
const usd = fc.nat().map((micro) => `${micro}.000001`);

const buckets: fc.Arbitrary<UsageBuckets> = fc.record(
  { inputTokens: count, outputTokens: count, cacheReadTokens: count, webSearches: count },
  { requiredKeys: [] },
);

const usage: fc.Arbitrary<TokenUsage> = fc.record(
  {
    promptTokens: count,
    completionTokens: count,
    totalTokens: count,
    model: fc.string(),
    estimatedCostUsd: nullable(usd),
    buckets,
    origin: fc.constantFrom(...USAGE_ORIGINS),
  },
  {
    requiredKeys: [
      'promptTokens',
      'completionTokens',
      'totalTokens',
      'model',
      'estimatedCostUsd',
      'origin',
    ],
  },
);

const billing: fc.Arbitrary<Billing> = fc.record({
  origin: fc.constantFrom(...USAGE_ORIGINS),
  model: fc.string(),
  provider: nullable(fc.string()),
  usage: buckets,
  estimate: nullable(buckets),
  costPico: nullable(fc.bigInt({ min: 0n, max: 10n ** 24n }).map(String)),
});

const event: fc.Arbitrary<SessionEvent> = fc.record({
  id: anyId,
  message: anyJson,
  timestampMs: anyTime,
  source: fc.constantFrom(...EVENT_SOURCES),
  type: fc.constantFrom(...EVENT_TYPES),
  metadata: anyJsonObject,
  parentEventId: nullable(anyId),
  taskId: nullable(anyId),
  tokenUsage: nullable(usage),
  contentTokens: count,
  billing: nullable(billing),
});

const summary: fc.Arbitrary<SegmentSummary> = fc.record({
  text: fc.string({ unit: 'binary' }),
  tokens: count,
  origin: fc.constantFrom(...SUMMARY_ORIGINS),
  revision: fc.nat(9),
});

const mapChange = fc.record({ set: anyJsonObject, remove: fc.array(keys, { maxLength: 3 }) });
const eventFigures = fc.record({ tokenUsage: nullable(usage), billing: nullable(billing) });
const position = fc.integer({ min: 1, max: 1_000_000 });

const run = fc.record({
  id: anyId,
  startedAtMs: anyTime,
  endedAtMs: nullable(anyTime),
  status: fc.constantFrom(...RUN_STATUSES),
  metadata: anyJsonObject,
  toolCalls: fc.array(anyId, { maxLength: 3 }),
});

function logEvent<T extends LogEvent['type'], Rest extends object>(
  type: T,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): fc.Arbitrary<{ readonly type: T; readonly atMs: number } & Rest> {
  return fc
    .tuple(anyTime, fc.record(rest))
    .map(([atMs, fields]) => ({ type, atMs, ...fields }) as never); // the parts make the whole
}

/** Any record that a log may hold. */
export const anyLogEvent: fc.Arbitrary<LogEvent> = fc
  .oneof(
    logEvent('session-created', {
      sessionId: anyId,
      lifeId: anyId,
      tenant: anyId,
      parentId: nullable(anyId),
      fork: nullable(fc.record({ sessionId: anyId, lifeId: anyId, position })),
      properties: anyJsonObject,
    }),
    logEvent('event-recorded', { event, idempotencyKey: nullable(anyId) }),
    logEvent('event-usage-changed', {
      eventId: anyId,
      eventPosition: position,
      before: eventFigures,
      after: eventFigures,
    }),
    logEvent('event-metadata-changed', { eventId: anyId, change: mapChange }),
    logEvent('segment-closed', { segment: position, summary, carryTokens: count }),
    logEvent('summary-applied', { segment: position, summary }),
    logEvent('segments-summarised', {
      level: position,
      fromSegment: position,
      toSegment: position,
      fromPosition: position,
      sources: fc.array(
        fc.record({ fromSegment: position, toSegment: position, text: fc.string(), tokens: count }),
        { maxLength: 3 },
      ),
      summary,
    }),
    logEvent('system-prompt-changed', { systemPrompt: nullable(fc.string()), tokens: count }),
    logEvent('properties-changed', { change: mapChange }),
    logEvent('values-changed', { change: mapChange }),
    logEvent('run-changed', { run }),
    logEvent('parent-changed', { parentId: nullable(anyId) }),
    logEvent('child-changed', { childId: anyId, isLinked: fc.boolean(), isFork: fc.boolean() }),
    logEvent('memory-changed', { changes: fc.array(memoryChange, { maxLength: 3 }) }),
  )
  // Plain objects, as they come out of a record.
  .map((value) => JSON.parse(JSON.stringify(value)) as LogEvent);
