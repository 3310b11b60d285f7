import { describe, expect, test, vi } from 'vitest';
import { aPagefold, collect } from './a-pagefold.ts';

const usage = { prompt_tokens: 812, completion_tokens: 9, total_tokens: 821 };
const ITEM = { type: 'custom_tool_call', id: 'i', call_id: 'c1', name: 'sql', input: 'select 1' };

/** The body of a chat completion with one message. */
function chat(message: object): object {
  return { object: 'chat.completion', model: 'gpt-4o-mini', choices: [{ message }], usage };
}

test.each([
  ['a whole body', chat({ content: null, audio: { id: 'a', data: 'AA', transcript: 'Hello.' } })],
  ['a message', { role: 'assistant', content: null, audio: { id: 'a', transcript: 'Hello.' } }],
])('what was spoken is told in words: %s', async (_name, answer) => {
  const session = (await aPagefold()).session('s');
  await session.aiResponds(answer);
  expect(await session.getMessagesForLlm()).toEqual([{ role: 'assistant', content: 'Hello.' }]);
  expect((await session.getConversation())[0]?.content).toBe('Hello.');
});

describe('calls in the forms of OpenAI', () => {
  test.each([
    [
      'of a tool that takes text',
      chat({
        content: null,
        tool_calls: [{ type: 'custom', id: 'c1', custom: { name: 'sql', input: 'select 1' } }],
      }),
    ],
    [
      'of a tool that takes text, as an item',
      { object: 'response', model: 'gpt-4o', output: [ITEM] },
    ],
  ])('are shown with their results: %s', async (_name, body) => {
    const session = (await aPagefold()).session('s');
    await session.aiResponds(body);
    await session.toolUsed({ toolName: 'sql', callId: 'c1', result: 'one row' });
    const called = { name: 'sql', arguments: '{"input":"select 1"}' };
    expect(await session.getMessagesForLlm()).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: 'c1', function: called }] },
      { role: 'tool', tool_call_id: 'c1', content: 'one row' },
    ]);
  });

  const older = { role: 'assistant', content: null };
  const called = { name: 'find', arguments: '{"a":1}' };
  test.each([
    ['a whole body', chat({ ...older, function_call: called })],
    ['a message', { ...older, function_call: called }],
  ])('are shown without an id: %s', async (_name, body) => {
    const session = (await aPagefold()).session('s');
    await session.aiResponds(body);
    await session.toolUsed({ toolName: 'find', arguments: { a: 1 }, result: 'found' });
    expect(await session.getMessagesForLlm()).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: called }] },
      { role: 'tool', content: 'found' },
    ]);
  });
});

describe('no answer', () => {
  test.each([null, undefined])('is refused: %s', async (nothing) => {
    const session = (await aPagefold()).session('s');
    const refused = { code: 'INVALID_INPUT', field: 'response' };
    await expect(session.aiResponds(nothing)).rejects.toMatchObject(refused);
    await expect(session.aiResponds(nothing, { toolCalls: [] })).rejects.toMatchObject(refused);
    expect(await session.exists()).toBe(false);
  });

  test('is none either where a JSON of null is all there is', async () => {
    const session = (await aPagefold()).session('s');
    await expect(session.aiResponds({ toJSON: () => null })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'response',
    });
  });
});

describe('a value with a toJSON', () => {
  test('is read by its JSON, which is asked for once', async () => {
    const toJSON = vi.fn<() => object>(() => chat({ content: 'Hello.' }));
    const session = (await aPagefold()).session('s');
    await session.aiResponds({ toJSON });
    const [event] = await collect(session.events.list());
    expect(event).toMatchObject({ message: 'Hello.', metadata: { model: 'gpt-4o-mini' } });
    expect(event?.billing?.usage).toMatchObject({ inputTokens: 812, outputTokens: 9 });
    expect(toJSON).toHaveBeenCalledTimes(1);
  });

  test('is refused where its JSON is an error, or a chunk of a stream', async () => {
    const session = (await aPagefold()).session('s');
    const error = { error: { message: 'slow down', type: 'requests' } };
    for (const body of [error, { object: 'chat.completion.chunk', choices: [] }])
      await expect(session.aiResponds({ toJSON: () => body })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        field: 'response',
      });
  });

  test('that is a whole body by itself is read as that', async () => {
    const session = (await aPagefold()).session('s');
    const toJSON = vi.fn<() => object>(() => ({ kind: 'other' }));
    await session.aiResponds({ ...chat({ content: 'Hello.' }), toJSON });
    expect((await session.getConversation())[0]?.content).toBe('Hello.');
    expect(toJSON).not.toHaveBeenCalled();
  });
});

test('the text that an SDK makes of the parts of an answer is not asked for', async () => {
  const text = vi.fn<() => string>(() => 'Hm.');
  const parts = [{ text: 'Hm.' }, { functionCall: { name: 'add', args: { a: 1 } } }];
  const body = Object.defineProperty(
    {
      candidates: [{ content: { role: 'model', parts } }],
      modelVersion: 'gemini-2.5-flash',
      usageMetadata: { promptTokenCount: 812, candidatesTokenCount: 9, totalTokenCount: 821 },
    },
    'text',
    { get: text },
  );
  const session = (await aPagefold()).session('s');
  await session.aiResponds(body);
  const [event] = await collect(session.events.list());
  expect(event?.message).toEqual({
    content: 'Hm.',
    tool_calls: [{ name: 'add', args: { a: 1 } }],
  });
  expect(text).not.toHaveBeenCalled();
});
