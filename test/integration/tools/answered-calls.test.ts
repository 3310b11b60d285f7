import { describe, expect, test, vi } from 'vitest';
import { SessionAwareToolProcessor, type SessionManager } from '../../../src/index.ts';
import { aPagefold } from '../api/a-pagefold.ts';

const usage = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };
const response = { modelId: 'gpt-4o-mini' };

interface Part {
  readonly type: string;
  readonly toolCallId?: string;
}

const CALL = { type: 'tool-call', toolCallId: 'c1', toolName: 'pay', input: { euros: 5 } };
const RESULT = { ...CALL, type: 'tool-result', output: { paid: true } };
const OTHER = { ...CALL, toolCallId: 'c2' };

/** A step of the AI SDK, whose results and calls are parts of what it holds. */
function aStep(text: string, parts: readonly Part[]): object {
  return {
    text,
    content: [{ type: 'text', text }, ...parts],
    toolCalls: parts.filter(({ type }) => type === 'tool-call'),
    toolResults: parts.filter(({ type }) => type === 'tool-result'),
    usage,
    response,
  };
}

/** A result of the AI SDK: what its last step holds, and all of them. */
function aResult(...steps: readonly object[]): object {
  const total = { inputTokens: 10 * steps.length, outputTokens: 2 * steps.length };
  return { ...steps.at(-1), steps, totalUsage: total };
}

async function processed(
  message: unknown,
): Promise<{ readonly session: SessionManager; readonly ids: readonly (string | null)[] }> {
  const session = (await aPagefold()).session('s');
  await session.userSays('Pay, please.');
  const pay = vi.fn<() => string>(() => 'paid');
  const processor = await SessionAwareToolProcessor.create(session, { tools: { pay } });
  const results = await processor.processLlmMessage(message);
  expect(pay).toHaveBeenCalledTimes(results.length);
  return { session, ids: results.map(({ callId }) => callId) };
}

const REQUEST = { type: 'tool-approval-request', approvalId: 'a', toolCallId: 'c1' };
const DONE = { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] };
const CALL_OF_CHAT = { id: 'c1', type: 'function', function: { name: 'pay', arguments: '{}' } };

/** What a person said to a request, and what came of it. */
function answered(approved: boolean, output: unknown): object {
  const reply = { type: 'tool-approval-response', approvalId: 'a', approved };
  return { role: 'tool', content: [reply, { ...RESULT, output }] };
}

/** Lists of messages in which the one call is answered. */
const ANSWERED: readonly (readonly [string, readonly object[]])[] = [
  [
    'a call that was approved',
    [{ role: 'assistant', content: [CALL, REQUEST] }, answered(true, 'paid'), DONE],
  ],
  [
    'a call that was denied',
    [
      { role: 'assistant', content: [CALL, REQUEST] },
      answered(false, { type: 'execution-denied' }),
      DONE,
    ],
  ],
  [
    'a result that is an object',
    [
      { role: 'assistant', content: null, tool_calls: [CALL_OF_CHAT] },
      { role: 'tool', tool_call_id: 'c1', name: 'pay', content: { paid: true } },
      DONE,
    ],
  ],
  [
    'a function of OpenAI',
    [
      { role: 'assistant', content: null, function_call: { name: 'pay', arguments: '{}' } },
      { role: 'function', name: 'pay', content: 'paid' },
      DONE,
    ],
  ],
  [
    'results that do not name the ids of their calls, as of Ollama',
    [
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'call_1', function: { name: 'pay', arguments: {} } }],
      },
      { role: 'tool', tool_name: 'pay', tool_call_id: null, content: 'paid' },
      DONE,
    ],
  ],
  [
    'ids that are empty',
    [
      { role: 'assistant', content: '', tool_calls: [{ ...CALL_OF_CHAT, id: '' }] },
      { role: 'tool', tool_call_id: '', content: 'paid' },
      DONE,
    ],
  ],
  [
    'a result without a name, in parts',
    [
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { name: 'pay', arguments: {} } }],
      },
      { role: 'tool', content: [{ type: 'text', text: 'paid' }] },
      DONE,
    ],
  ],
  [
    'a result of nothing',
    [
      { role: 'assistant', content: null, tool_calls: [CALL_OF_CHAT] },
      { role: 'tool', tool_call_id: 'c1' },
      DONE,
    ],
  ],
  [
    'names in camel case, as of Mistral',
    [
      { role: 'assistant', content: '', toolCalls: [CALL_OF_CHAT] },
      { role: 'tool', toolCallId: 'c1', content: 'paid' },
      DONE,
    ],
  ],
  [
    'messages without ids, as of Ollama before 0.12.10',
    [
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { name: 'pay', arguments: {} } }],
      },
      { role: 'tool', tool_name: 'pay', content: 'paid' },
      DONE,
    ],
  ],
];

describe('processLlmMessage', () => {
  test.each(ANSWERED)(
    'runs nothing of messages, and keeps their words: %s',
    async (_, messages) => {
      const { session, ids } = await processed(messages);
      expect(ids).toEqual([]);
      expect((await session.getConversation()).at(-1)?.content).toBe('Done.');
    },
  );

  test('waits for a person where a later call has the id of one that was approved', async () => {
    const asks = { role: 'assistant', content: [CALL, REQUEST] };
    const { ids } = await processed([asks, answered(true, 'paid'), asks]);
    expect(ids).toEqual([]);
    const again = { role: 'assistant', content: [CALL] };
    expect((await processed([asks, answered(true, 'paid'), again])).ids).toEqual(['c1']);
  });

  test('carries out what nobody was asked about while another call waits for a person', async () => {
    const { ids } = await processed([
      { role: 'assistant', content: [OTHER, CALL, REQUEST] },
      { role: 'tool', content: [{ ...REQUEST, type: 'tool-approval-response', approved: true }] },
    ]);
    expect(ids).toEqual(['c2']);
  });

  test.each<[string, object]>([
    ['in its content', { role: 'assistant', content: [CALL, RESULT], toolCalls: [CALL] }],
    ['beside it', { role: 'assistant', content: '', toolCalls: [CALL], toolResults: [RESULT] }],
    [
      'beside it in a list',
      [{ role: 'assistant', content: '', toolCalls: [CALL], toolResults: [RESULT] }, DONE],
    ],
  ])('leaves no call without the result that a message has %s', async (_, message) => {
    expect((await processed(message)).ids).toEqual([]);
    const session = (await aPagefold()).session('s');
    await session.userSays('Pay, please.');
    await session.aiResponds(message);
    expect((await session.getMessagesForLlm()).map(({ role }) => role)).not.toContain('tool');
  });

  test('runs only the call that a result without an id does not answer', async () => {
    const calls = ['look', 'pay'].map((name) => ({ function: { name, arguments: {} } }));
    const { session, ids } = await processed([
      { role: 'assistant', content: 'Paying.', tool_calls: calls },
      { role: 'tool', tool_name: 'look', content: 'seen' },
    ]);
    expect(ids).toEqual([null]);
    expect((await session.getConversation()).map(({ content }) => content)).toEqual([
      'Pay, please.',
      'Paying.',
    ]);
  });

  test.each<[string, unknown]>([
    [
      'messages in camel case',
      [{ role: 'assistant', content: 'I pay.', toolCalls: [CALL_OF_CHAT] }],
    ],
    [
      'a choice in camel case',
      {
        index: 0,
        finishReason: 'tool_calls',
        message: { role: 'assistant', content: 'I pay.', toolCalls: [CALL_OF_CHAT] },
      },
    ],
    [
      'contents of Gemini',
      [{ role: 'model', parts: [{ text: 'I pay.' }, { functionCall: { id: 'c1', name: 'pay' } }] }],
    ],
    ['calls of LangChain', [{ type: 'tool_call', id: 'c1', name: 'pay', args: {} }]],
  ])('runs what is asked for: %s', async (_, answer) => {
    expect((await processed(answer)).ids).toEqual(['c1']);
  });

  test('keeps why a model refuses, whatever holds the message', async () => {
    const message = { role: 'assistant', content: null, refusal: 'I cannot pay.' };
    const choice = { index: 0, finish_reason: 'stop', logprobs: null, message };
    for (const answer of [message, choice, [message], { choices: [choice] }]) {
      const { session } = await processed(answer);
      expect((await session.getConversation()).at(-1)?.content).toBe('I cannot pay.');
      const other = (await aPagefold()).session('s');
      await other.aiResponds(answer);
      expect((await other.getConversation()).at(-1)?.content).toBe('I cannot pay.');
    }
    const own = { answer: 'Paid.', refusal: '' };
    const { session } = await processed(own);
    expect((await session.getConversation()).at(-1)?.content).toBe(JSON.stringify(own));
  });

  test('runs no result of a conversation that was given as an answer', async () => {
    const { ids } = await processed([
      { role: 'user', content: 'Pay, please.' },
      { role: 'assistant', content: null, tool_calls: [CALL_OF_CHAT] },
      { role: 'tool', tool_call_id: 'c1', name: 'pay', content: 'paid' },
    ]);
    expect(ids).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a result whose last step has them', aResult(aStep('Paying.', [CALL, RESULT]))],
    [
      'a result whose earlier step has them',
      aResult(aStep('Paying.', [CALL, RESULT]), aStep('Done.', [])),
    ],
    ['the parts of a message', { role: 'assistant', content: [CALL, RESULT] }],
    ['a failure in place of a result', aResult(aStep('', [CALL, { ...CALL, type: 'tool-error' }]))],
    [
      'what a provider carries out',
      aResult(aStep('', [{ ...CALL, providerExecuted: true } as Part])),
    ],
  ])('runs no call again that was carried out: %s', async (_name, message) => {
    const { session, ids } = await processed(message);
    expect(ids).toEqual([]);
    const prompt = await session.getMessagesForLlm();
    expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  test('runs what is left, and records that alone', async () => {
    const { session, ids } = await processed(aResult(aStep('Paying.', [CALL, RESULT, OTHER])));
    expect(ids).toEqual(['c2']);
    expect(await session.getMessagesForLlm()).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: 'Paying.', tool_calls: [{ id: 'c2' }] },
      { role: 'tool', tool_call_id: 'c2', content: 'paid' },
    ]);
  });

  test.each([null, undefined, { toJSON: () => null }])('refuses no answer: %j', async (nothing) => {
    const session = (await aPagefold()).session('s');
    const processor = await SessionAwareToolProcessor.create(session, { tools: {} });
    await expect(processor.processLlmMessage(nothing)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'message',
    });
    expect(await session.exists()).toBe(false);
  });

  test('refuses an answer that throws when it is read', async () => {
    const answer = Object.defineProperty({}, 'tool_calls', {
      get: () => {
        throw new Error('secret');
      },
    });
    await expect(processed(answer)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'message',
      message: expect.not.stringContaining('secret'),
    });
  });

  test('reads the JSON of what tells nothing else, and asks for it once', async () => {
    const toJSON = vi.fn<() => object>(() => aResult(aStep('Paying.', [CALL])));
    const { session, ids } = await processed({ toJSON });
    expect([ids, toJSON.mock.calls.length]).toEqual([['c1'], 1]);
    expect((await session.getStats()).usage).toEqual({ inputTokens: 10, outputTokens: 2 });
  });

  test('keeps to the own entries of an answer that has both', async () => {
    const toJSON = vi.fn<() => object>(() => ({ kind: 'constructor' }));
    const said = await processed({ content: 'Hello.', toJSON });
    expect((await said.session.getConversation()).at(-1)?.content).toBe('Hello.');
    const asked = await processed({ content: '', tool_calls: [{ id: 'c', name: 'pay' }], toJSON });
    expect(asked.ids).toEqual(['c']);
    expect(toJSON).not.toHaveBeenCalled();
  });

  test('does not ask for the text that an SDK makes of the parts of an answer', async () => {
    const text = vi.fn<() => string>(() => '');
    const functionCall = { name: 'pay', args: { euros: 5 }, id: 'c1' };
    const body = Object.defineProperty(
      { candidates: [{ content: { parts: [{ functionCall }] } }], usageMetadata: {} },
      'text',
      { get: text },
    );
    expect((await processed(body)).ids).toEqual(['c1']);
    expect(text).not.toHaveBeenCalled();
  });
});

test('a result of the AI SDK leaves no call without a result that it has', async () => {
  const session = (await aPagefold()).session('s');
  await session.userSays('Pay, please.');
  await session.aiResponds(aResult(aStep('Paying.', [CALL, RESULT])));
  await session.userSays('Thanks.');
  expect(await session.getMessagesForLlm()).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: 'Paying.' },
    { role: 'user' },
  ]);
});
