import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnnouncedCall } from '../../../src/actors/commit-announcement.ts';
import type { Committed } from '../../../src/actors/envelope.ts';
import { packBatch, unpackPart } from '../../../src/actors/pool/main-batch.ts';
import {
  type AnnouncedAppend,
  packAppend,
  packRecorded,
  unpackAppends,
  unpackRecorded,
} from '../../../src/actors/pool/packed-append.ts';
import type { ToWorker } from '../../../src/actors/pool/wire.ts';
import type { ArchivedContent } from '../../../src/domain/archived-content.ts';
import type { NewEvent } from '../../../src/domain/command.ts';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import type { PicoUsd } from '../../../src/domain/money.ts';
import type { AppendParams } from '../../../src/store/store.ts';
import { aNewEvent, aNewSession, aPolicy, aRecordCommand } from '../../lib/commands.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
// Minus zero is written as zero in any record.
const json = fc.jsonValue({ noUnicodeString: false }).map((value) => {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
});
const map = fc.dictionary(text, json, { maxKeys: 3 }).map((value): JsonObject => ({ ...value }));
const count = fc.nat();
const textOrNull = fc.option(text);

const archive: fc.Arbitrary<ArchivedContent> = fc.record({
  sessionId: text,
  artifactId: text,
  mimeType: text,
  sizeBytes: count,
  partBytes: count,
});

/** All of them: what a call does not carry is lost on its way to a worker. */
const eventFields: { readonly [Name in keyof NewEvent]-?: fc.Arbitrary<NewEvent[Name]> } = {
  id: textOrNull,
  message: json,
  source: fc.constantFrom('user', 'llm', 'system'),
  type: fc.constantFrom('message', 'tool_call'),
  metadata: map,
  parentEventId: fc.option(textOrNull, { nil: undefined }),
  taskId: textOrNull,
  model: text,
  provider: textOrNull,
  reportedUsage: fc.option(fc.record({ inputTokens: count }, { requiredKeys: [] })),
  reportedCostPico: fc.option(fc.bigInt({ min: 0n }).map((cost) => cost as PicoUsd)),
  tokenUsage: fc.constant(null),
  archive: fc.option(archive, { nil: undefined }),
  archivedTokens: fc.option(count, { nil: undefined }),
  heldCalls: fc.option(fc.array(json, { maxLength: 2 }), { nil: undefined }),
  isPart: fc.option(fc.constant(true), { nil: undefined }),
};
const event: fc.Arbitrary<NewEvent> = fc.record(eventFields).map((fields) => aNewEvent(fields));

const execute: fc.Arbitrary<ToWorker> = fc
  .record({
    id: count,
    key: fc.record({ tenant: text, sessionId: text }),
    event,
    idempotencyKey: textOrNull,
    create: fc.option(map.map((properties) => aNewSession({ properties }))),
    policy: fc.constantFrom(null, aPolicy(), aPolicy({ tokenThreshold: Infinity })),
    options: fc.record({ deadlineMs: count, lifeId: text, claim: map }, { requiredKeys: [] }),
    isAbortable: fc.boolean(),
  })
  .map(({ id, key, event: given, idempotencyKey, create, policy, options, isAbortable }) => {
    const command = { ...aRecordCommand(), event: given, idempotencyKey, create, policy };
    return { kind: 'execute', id, key, command, options, isAbortable };
  });

const other: fc.Arbitrary<ToWorker> = fc.oneof(
  fc.record({ kind: fc.constant('cancel' as const), id: count }),
  fc.record({ kind: fc.constant('forget-tenant' as const), tenant: text }),
);

const point = fc.record({ incarnation: text, version: count, hash: text });

const append: fc.Arbitrary<AppendParams> = fc
  .record({
    key: fc.record({ tenant: text, sessionId: text }),
    write: fc.record({ writer: text, operation: count }),
    known: fc.option(point),
    mode: fc.constantFrom('any' as const, 'expected' as const),
    records: fc.array(text, { minLength: 1, maxLength: 4 }),
    counters: fc.record({
      events: count,
      messages: count,
      toolCalls: count,
      unpricedCalls: count,
      tokens: count,
      costPico: fc.bigInt(),
    }),
    extras: fc.record(
      {
        guards: fc.constant({ segment: 2 }),
        openSegment: count,
        timeToLive: fc.constant({ absoluteMs: null, slidingMs: 5 }),
        outbox: fc.constant({ add: [{ id: 'a', dueAtMs: 1 }], remove: [] }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ extras, ...rest }) => ({ ...rest, ...extras }));

const recorded = fc.option(
  fc.record({ eventId: text, position: count, segment: fc.option(count) }),
);

const call: fc.Arbitrary<AnnouncedCall> = fc
  .record({
    ticket: count,
    firstRecord: count,
    records: count,
    wantsEvents: fc.boolean(),
    reply: fc.option(
      fc.record({
        lifeId: text,
        firstPosition: count,
        recorded,
        created: fc.option(fc.record({ parentId: textOrNull })),
        fork: fc.option(fc.record({ sessionId: text, lifeId: text, position: count })),
        summarised: fc.array(
          fc.record({
            segment: count,
            fromSegment: count,
            level: count,
            fromPosition: count,
            toPosition: count,
            version: count,
            hash: text,
            revision: count,
          }),
          { maxLength: 2 },
        ),
        prompt: fc.option(textOrNull, { nil: undefined }),
      }),
    ),
  })
  .map(({ reply, ...rest }) => {
    if (reply === null) return { ...rest, reply };
    const { prompt, ...fields } = reply;
    const systemPrompt = prompt === undefined ? {} : { systemPrompt: prompt };
    const whole = { kind: 'committed', length: rest.records, ...fields, ...systemPrompt } as const;
    return { ...rest, reply: whole satisfies Committed };
  });

const announced: fc.Arbitrary<AnnouncedAppend> = fc.record({
  call: count,
  append,
  calls: fc.array(call, { maxLength: 3 }),
});

describe('packBatch', () => {
  test('keeps every message and their order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(execute, other), { maxLength: 8 }), (messages) => {
        const { parts } = structuredClone(packBatch(messages));
        expect(parts.flatMap(unpackPart)).toEqual(messages);
      }),
    );
  });
});

describe('packAppend', () => {
  test('keeps every commit and what its calls are told', () => {
    fc.assert(
      fc.property(fc.array(announced, { maxLength: 4 }), (commits) => {
        const list: unknown[] = [];
        for (const commit of commits) packAppend(list, commit);
        expect(unpackAppends(structuredClone(list))).toEqual(commits);
      }),
    );
  });
});

describe('packRecorded', () => {
  test('keeps the point and the expiry of every answer', () => {
    const answer = fc.record({ call: count, point, expiresAtMs: fc.option(count) });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 4 }), (answers) => {
        const list: unknown[] = [];
        const tail = { firstPosition: 1, records: [], isComplete: true };
        for (const { call: number, ...rest } of answers)
          packRecorded(list, number, { kind: 'ok', firstPosition: 1, tail, ...rest });
        const heard: unknown[] = [];
        unpackRecorded(list, (number, { point: at, expiresAtMs }) =>
          heard.push({ call: number, point: at, expiresAtMs }),
        );
        expect(heard).toEqual(answers);
      }),
    );
  });
});
