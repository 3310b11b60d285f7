import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../../../src/index.ts';
import { toAiSdkPrompt, toAnthropicPrompt, toResponsesInput } from '../../../../../src/index.ts';

/** Ids that begin anew with every answer, and one call that stands there twice. */
const MESSAGES: readonly ChatMessage[] = [
  { role: 'user', content: 'Look twice.' },
  asking('call_0', 'call_1'),
  { role: 'tool', name: 'look', tool_call_id: 'call_1', content: 'one' },
  { role: 'tool', name: 'look', tool_call_id: 'call_0', content: 'zero' },
  { role: 'user', content: 'And again.' },
  asking('call_0'),
  { role: 'tool', name: 'look', tool_call_id: 'call_0', content: 'zero again' },
];

function asking(...ids: readonly string[]): ChatMessage {
  const calls = ids.map((id) => {
    return { id, type: 'function', function: { name: 'look', arguments: '{}' } } as const;
  });
  return { role: 'assistant', content: null, tool_calls: calls };
}

test('no two calls for Anthropic share an id, and results go with their calls', () => {
  const blocks = toAnthropicPrompt(MESSAGES).messages.flatMap(({ content }) => content);
  const ids = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  const results = blocks.flatMap((block) =>
    block.type === 'tool_result' ? [[block.tool_use_id, block.content]] : [],
  );
  expect(ids.slice(0, 2)).toEqual(['call_0', 'call_1']);
  expect(new Set(ids).size).toBe(3);
  expect(ids[2]).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
  expect(results).toEqual([
    ['call_1', 'one'],
    ['call_0', 'zero'],
    [ids[2], 'zero again'],
  ]);
});

test('no two calls for the responses interface share an id, and results go with their calls', () => {
  const items = toResponsesInput(MESSAGES);
  const ids = items.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : []));
  const results = items.flatMap((item) =>
    item.type === 'function_call_output' ? [item.call_id] : [],
  );
  expect(new Set(ids).size).toBe(3);
  expect(results).toEqual([ids[1], ids[0], ids[2]]);
});

test('no two calls for the AI SDK share an id, and results go with their calls', () => {
  const parts = toAiSdkPrompt(MESSAGES).messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : [...content],
  );
  const ids = parts.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []));
  const results = parts.flatMap((part) => (part.type === 'tool-result' ? [part.toolCallId] : []));
  expect(ids.slice(0, 2)).toEqual(['call_0', 'call_1']);
  expect(new Set(ids).size).toBe(3);
  expect(results).toEqual([ids[1], ids[0], ids[2]]);
});

test("Kimi's ids stay for interfaces that take them, and are derived for others", () => {
  const kimi = [
    asking('functions.look:0'),
    { role: 'tool', name: 'look', tool_call_id: 'functions.look:0', content: 'zero' },
  ] as const satisfies readonly ChatMessage[];
  const idsOf = (text: string): readonly string[] => text.match(/functions\.look:0|tc_\w+/g) ?? [];

  expect(idsOf(JSON.stringify(toResponsesInput(kimi)))).toEqual(Array(2).fill('functions.look:0'));
  expect(idsOf(JSON.stringify(toAiSdkPrompt(kimi, { callIds: 'chat' })))).toEqual(
    Array(2).fill('functions.look:0'),
  );
  const [derived] = idsOf(JSON.stringify(toAnthropicPrompt(kimi)));
  expect(derived).toMatch(/^tc_[0-9a-f]{16}$/);
  expect(idsOf(JSON.stringify(toAnthropicPrompt(kimi)))).toEqual(Array(2).fill(derived));
  expect(idsOf(JSON.stringify(toAiSdkPrompt(kimi)))).toEqual(Array(2).fill(derived));
});

test('a result without its call has an id that the interface takes', () => {
  const [message] = toAnthropicPrompt([
    { role: 'tool', name: 'look', tool_call_id: 'functions.look:0', content: 'zero' },
  ]).messages;
  expect(message?.content).toMatchObject([{ tool_use_id: expect.stringMatching(/^tc_/) }]);
});
