import { describe, expect, test } from 'vitest';
import { openPagefold, trackLlmCall } from '../../../src/index.ts';
import { aPagefold, collect } from './a-pagefold.ts';

const usage = { prompt_tokens: 812, completion_tokens: 9, total_tokens: 821 };

const gemini = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hello.' }] } }],
  modelVersion: 'gemini-2.5-flash',
  usageMetadata: { promptTokenCount: 812, candidatesTokenCount: 9, totalTokenCount: 821 },
};
const BODIES = [
  [
    'an OpenAI chat completion',
    { choices: [{ message: { content: 'Hello.' } }], model: 'gpt-4o-mini', usage },
    { model: 'gpt-4o-mini', provider: 'unknown' },
  ],
  [
    'an OpenAI response',
    {
      object: 'response',
      model: 'gpt-4o-mini',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello.' }] }],
      usage: { input_tokens: 812, output_tokens: 9, total_tokens: 821 },
    },
    { model: 'gpt-4o-mini', provider: 'unknown' },
  ],
  [
    'an Anthropic message',
    {
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'Hello.' }],
      usage: { input_tokens: 812, output_tokens: 9 },
    },
    { model: 'claude-sonnet-4-5', provider: 'anthropic' },
  ],
  ['a Gemini response', gemini, { model: 'gemini-2.5-flash', provider: 'google' }],
] as const;

describe('a whole body', () => {
  test.each(BODIES)(
    'names model and provider of a call when it is %s',
    async (_name, body, origin) => {
      const pagefold = await aPagefold();
      const session = pagefold.session('s');
      await session.aiResponds('Hello.', { usage: body });
      await trackLlmCall({ userInput: 'hi', llmFunction: () => body, sessionManager: session });

      const answers = (await collect(session.events)).filter((event) => event.source === 'llm');
      expect(answers).toMatchObject([
        { message: 'Hello.', metadata: origin, billing: { model: origin.model } },
        { message: 'Hello.', metadata: origin, billing: { model: origin.model } },
      ]);
      const stats = await session.getStats();
      expect([stats.unpricedCalls, stats.usage]).toMatchObject([
        0,
        { inputTokens: 1624, outputTokens: 18 },
      ]);
    },
  );

  test('does not overrule the model that the call names', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const named = { model: 'my-alias', provider: 'mine' };
    await session.aiResponds('Hello.', { usage: gemini, model: 'my-alias' });
    await trackLlmCall({
      userInput: 'hi',
      llmFunction: () => gemini,
      sessionManager: session,
      ...named,
    });

    const answers = (await collect(session.events)).filter((event) => event.source === 'llm');
    expect(answers).toMatchObject([
      { metadata: { model: 'my-alias', provider: 'unknown' } },
      { metadata: named },
    ]);
  });

  test('is read in the form it has, also when its model is one of another provider', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.aiResponds('Hello.', { usage: { ...gemini, modelVersion: 'gpt-4o-mini' } });

    expect((await session.getStats()).usage).toMatchObject({ inputTokens: 812 });
  });
});

describe('aiResponds with the whole response of a provider', () => {
  test('takes text, model and usage from an OpenAI chat completion', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    await session.userSays('Where is my order?');
    await session.aiResponds({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'gpt-4o-mini',
      choices: [{ index: 0, message: { role: 'assistant', content: 'On its way.' } }],
      usage,
    });
    expect((await session.getConversation()).at(-1)).toMatchObject({
      content: 'On its way.',
      model: 'gpt-4o-mini',
    });
    const stats = await session.getStats();
    expect(stats.usage).toEqual({ inputTokens: 812, outputTokens: 9 });
    expect(stats.unpricedCalls).toBe(0);
  });

  test('takes the parts of a Gemini response, and one that was held back', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    await session.aiResponds(gemini);
    const heldBack = {
      candidates: [{ finishReason: 'SAFETY' }],
      usageMetadata: gemini.usageMetadata,
    };
    await session.aiResponds(heldBack);
    const blocked = { promptTokenCount: 812, totalTokenCount: 812 };
    await session.aiResponds({
      promptFeedback: { blockReason: 'SAFETY' },
      modelVersion: 'gemini-2.5-flash',
      usageMetadata: blocked,
    });
    await session.aiResponds({ candidates: ['Ada', 'Grace'] });
    const conversation = await session.getConversation();
    expect(conversation).toMatchObject([
      { content: 'Hello.', model: 'gemini-2.5-flash', provider: 'google' },
      { content: '' },
      { content: '', model: 'gemini-2.5-flash', provider: 'google' },
      { content: { candidates: ['Ada', 'Grace'] } },
    ]);
    const { events } = await session.getSession();
    expect(events.slice(0, 3).map((event) => event.billing?.usage)).toMatchObject([
      { inputTokens: 812, outputTokens: 9 },
      { inputTokens: 812, outputTokens: 9 },
      { inputTokens: 812, outputTokens: 0 },
    ]);
  });

  test('takes the blocks of an Anthropic message, and what the caller says comes first', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    const message = {
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'Hello.' }],
      usage: { input_tokens: 14, output_tokens: 4 },
    };
    await session.aiResponds(message, { provider: 'anthropic', model: 'my-alias' });
    expect((await session.getConversation())[0]).toMatchObject({
      content: 'Hello.',
      model: 'my-alias',
    });
    expect((await session.getStats()).usage).toMatchObject({ inputTokens: 14, outputTokens: 4 });
  });

  test('takes the items of an OpenAI response, as data or as an object of its client', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    const output = [
      { type: 'reasoning', summary: [] },
      { type: 'message', content: [{ type: 'output_text', text: 'Hi there' }] },
      { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
    ];
    await session.aiResponds({ object: 'response', model: 'gpt-4o', output, output_text: '' });
    const { events } = await session.getSession();
    expect(events[0]?.message).toMatchObject({
      content: 'Hi there',
      tool_calls: [{ call_id: 'call_1', name: 'look' }],
    });
  });

  test('finds the results of the calls that an OpenAI response asks for', async () => {
    const session = (await aPagefold()).session('s-1');
    const call = { type: 'function_call', name: 'look', arguments: '{}' };
    const output = [
      { ...call, id: 'fc_1', call_id: 'call_1' },
      { ...call, id: 'fc_2', call_id: 'call_2' },
    ];
    await session.aiResponds({ object: 'response', output });
    await session.toolUsed({ toolName: 'look', callId: 'call_2', result: 'second' });
    await session.toolUsed({ toolName: 'look', callId: 'call_1', result: 'first' });
    expect(await session.getMessagesForLlm()).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'first' },
      { role: 'tool', tool_call_id: 'call_2', content: 'second' },
    ]);
  });

  test('keeps a refusal, and an answer whose usage nobody can read', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    await session.aiResponds({
      choices: [{ message: { content: null, refusal: 'I cannot.' } }],
      usage: { total_tokens: 9 },
    });
    expect((await session.getConversation())[0]?.content).toBe('I cannot.');
  });

  test.each([
    { question: 'Which colour?', choices: ['red', 'blue'] },
    { type: 'message', content: [{ kind: 'x', body: 'hello' }] },
    { object: 'response', text: 'mine' },
  ])('leaves %j, which a caller composed, as it is', async (composed) => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    await session.aiResponds(composed);
    expect((await session.getSession()).events[0]?.message).toEqual(composed);
  });

  test('leaves objects that a caller composed as they are', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    await session.aiResponds({ content: 'Hi.', mood: 'good' });
    const { events } = await session.getSession();
    expect(events[0]?.message).toEqual({ content: 'Hi.', mood: 'good' });
  });
});

describe('a read that follows writes nobody waited for', () => {
  test('C-117: sees them, also on a session that is just being looked up', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s-1');
    const writes = [session.userSays('a'), session.aiResponds('b'), session.userSays('c')];
    expect((await session.getStats()).totalMessages).toBe(3);
    expect(await session.getConversation()).toHaveLength(3);
    await Promise.all(writes);
  });
});

const FAILURES = [
  { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } },
  { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  { error: { code: 429, message: 'Resource exhausted', status: 'RESOURCE_EXHAUSTED' } },
  { error: 'model "llama3" not found' },
  { object: 'error', message: 'too long', type: 'BadRequestError', code: 400 },
  { error: 'Model is loading', estimated_time: 20.5 },
  [{ error: { code: 400, message: 'invalid', status: 'INVALID_ARGUMENT' } }],
  { statusCode: 429, message: 'Rate limit is exceeded.' },
  { choices: [{ error: { code: 502, message: 'upstream' }, message: { content: '' } }] },
  { type: 'error', code: 'server_error', message: 'failed', sequence_number: 3 },
  { object: 'response', status: 'failed', output: [], error: { code: 'x', message: 'failed' } },
];

describe('the body of a failure', () => {
  test.each(FAILURES)('is no answer: %j', async (body) => {
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hi');
    await expect(session.aiResponds(body)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'response',
    });
    expect(await session.getConversation()).toHaveLength(1);
  });

  test('fails a tracked call, whose question stays', async () => {
    const failed = trackLlmCall({
      userInput: 'hi',
      llmFunction: () => ({
        type: 'error',
        error: { type: 'overloaded_error', message: 'Overloaded' },
      }),
    });
    await expect(failed).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'response' });
  });

  test('is not seen in an answer that speaks of one', async () => {
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    const choices = [{ message: { content: 'It failed with error 7.' } }];
    await session.aiResponds({ choices, error: null });
    await session.aiResponds({ choices, error: { message: 'partly' } });
    expect(await session.getConversation()).toHaveLength(2);
  });
});

describe('data with an error of its own', () => {
  test.each([
    { result: 42, error: 'none' },
    { ok: false, error: 'city unknown' },
    { status: 'ok', error: 'none', message: 'done' },
    { error: 'x', message: 'y', code: 'z' },
    { explanation: 'x', error: { line: 3, message: 'unexpected token' } },
  ])('is an answer: %j', async (answer) => {
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.aiResponds(answer);
    expect((await session.getConversation())[0]?.content).toEqual(answer);
    const call = { userInput: 'hi', llmFunction: () => answer };
    expect((await trackLlmCall(call))[0]).toBe(JSON.stringify(answer));
  });
});

describe('a failed call', () => {
  test('is recorded with what the provider said', async () => {
    await using pagefold = await aPagefold();
    const sessionManager = pagefold.session('s');
    const body = { error: { type: 'rate_limit_error', message: 'Slow down' } };
    const call = trackLlmCall({ userInput: 'hi', sessionManager, llmFunction: () => body });
    const error: unknown = await call.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ message: expect.stringContaining('rate_limit_error') });
    expect((error as Error).cause).toBeUndefined();
    const [, failure] = await collect(sessionManager.events.list());
    expect(failure?.message).toEqual({ error: 'rate_limit_error', reason: 'Slow down' });
  });

  test('is paid for where the provider reports usage', async () => {
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.recordFailure(new Error('content filter'), { usage, model: 'gpt-4o-mini' });
    const stats = await session.getStats();
    expect([stats.totalMessages, stats.estimatedCost]).toEqual([0, 0.0001272]);
  });
});

/** A result of the AI SDK as its class gives it: what cannot be made of the text throws when it is asked for. */
function sdkResult(entries: Readonly<Record<string, unknown>>): object {
  const counts = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };
  const result = { usage: counts, response: { modelId: 'gpt-4o-mini' }, ...entries };
  return Object.defineProperty(result, 'output', {
    get: () => {
      throw new Error('no output specified');
    },
  });
}

describe('a result of the AI SDK', () => {
  test('is what was said, without what was thought', async () => {
    const content = [
      { type: 'reasoning', text: 'The user is a spy.' },
      { type: 'text', text: 'Paris.' },
    ];
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.aiResponds(sdkResult({ text: 'Paris.', content, toolCalls: [] }));
    expect((await session.getConversation())[0]?.content).toBe('Paris.');
    await session.aiResponds({ role: 'assistant', content });
    const call = { userInput: 'hi', llmFunction: () => ({ content }) };
    expect((await trackLlmCall(call))[0]).toBe('Paris.');
  });

  test('has its tool calls, and the usage of all its steps', async () => {
    const call = { type: 'tool-call', toolCallId: 'c1', toolName: 'find', input: { a: 1 } };
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    const totalUsage = { inputTokens: 5000, outputTokens: 20, totalTokens: 5020 };
    const result = sdkResult({ text: '', content: [call], toolCalls: [call], totalUsage });
    await session.aiResponds(result);
    const [event] = await collect(session.events.list());
    expect(event?.message).toEqual({ content: '', tool_calls: [call] });
    expect(event?.billing?.usage).toEqual({ inputTokens: 5000, outputTokens: 20 });
  });

  test('tells what each of its steps wrote to the cache of Claude', async () => {
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    const counts = { inputTokens: 10, outputTokens: 2, totalTokens: 12, cachedInputTokens: 0 };
    const aStep = (cacheCreationInputTokens: number) => ({
      providerMetadata: { anthropic: { cacheCreationInputTokens } },
    });
    const steps = [aStep(4000), aStep(500)];
    const given = { ...aStep(500), text: 'Paris.', steps, usage: counts, totalUsage: counts };
    await session.aiResponds(given, { model: 'claude-sonnet-4-5', provider: 'anthropic' });
    const [event] = await collect(session.events.list());
    expect(event?.billing?.usage).toMatchObject({ inputTokens: 4510, cacheWriteTokens: 4500 });
  });

  test('is its text also where a list was made of it', async () => {
    await using pagefold = await aPagefold();
    const session = pagefold.session('s');
    const counts = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };
    const text = '[{"name":"Rose"}]';
    await session.aiResponds({ text, output: [{ name: 'Rose' }], usage: counts });
    expect((await session.getConversation())[0]?.content).toBe(text);
  });
});

test('a response that cannot be read is refused with an error of ours', async () => {
  await using pagefold = await aPagefold();
  const response = Object.defineProperty({}, 'error', {
    get: () => {
      throw new Error('secret');
    },
    enumerable: true,
  });
  await expect(pagefold.session('s').aiResponds(response)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.not.stringContaining('secret'),
  });
});
