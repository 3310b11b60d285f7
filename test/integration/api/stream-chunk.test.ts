import { describe, expect, onTestFinished, test } from 'vitest';
import { closeDefaultRuntime, trackConversation } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const CHUNKS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  [
    'chat.completion.chunk',
    {
      id: 'c',
      object: 'chat.completion.chunk',
      model: 'gpt-4o',
      choices: [{ index: 0, delta: { content: 'Par' }, finish_reason: null }],
    },
  ],
  [
    'chat.completion.chunk',
    { object: 'chat.completion.chunk', choices: [], usage: { prompt_tokens: 1 } },
  ],
  [
    'response.output_text.delta',
    {
      type: 'response.output_text.delta',
      item_id: 'm',
      output_index: 0,
      content_index: 0,
      delta: 'Par',
    },
  ],
  [
    'response.completed',
    {
      type: 'response.completed',
      sequence_number: 9,
      response: { object: 'response', output: [] },
    },
  ],
  ['message_start', { type: 'message_start', message: { type: 'message', content: [] } }],
  [
    'content_block_start',
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ],
  [
    'content_block_delta',
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Par' } },
  ],
  ['content_block_stop', { type: 'content_block_stop', index: 0 }],
  [
    'message_delta',
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 15 },
    },
  ],
  ['message_stop', { type: 'message_stop' }],
  ['ping', { type: 'ping' }],
  [
    'prompt_filter_results',
    { id: '', object: '', model: '', created: 0, choices: [], prompt_filter_results: [{}] },
  ],
  ['text-delta', { type: 'text-delta', id: '1', text: 'Par' }],
  ['text-delta', { type: 'text-delta', textDelta: 'Par' }],
  ['reasoning-delta', { type: 'reasoning-delta', id: '1', delta: 'Hm' }],
  ['tool-input-delta', { type: 'tool-input-delta', id: '1', delta: '{' }],
  ['finish-step', { type: 'finish-step', finishReason: 'stop', usage: {}, response: {} }],
  ['finish', { type: 'finish', finishReason: 'stop', totalUsage: {} }],
  ['start', { type: 'start', messageId: 'm' }],
  ['start-step', { type: 'start-step', request: { body: {} }, warnings: [] }],
  ['step-start', { type: 'step-start', messageId: 'm', request: {}, warnings: [] }],
  ['text-start', { type: 'text-start', id: '0' }],
  ['text-end', { type: 'text-end', id: '0' }],
  ['reasoning-start', { type: 'reasoning-start', id: '0' }],
  ['source', { type: 'source', sourceType: 'url', id: '1', url: 'https://a.example' }],
  ['source-url', { type: 'source-url', sourceId: '1', url: 'https://a.example' }],
  ['tool-input-start', { type: 'tool-input-start', id: 'c', toolName: 'f' }],
  ['tool-input-end', { type: 'tool-input-end', id: 'c' }],
  ['tool-call', { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: {} }],
  ['tool-result', { type: 'tool-result', toolCallId: 'c', toolName: 'f', input: {}, output: 1 }],
  ['tool-output-available', { type: 'tool-output-available', toolCallId: 'c', output: 1 }],
  ['finish-step', { type: 'finish-step' }],
];

describe('a chunk of a stream', () => {
  test.each(CHUNKS)('is no answer: %s', async (name, chunk) => {
    const session = (await aPagefold()).session('s');
    await session.userSays('What is the capital of France?');

    const refusal = {
      code: 'INVALID_INPUT',
      field: 'response',
      message: expect.stringContaining(`a chunk of a stream (${name}) is none`) as string,
    };
    await expect(session.aiResponds(chunk)).rejects.toMatchObject(refusal);
    // As objects of an SDK, too.
    await expect(session.aiResponds(Object.create(chunk))).rejects.toMatchObject(refusal);
    expect(await session.getConversation()).toHaveLength(1);
  });

  test('is no answer of a turn either', async () => {
    onTestFinished(() => closeDefaultRuntime());
    const [, aiResponse] = CHUNKS[0]!;
    await expect(trackConversation({ userMessage: 'What?', aiResponse })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'turn.aiResponse',
    });
  });

  test.each(CHUNKS)('is content where a user or a tool gives it: %s', async (_name, chunk) => {
    const session = (await aPagefold()).session('s');
    await session.userSays(chunk);
    await session.aiResponds(JSON.stringify(chunk));
    await session.aiResponds({ content: JSON.stringify(chunk) });
    await session.toolUsed({ toolName: 'listen', arguments: chunk, result: chunk });
    expect((await session.getStats()).totalEvents).toBe(4);
  });
});

test.each([
  { object: 'chat.completion.chunk' },
  { type: 'response.plan', steps: ['a'] },
  { type: 'response.', item_id: 'm' },
  { type: 'message_start', at: 5 },
  { type: 'content_block_delta', delta: 'a' },
  { type: 'message_delta', delta: 1 },
  { type: 'ping', host: 'a' },
  { type: 'text-delta', words: 3 },
  { type: 'finish', place: 1 },
  { type: 'start', city: 'Bonn' },
  { type: 'start' },
  { type: 'finish' },
  { type: 'abort' },
  { type: 'source', source: 'https://a.example' },
  { type: 'source', sourceType: 'web', id: '1', quote: 'a' },
  { type: 'raw', rawValue: 1 },
  { type: 'tool-call', from: 'Bonn' },
])('an answer that is data of its own is content: %j', async (answer) => {
  const session = (await aPagefold()).session('s');
  await session.userSays('Which event?');
  await session.aiResponds(answer);
  expect((await session.getConversation()).at(-1)?.content).toEqual(answer);
});

describe('a whole body without a choice', () => {
  test.each([
    { object: 'chat.completion', usage: { prompt_tokens: 1000, total_tokens: 1000 } },
    { usage: { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 } },
  ])('says nothing, and whose it is: %j', async (told) => {
    const session = (await aPagefold()).session('s');
    await session.userSays('What?');
    await session.aiResponds({ id: 'c', model: 'gpt-4o', choices: [], ...told });

    const { events } = await session.getSession();
    expect(events.at(-1)).toMatchObject({
      message: '',
      billing: { model: 'gpt-4o', usage: { inputTokens: 1000 } },
    });
    // 1,000 tokens in at 2.50 US dollars a million.
    expect((await session.getStats()).costUsd).toBe('0.0025');
    expect((await session.getStats()).unpricedCalls).toBe(0);
  });

  test('that is none of a provider stays content', async () => {
    const session = (await aPagefold()).session('s');
    await session.userSays('Which choices are left?');
    await session.aiResponds({ choices: [] });
    expect((await session.getConversation()).at(-1)?.content).toEqual({ choices: [] });
  });
});
