import { describe, expect, test } from 'vitest';
import type { ChatMessage, SessionManager } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

/** A session with a question, and an answer that asks for so many calls, of which the first have their results. */
async function anAnswer(given: {
  readonly maxTokens: number;
  readonly calls: number;
  readonly done: number;
}): Promise<SessionManager> {
  const { maxTokens, calls, done } = given;
  const session = (await aPagefold()).session('s', { memory: { maxTokens } });
  await session.userSays('Do the work.');
  const ids = Array.from({ length: calls }, (_, at) => `call_${at}`);
  const toolCalls = ids.map((id, at) => {
    const q = 'the order was shipped from our warehouse in Berlin';
    return { id, function: { name: 'do_it', arguments: JSON.stringify({ at, q }) } };
  });
  await session.aiResponds('I do it.', { toolCalls });
  for (const callId of ids.slice(0, done))
    // In order, as they are recorded.
    await session.toolUsed({ toolName: 'do_it', callId, result: `Done ${callId}.` });
  return session;
}

const resultsIn = (messages: readonly ChatMessage[]): readonly string[] =>
  messages.flatMap((message) =>
    message.role === 'tool' && message.content.startsWith('Done') ? [message.content] : [],
  );

const callsIn = (messages: readonly ChatMessage[]): readonly string[] =>
  messages.flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [],
  );

describe('a context of an answer with many calls', () => {
  test.each([
    [300, 20],
    [300, 50],
    [150, 40],
  ])(
    'of %i calls shows the %i results that came, also after the next question',
    async (calls, done) => {
      const session = await anAnswer({ maxTokens: 4_000, calls, done });

      const first = await session.memory.buildContext();
      await session.userSays('And now?');
      const next = await session.memory.buildContext();

      expect(resultsIn(first.messages)).toHaveLength(done);
      expect(callsIn(first.messages)).toHaveLength(done);
      expect(resultsIn(next.messages)).toHaveLength(done);
    },
  );

  test('shows the calls that wait as well where there is room for all', async () => {
    const session = await anAnswer({ maxTokens: 4_000, calls: 100, done: 5 });

    const { messages } = await session.memory.buildContext();

    expect(callsIn(messages)).toHaveLength(100);
    expect(resultsIn(messages)).toHaveLength(5);
  });

  test('shows a result that comes later with its call, for which there was no room before', async () => {
    const session = await anAnswer({ maxTokens: 4_000, calls: 300, done: 20 });
    await session.memory.buildContext();
    await session.toolUsed({ toolName: 'do_it', callId: 'call_200', result: 'Done at last.' });

    const { messages, receipt } = await session.memory.buildContext();

    expect(receipt.changePosition).toBeNull();
    expect(callsIn(messages)).toHaveLength(21);
    expect(resultsIn(messages)).toContain('Done at last.');
  });

  test('shows what came last of calls that end in another order', async () => {
    const session = await anAnswer({ maxTokens: 1_000, calls: 100, done: 0 });
    for (let at = 99; at >= 20; at -= 1)
      // In order, as they end.
      await session.toolUsed({ toolName: 'do_it', callId: `call_${at}`, result: `Done ${at}.` });

    const { messages } = await session.memory.buildContext();

    const results = resultsIn(messages);
    expect(results[0]).toBe('Done 20.');
    expect(results).toEqual(results.map((_, at) => `Done ${20 + at}.`));
  });

  test('that is pinned shows the results that came, in place of what stands for all others', async () => {
    const session = await anAnswer({ maxTokens: 4_000, calls: 300, done: 0 });
    const answer = (await session.memory.pages()).at(-1);
    await session.memory.pin(answer?.pageId ?? '');
    for (let at = 0; at < 20; at += 1)
      // In order, as they end.
      await session.toolUsed({ toolName: 'do_it', callId: `call_${at}`, result: `Done ${at}.` });

    const first = await session.memory.buildContext();
    const again = await session.memory.buildContext();

    expect(resultsIn(first.messages)).toHaveLength(20);
    expect(callsIn(first.messages)).toHaveLength(20);
    expect(again.messages).toEqual(first.messages);
  });

  test.each([
    [500, 300],
    [1_000, 500],
  ])(
    'of %i tokens weighs what it shows of %i calls, and is recorded once',
    async (maxTokens, calls) => {
      const session = await anAnswer({ maxTokens, calls, done: calls });

      const first = await session.memory.buildContext();
      const again = await session.memory.buildContext();

      expect(again.receipt.changePosition).toBeNull();
      expect(again.messages).toEqual(first.messages);
      expect((await session.memory.stats()).contextTokens).toBeLessThanOrEqual(maxTokens);
    },
  );
});

test('a prompt without memory shows as many of the latest calls as fit, each with its result', async () => {
  const session = await anAnswer({ maxTokens: 4_000, calls: 300, done: 299 });

  const messages = await session.getMessagesForLlm({ maxTokens: 4_000 });

  expect(callsIn(messages).length).toBeGreaterThan(100);
  expect(resultsIn(messages)).toHaveLength(callsIn(messages).length);
  expect(resultsIn(messages)).toContain('Done call_298.');
});
