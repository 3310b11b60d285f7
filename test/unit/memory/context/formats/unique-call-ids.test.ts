import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../../../src/index.ts';
import { toAnthropicPrompt, toResponsesInput } from '../../../../../src/index.ts';

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
