import { describe, expect, test, vi } from 'vitest';
import { readAnswerParts } from '../../../src/api/answer-parts.ts';
import { readLlmResponse } from '../../../src/api/llm-response.ts';

/** An object as SDKs give it: its entries are getters of a class. */
function sdkObject(entries: Readonly<Record<string, unknown>>): object {
  const prototype = {};
  for (const [name, value] of Object.entries(entries))
    Object.defineProperty(prototype, name, { get: () => value });
  return Object.create(prototype) as object;
}

const CALL = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } };

const SEARCH = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
const RUN = { executableCode: { language: 'PYTHON', code: 'print(5)' } };

describe('a body', () => {
  test.each<[string, readonly object[], (parts: readonly object[]) => object]>([
    [
      'Anthropic',
      [{ type: 'text', text: 'I look.' }, SEARCH, { type: 'text', text: 'It is 5.' }],
      (content) => ({ type: 'message', role: 'assistant', content }),
    ],
    [
      'Anthropic, with thoughts',
      [
        { type: 'text', text: 'I look.' },
        { type: 'thinking', thinking: 'Hm.', signature: 's' },
        { type: 'text', text: 'It is 5.' },
      ],
      (content) => ({ type: 'message', role: 'assistant', content }),
    ],
    [
      'Gemini',
      [{ text: 'I look.' }, RUN, { codeExecutionResult: { output: '5' } }, { text: 'It is 5.' }],
      (parts) => ({ candidates: [{ content: { role: 'model', parts } }] }),
    ],
  ])('says the same as its parts, with a line where one was left out: %s', (_, parts, bodyOf) => {
    expect(readLlmResponse(bodyOf(parts)).text).toBe('I look.\nIt is 5.');
    expect(readLlmResponse({ role: 'assistant', content: parts }).text).toBe('I look.\nIt is 5.');
    expect(readAnswerParts({ role: 'assistant', content: parts })?.text).toBe('I look.\nIt is 5.');
  });
});

describe('readLlmResponse', () => {
  test.each<[string, unknown, string]>([
    ['text', 'hello', 'hello'],
    ['a number', 42, '42'],
    ['nothing', undefined, ''],
    ['chat choices', { choices: [{ message: { content: 'a' } }] }, 'a'],
    ['choices with parts', { choices: [{ message: { content: [{ text: 'a' }, 'b'] } }] }, 'ab'],
    ['choices of a completion', { choices: [{ text: 'a' }] }, 'a'],
    ['a choice without content', { choices: [{ message: { content: null } }] }, ''],
    ['no choice at all', { choices: [] }, ''],
    [
      'what was spoken',
      { choices: [{ message: { content: null, audio: { id: 'a', transcript: 'a' } } }] },
      'a',
    ],
    ['a spoken message', { content: null, audio: { transcript: 'a' } }, 'a'],
    ['what was written beside it', { content: 'a', audio: { transcript: 'b' } }, 'a'],
    [
      'a spoken item of a response',
      { output: [{ type: 'message', content: [{ type: 'output_audio', transcript: 'a' }] }] },
      'a',
    ],
    ['output_text', { output_text: 'a', content: 'not this' }, 'a'],
    ['content', { content: 'a' }, 'a'],
    ['empty content', { content: '' }, ''],
    ['null content', { content: null }, ''],
    ['parts of thinking and text', { content: [{ type: 'thinking' }, { text: 'a' }] }, 'a'],
    ['text of an SDK', { text: 'a' }, 'a'],
    ['candidates', { candidates: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] } }] }, 'ab'],
    ['no candidate', { candidates: [] }, ''],
    ['a prompt that was blocked', { promptFeedback: { blockReason: 'SAFETY' } }, ''],
    [
      'candidates that tell their thoughts',
      { candidates: [{ content: { parts: [{ text: 'Hm.', thought: true }, { text: 'a' }] } }] },
      'a',
    ],
    ['other data', { a: [1] }, '{"a":[1]}'],
    ['an array', [1, 2], '[1,2]'],
  ])('reads %s', (_name, response, text) => {
    expect(readLlmResponse(response).text).toBe(text);
  });

  test('reads objects whose entries are getters of a class', () => {
    const response = sdkObject({
      choices: [sdkObject({ message: sdkObject({ content: 'a', tool_calls: [CALL] }) })],
      usage: { prompt_tokens: 1 },
    });

    expect(readLlmResponse(response)).toEqual({
      text: 'a',
      toolCalls: [CALL],
      usage: { prompt_tokens: 1 },
      origin: {},
    });
    expect(readLlmResponse(sdkObject({ text: 'b', toolCalls: [] })).text).toBe('b');
  });

  test.each<[string, object, readonly unknown[]]>([
    ['chat', { choices: [{ message: { content: null, tool_calls: [CALL] } }] }, [CALL]],
    [
      'parts',
      { content: [{ type: 'tool_use', id: 'c1', name: 'add', input: { a: 1 } }, { text: 'x' }] },
      [{ type: 'tool_use', id: 'c1', name: 'add', input: { a: 1 } }],
    ],
    [
      'candidates',
      { candidates: [{ content: { parts: [{ functionCall: { name: 'add', args: {} } }] } }] },
      [{ name: 'add', args: {} }],
    ],
    [
      'an SDK result',
      { text: '', toolCalls: [{ toolCallId: 'c1', toolName: 'add', input: {} }] },
      [{ toolCallId: 'c1', toolName: 'add', input: {} }],
    ],
    [
      'tools that take text',
      {
        choices: [
          { message: { tool_calls: [{ id: 'c1', type: 'custom', custom: { name: 'x' } }] } },
        ],
      },
      [{ id: 'c1', type: 'custom', custom: { name: 'x' } }],
    ],
    [
      'items that take text',
      { output: [{ type: 'custom_tool_call', call_id: 'c1', name: 'x', input: 'ls' }] },
      [{ type: 'custom_tool_call', call_id: 'c1', name: 'x', input: 'ls' }],
    ],
    [
      'an older message',
      { choices: [{ message: { content: null, function_call: { name: 'x', arguments: '{}' } } }] },
      [{ name: 'x', arguments: '{}' }],
    ],
    [
      'an older message without any',
      { choices: [{ message: { content: null, function_call: null, tool_calls: [] } }] },
      [],
    ],
  ])('finds the tool calls of %s', (_name, response, toolCalls) => {
    expect(readLlmResponse(response).toolCalls).toEqual(toolCalls);
  });

  test('reads the messages of an answer, whether they leave something or nothing', () => {
    const call = { id: 'c', type: 'function', function: { name: 'pay', arguments: '{}' } };
    const asks = { role: 'assistant', content: null, tool_calls: [call] };
    const result = { role: 'tool', tool_call_id: 'c', content: 'paid' };
    const done = { role: 'assistant', content: 'Done' };
    expect(readLlmResponse([asks, result, done])).toMatchObject({ text: 'Done', toolCalls: [] });
    expect(readLlmResponse([asks, result])).toMatchObject({ text: '', toolCalls: [] });
    expect(readLlmResponse([done, asks])).toMatchObject({ text: 'Done', toolCalls: [call] });
  });

  test('leaves out what stands among the calls and is none, rather than lose the answer', () => {
    const message = { content: 'a', tool_calls: ['x', CALL, null, { id: 5 }] };
    expect(readLlmResponse({ choices: [{ message }] })).toMatchObject({
      text: 'a',
      toolCalls: [CALL],
    });
  });

  test('leaves out calls whose result is there, before it looks at them', () => {
    const invalid = { toolCallId: 'c1', toolName: 'add', error: new Error('no such tool') };
    const content = [
      { type: 'tool-call', ...invalid },
      { type: 'tool-error', toolCallId: 'c1', toolName: 'add', error: 'no such tool' },
      { type: 'tool-call', toolCallId: 'c2', toolName: 'add', input: {} },
    ];
    expect(readLlmResponse({ content }).toolCalls).toEqual([content[2]]);
  });

  test('reads the JSON of what tells nothing else, and asks for it once', () => {
    const toJSON = vi.fn<() => object>(() => ({
      choices: [{ message: { content: 'a' } }],
      model: 'm',
    }));
    expect(readLlmResponse({ toJSON })).toMatchObject({ text: 'a', origin: { model: 'm' } });
    expect(toJSON).toHaveBeenCalledTimes(1);
    expect(readLlmResponse({ content: 'own', toJSON }).text).toBe('own');
    expect(toJSON).toHaveBeenCalledTimes(1);
  });

  test('finds usage under the names that providers use', () => {
    expect(readLlmResponse({ content: 'a', usage: { a: 1 } }).usage).toEqual({ a: 1 });
    expect(readLlmResponse({ candidates: [], usageMetadata: { b: 2 } }).usage).toEqual({ b: 2 });
    expect(readLlmResponse({ content: 'a' }).usage).toBeNull();
  });

  test.each<[string, unknown]>([
    ['a function', () => 'a'],
    ['an object of an unknown class', new Map([['a', 1]])],
    [
      'an object that throws when it is read',
      Object.defineProperty({}, 'choices', {
        get: () => {
          throw new Error('broken');
        },
      }),
    ],
  ])('refuses %s', (_name, response) => {
    expect(() => readLlmResponse(response)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'response' }) as Error,
    );
  });
});
