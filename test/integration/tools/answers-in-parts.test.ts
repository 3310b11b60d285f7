import { describe, expect, test } from 'vitest';
import { SessionAwareToolProcessor, toAnthropicPrompt } from '../../../src/index.ts';
import { aPagefold } from '../api/a-pagefold.ts';

const CITY = { city: 'Oslo' };
const TEXT = { type: 'text', text: 'I look.' };
const USE = { type: 'tool_use', id: 'c-1', name: 'weather', input: CITY };
const CALL = { type: 'tool-call', toolCallId: 'c-1', toolName: 'weather', input: CITY };
const UI_CALL = { type: 'tool-weather', toolCallId: 'c-1', state: 'input-available', input: CITY };
const ITEMS = [
  { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
  { type: 'function_call', call_id: 'c-1', name: 'weather', arguments: JSON.stringify(CITY) },
];
const GEMINI = {
  role: 'model',
  parts: [{ text: 'I look.' }, { functionCall: { id: 'c-1', name: 'weather', args: CITY } }],
};
const MESSAGE = {
  role: 'assistant',
  content: 'I look.',
  tool_calls: [
    {
      id: 'c-1',
      type: 'function',
      function: { name: 'weather', arguments: JSON.stringify(CITY) },
    },
  ],
};

const FORMS: readonly (readonly [string, unknown])[] = [
  ['content of Anthropic', [TEXT, USE]],
  ['a message of Anthropic', { role: 'assistant', content: [TEXT, USE] }],
  ['content of the AI SDK', [TEXT, CALL]],
  ['messages of the AI SDK', [{ role: 'assistant', content: [TEXT, CALL] }]],
  ['a message of its interface', { id: 'm', role: 'assistant', parts: [TEXT, UI_CALL] }],
  ['output of OpenAI', ITEMS],
  ['a message of OpenAI', MESSAGE],
  ['a choice of OpenAI', { index: 0, message: MESSAGE, finish_reason: 'tool_calls' }],
  ['a content of Gemini', GEMINI],
  ['a candidate of Gemini', { content: GEMINI, finishReason: 'STOP' }],
];

const EXPECTED = [
  { role: 'user', content: 'Is it cold?' },
  MESSAGE,
  { role: 'tool', tool_call_id: 'c-1', name: 'weather', content: '{"celsius":-3}' },
];

async function aSession() {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  await session.userSays('Is it cold?');
  return session;
}

describe('an answer that is given as its parts', () => {
  test.each(FORMS)('is carried out and kept with what it says: %s', async (_, answer) => {
    const session = await aSession();
    const tools = { weather: () => ({ celsius: -3 }) };
    const processor = await SessionAwareToolProcessor.create(session, { tools });
    const results = await processor.processLlmMessage(answer, { model: 'gpt-4o' });

    expect(results).toMatchObject([{ callId: 'c-1', status: 'succeeded' }]);
    expect(await session.getMessagesForLlm()).toEqual(EXPECTED);
    const again = await processor.processLlmMessage(answer, { model: 'gpt-4o' });
    expect(again).toMatchObject([{ callId: 'c-1', status: 'succeeded', isRepeated: true }]);
    expect(await session.getMessagesForLlm()).toEqual(EXPECTED);
  });

  test.each(FORMS)('is recorded with its calls once: %s', async (_, answer) => {
    const session = await aSession();
    await session.aiResponds(answer, { model: 'gpt-4o' });
    await session.toolUsed({
      toolName: 'weather',
      callId: 'c-1',
      arguments: CITY,
      result: { celsius: -3 },
    });

    expect(await session.getMessagesForLlm()).toEqual(EXPECTED);
  });

  test('has its calls once where they are named beside it, too', async () => {
    const session = await aSession();
    await session.aiResponds([TEXT, USE], { model: 'claude-sonnet-4-5', toolCalls: [USE] });
    await session.toolUsed({ toolName: 'weather', callId: 'c-1', arguments: CITY, result: 1 });

    const { messages } = toAnthropicPrompt(await session.getMessagesForLlm());
    expect(messages[1]).toEqual({ role: 'assistant', content: [TEXT, USE] });
  });

  test('says what it took where it is a body of which entries were left out', async () => {
    const session = await aSession();
    await session.aiResponds({
      role: 'assistant',
      content: [TEXT],
      model: 'claude-sonnet-4-5',
      usage: { input_tokens: 1000, output_tokens: 500 },
    });

    expect((await session.getStats()).usage).toEqual({ inputTokens: 1000, outputTokens: 500 });
  });

  test('is carried out, and kept, when it is the JSON text of one', async () => {
    const session = await aSession();
    const processor = await SessionAwareToolProcessor.create(session, {
      tools: { weather: () => ({ celsius: -3 }) },
    });
    await processor.processLlmMessage(JSON.stringify({ content: [TEXT, USE] }));

    expect(await session.getMessagesForLlm()).toEqual(EXPECTED);
  });
});

test('a message of a user of the AI SDK is what its parts say', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  await session.userSays({ id: 'u-1', role: 'user', parts: [{ type: 'text', text: 'Hello.' }] });
  await session.userSays({ role: 'user', parts: [{ text: 'Hello from Gemini.' }] });

  expect(await session.getMessagesForLlm()).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Hello.' }] },
    { role: 'user', content: expect.stringContaining('Hello from Gemini.') as string },
  ]);
});
