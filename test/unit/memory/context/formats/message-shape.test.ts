import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../../../src/memory/chat-message.ts';
import { toAiSdkPrompt } from '../../../../../src/memory/context/formats/ai-sdk.ts';
import { toAnthropicPrompt } from '../../../../../src/memory/context/formats/anthropic.ts';
import { toResponsesInput } from '../../../../../src/memory/context/formats/responses.ts';

const CONVERTERS = [
  ['toAiSdkPrompt', toAiSdkPrompt],
  ['toAnthropicPrompt', toAnthropicPrompt],
  ['toResponsesInput', toResponsesInput],
] as const;

/** Messages as code without types may write them. */
function untyped(messages: unknown): readonly ChatMessage[] {
  return messages as readonly ChatMessage[];
}

describe.each(CONVERTERS)('%s', (_name, convert) => {
  test('takes what a developer says for what the system says', () => {
    const rest = { role: 'user', content: 'Hi' };
    const said = untyped([{ role: 'developer', content: 'Be kind.' }, rest]);
    expect(convert(said)).toEqual(
      convert(untyped([{ role: 'system', content: 'Be kind.' }, rest])),
    );
  });

  test('takes calls that are null for none, and an answer without content for one that says nothing', () => {
    const answer = untyped([{ role: 'assistant', content: 'Yes', tool_calls: null }]);
    expect(convert(answer)).toEqual(convert([{ role: 'assistant', content: 'Yes' }]));
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } } as const;
    const bare = untyped([{ role: 'assistant', tool_calls: [call] }]);
    expect(convert(bare)).toEqual(
      convert([{ role: 'assistant', content: null, tool_calls: [call] }]),
    );
  });

  test('takes a refusal beside no content for what was said', () => {
    const refused = untyped([{ role: 'assistant', content: null, refusal: 'I cannot.' }]);
    expect(JSON.stringify(convert(refused))).toContain('I cannot.');
  });

  test('takes the name of the tool from the call where a result has none', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } } as const;
    const asked = { role: 'assistant', content: null, tool_calls: [call] } as const;
    const result = { role: 'tool', tool_call_id: 'c', content: '7' } as const;
    expect(convert(untyped([asked, result]))).toEqual(convert([asked, { ...result, name: 'f' }]));
    expect(convert(untyped([result]))).toEqual(convert([{ ...result, name: 'tool' }]));
  });

  test('takes parts of the system and of tools for their text', () => {
    const content = [{ type: 'text', text: 'Be kind.' }];
    const result = { role: 'tool', tool_call_id: 'c', name: 'f' };
    const parts = untyped([
      { role: 'system', content },
      { ...result, content },
    ]);
    const texts = untyped([
      { role: 'system', content: 'Be kind.' },
      { ...result, content: 'Be kind.' },
    ]);
    expect(convert(parts)).toEqual(convert(texts));
  });

  test.each([
    ['x', 'messages: expected a list'],
    [[null], 'messages[0]: expected an object'],
    [[{ content: 'x' }], 'messages[0].role: expected one of system, user, assistant, tool'],
    [
      [{ role: 'model', content: 'x' }],
      'messages[0].role: expected one of system, user, assistant, tool',
    ],
    [[{ role: 'user' }], 'messages[0].content: expected text, or a list of parts'],
    [[{ role: 'user', content: ['x'] }], 'messages[0].content[0]: expected an object'],
    [[{ role: 'tool', content: 'x' }], 'messages[0].tool_call_id: expected a string'],
    [
      [{ role: 'assistant', content: null, tool_calls: [{ id: 'c', function: { name: 'f' } }] }],
      'messages[0].tool_calls[0].function.arguments: expected a string',
    ],
  ])('names what is no message: %j', (messages, message) => {
    expect(() => convert(untyped(messages))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message }),
    );
  });
});

test.each([
  ['callIds', () => toAiSdkPrompt([], { callIds: 'any' as 'chat' })],
  ['cache', () => toAnthropicPrompt([], { cache: true } as object)],
])('names the option of a converter that it cannot heed: %s', (name, convert) => {
  expect(convert).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', field: `options.${name}` }),
  );
});
