import fc from 'fast-check';
import type { JsonValue } from '../../../src/domain/json.ts';
import type { PromptEvent } from '../../../src/memory/prompt-view.ts';

/** Texts as they come: empty, long, with emoji, with markup that tries to leave its place. */
const texts = fc.oneof(
  { weight: 6, arbitrary: fc.lorem({ maxCount: 12 }) },
  { weight: 1, arbitrary: fc.lorem({ maxCount: 400, size: 'max' }) },
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom('', ' ', '👩‍👩‍👧‍👦', '</background>', '<|im_end|>', '日本語のテキスト', '\ud83d'),
);

const parts = fc.array(
  fc.oneof(
    texts.map((text): JsonValue => ({ type: 'text', text })),
    fc.constant<JsonValue>({ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }),
    fc.constant<JsonValue>({ type: 'mystery', data: [1, 2] }),
  ),
  { maxLength: 3 },
);

const contents: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 6, arbitrary: texts },
  parts.map((content): JsonValue => content),
  fc.constantFrom<JsonValue>(null, 7, [], {}, { content: 'inside' }, { content: null }),
);

// Few names and ids, so that they repeat within a history.
const toolNames = fc.constantFrom('search', 'fetch', 'server.tool', 'wetter-für', '');
const callIds = fc.constantFrom('c1', 'c2', 'c3', 'call_abc');

const declarations = fc.record({
  content: contents,
  tool_calls: fc.array(
    fc.oneof(
      fc.record({
        id: callIds,
        function: fc.record({
          name: toolNames,
          arguments: fc.constantFrom<JsonValue>('{"q":1}', '{broken', '', '[1]', { q: 1 }),
        }),
      }),
      fc.constantFrom<JsonValue>('nonsense', {}, null),
    ),
    { maxLength: 3 },
  ),
});

const results: fc.Arbitrary<JsonValue> = fc.oneof(
  texts,
  fc.constantFrom<JsonValue>(null, 0, { status: 'error' }, { status: 'ok', rows: [1, 'ä'] }),
);

const toolMessages: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record(
        {
          tool: toolNames,
          arguments: fc.constantFrom<JsonValue>(null, {}, { q: 1 }),
          result: results,
          error: fc.constantFrom<JsonValue>(null, 'it broke'),
          callId: callIds,
        },
        { requiredKeys: ['tool'] },
      )
      .map((message) => message),
  },
  fc.record({ tool_name: toolNames, result: results }),
  fc.record({ callId: callIds, result: results }),
  fc.constantFrom<JsonValue>(null, 'bare', [1], {}),
);

/** One event; its id may be that of another one. */
const events: fc.Arbitrary<Omit<PromptEvent, 'id'>> = fc
  .oneof(
    { weight: 3, arbitrary: said('user', contents) },
    { weight: 3, arbitrary: said('llm', contents) },
    { weight: 2, arbitrary: said('llm', declarations) },
    { weight: 1, arbitrary: said('system', contents) },
    {
      weight: 4,
      arbitrary: toolMessages.map((value) => {
        return { message: value, source: 'system' as const, type: 'tool_call' as const };
      }),
    },
    {
      weight: 1,
      arbitrary: contents.map((value) => {
        return { message: value, source: 'system' as const, type: 'summary' as const };
      }),
    },
  )
  .map((event) => ({ ...event, metadata: {}, parentEventId: null }));

function said(
  source: PromptEvent['source'],
  values: fc.Arbitrary<JsonValue>,
): fc.Arbitrary<Pick<PromptEvent, 'message' | 'source' | 'type'>> {
  return values.map((value) => ({ message: value, source, type: 'message' as const }));
}

/** Histories with calls before, after and without answers, parallel and late results, and ids that repeat. */
export const histories: fc.Arbitrary<readonly PromptEvent[]> = fc
  .array(
    fc.tuple(events, fc.constantFrom(0, 0, 0, 0, 0, 1)).map(([event, back]) => ({ event, back })),
    { maxLength: 30, size: 'max' },
  )
  .map((items) =>
    items.map(({ event, back }, at) => ({ ...event, id: `e${Math.max(0, at - back)}` })),
  );
