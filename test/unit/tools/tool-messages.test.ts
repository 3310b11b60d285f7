import { expect, test } from 'vitest';
import { TOOL_MESSAGE_FORMATS, toToolMessages } from '../../../src/tools/tool-messages.ts';
import type { ToolResult } from '../../../src/tools/tool-result.ts';

function aResult(fields: Partial<ToolResult>): ToolResult {
  return {
    callId: 'c1',
    toolName: 'find',
    arguments: {},
    status: 'succeeded',
    value: null,
    shown: null,
    error: null,
    errorClass: null,
    attempts: 1,
    durationMs: 1,
    isCached: false,
    isRepeated: false,
    findings: [],
    bindingId: null,
    storedAs: null,
    suggestion: null,
    eventId: null,
    ...fields,
  };
}

const RESULTS = [
  aResult({ shown: { rows: [1] } }),
  aResult({ callId: null, toolName: 'old', shown: 'text' }),
  aResult({ callId: 'c3', status: 'failed', error: 'disk full' }),
];
const FAILURE = '{"error":"disk full","details":null}';

test('OpenAI chat: a message for each call, by its name where it has no id', () => {
  const messages = [
    { role: 'tool', tool_call_id: 'c1', content: '{"rows":[1]}' },
    { role: 'function', name: 'old', content: 'text' },
    { role: 'tool', tool_call_id: 'c3', content: FAILURE },
  ];

  expect(toToolMessages(RESULTS)).toEqual(messages);
  expect(toToolMessages(RESULTS, 'openai')).toEqual(messages);
});

test('OpenAI responses: an item for each call', () => {
  expect(toToolMessages(RESULTS, 'openai-responses')).toEqual([
    { type: 'function_call_output', call_id: 'c1', output: '{"rows":[1]}' },
    { type: 'function_call_output', call_id: '', output: 'text' },
    { type: 'function_call_output', call_id: 'c3', output: FAILURE },
  ]);
});

test('Anthropic: one message of the user, with failures marked', () => {
  expect(toToolMessages(RESULTS, 'anthropic')).toEqual([
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c1', content: '{"rows":[1]}' },
        { type: 'tool_result', tool_use_id: '', content: 'text' },
        { type: 'tool_result', tool_use_id: 'c3', content: FAILURE, is_error: true },
      ],
    },
  ]);
});

test('the AI SDK: one message of tools, with values as they are', () => {
  const result = { type: 'tool-result', toolName: 'find' };

  expect(toToolMessages(RESULTS, 'ai-sdk')).toEqual([
    {
      role: 'tool',
      content: [
        { ...result, toolCallId: 'c1', output: { type: 'json', value: { rows: [1] } } },
        { ...result, toolName: 'old', toolCallId: '', output: { type: 'text', value: 'text' } },
        { ...result, toolCallId: 'c3', output: { type: 'error-text', value: FAILURE } },
      ],
    },
  ]);
});

test('the AI SDK: a value may be changed without changing the result', () => {
  const shown = { rows: [1] };
  const [message] = toToolMessages([aResult({ shown })], 'ai-sdk');
  const output = message?.content[0]?.output;
  if (output?.type === 'json') Object.assign(output.value ?? {}, { rows: [] });

  expect(output).toEqual({ type: 'json', value: { rows: [] } });
  expect(shown).toEqual({ rows: [1] });
});

test.each(TOOL_MESSAGE_FORMATS)('in %s a picture is named, as later prompts name it', (format) => {
  const data = 'iVBORw0KGgo'.repeat(100);
  const words = 'The account is locked';
  const shown = [
    { type: 'image', data, mimeType: 'image/png' },
    { type: 'text', text: words },
  ];
  const told = JSON.stringify(toToolMessages([aResult({ shown })], format));
  expect(told).not.toContain(data);
  expect(told).toContain('[image]');
  expect(told).toContain(words);
  expect(shown[0]).toHaveProperty('data', data);
});

test('no results are no messages', () => {
  expect(toToolMessages([], 'anthropic')).toEqual([]);
});

test.each([[[]], [[aResult({})]]])('a format that nobody knows is refused', (results) => {
  // As plain JavaScript can.
  const format = 'opnai' as unknown as 'openai';
  expect(() => toToolMessages(results, format)).toThrow(
    'format: expected one of openai, openai-responses, anthropic, ai-sdk',
  );
});
