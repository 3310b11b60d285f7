import { describe, expect, test } from 'vitest';
import { SessionAwareToolProcessor } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const CALL = { id: 'c1', type: 'function', function: { name: 'now', arguments: '{}' } };
const BODIES: readonly (readonly [string, object])[] = [
  ['a chat completion', { model: 'gpt-4o', choices: [{ message: { tool_calls: [CALL] } }] }],
  ['a message of Claude', { type: 'message', model: 'claude-sonnet-4-5', content: [] }],
  ['a response of OpenAI', { object: 'response', model: 'gpt-4o', output: [] }],
  ['an answer of Gemini', { candidates: [{ content: { parts: [{ text: 'hi' }] } }] }],
];

describe('what an HTTP client wraps an answer in', () => {
  test.each(BODIES)('is no answer: %s', async (_name, data) => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hi');
    const wrapped = { status: 200, statusText: 'OK', headers: {}, data };

    const refusal = { code: 'INVALID_INPUT', message: expect.stringContaining('give its `data`') };
    await expect(session.aiResponds(wrapped)).rejects.toMatchObject(refusal);
    const processor = await SessionAwareToolProcessor.create(session, { tools: { now: () => 1 } });
    await expect(processor.processLlmMessage(wrapped)).rejects.toMatchObject(refusal);

    expect((await session.getStats()).aiMessages).toBe(0);
  });

  test('is data of a model that happens to have an entry of that name', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hi');

    await session.aiResponds({ data: { rows: [1, 2] } });

    expect((await session.getConversation()).at(-1)?.content).toEqual({ data: { rows: [1, 2] } });
  });
});
