import { describe, expect, test } from 'vitest';
import {
  createTokenCounter,
  InfiniteConversationManager,
  openPagefold,
  type SessionManager,
} from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk, textOf } from './a-pagefold.ts';

/** A conversation of three segments of four messages. */
async function threeSegments(session: SessionManager): Promise<void> {
  await talk(session, 6);
}

const INFINITE = { infiniteContext: true, maxTurnsPerSegment: 4 };

describe('getConversation', () => {
  test('C-110: gives the messages of all segments when the context is infinite, else those of the open one', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', INFINITE);
    await threeSegments(session);

    const all = await session.getConversation();
    const current = await session.getConversation({ includeAllSegments: false });

    expect(all.map((turn) => turn.content)).toEqual(
      [1, 2, 3, 4, 5, 6].flatMap((number) => [`question ${number}`, `answer ${number}`]),
    );
    expect(current.map((turn) => turn.content)).toEqual([
      'question 5',
      'answer 5',
      'question 6',
      'answer 6',
    ]);
  });

  test('W-21: C-110: gives the whole conversation to a second manager and to a second runtime', async () => {
    const store = aStore();
    const first = await openPagefold({ store, tokens: 'estimate' });
    await threeSegments(first.session('s', INFINITE));
    const expected = await first.session('s', INFINITE).getConversation();
    await first.close();

    const second = await aPagefold({ store });

    expect(expected).toHaveLength(12);
    expect(await second.session('s', INFINITE).getConversation()).toEqual(expected);
  });

  test('has role, content, time, and for answers model and provider', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 1);

    expect(await session.getConversation()).toEqual([
      { role: 'user', content: 'question 1', timestamp: expect.stringMatching(/Z$/) as string },
      {
        role: 'assistant',
        content: 'answer 1',
        timestamp: expect.stringMatching(/Z$/) as string,
        model: 'gpt-4o-mini',
        provider: 'openai',
      },
    ]);
  });

  test('C-111: leaves tool calls and failures out', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hi');
    await session.toolUsed({ toolName: 't', result: 1 });
    await session.recordFailure(new Error('no answer'));

    expect(await session.getConversation()).toHaveLength(1);
    expect((await session.getStats()).totalEvents).toBe(3);
  });
});

describe('getMessagesForLlm', () => {
  test('C-108: begins with the system prompt unless it is blank or not wanted', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Be kind.' });
    const blank = pagefold.session('b', { systemPrompt: '  \n' });
    await Promise.all([session.userSays('hi'), blank.userSays('hi')]);
    const hi = { role: 'user', content: 'hi' };

    expect(await session.getMessagesForLlm()).toEqual([
      { role: 'system', content: 'Be kind.' },
      hi,
    ]);
    expect(await session.getMessagesForLlm({ includeSystem: false })).toEqual([hi]);
    expect(await blank.getMessagesForLlm()).toEqual([hi]);
  });

  test('W-20: C-109: carries summaries of earlier segments and the last exchanges over', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { ...INFINITE, systemPrompt: 'P' });
    for (const topic of ['tides', 'clouds', 'rivers', 'lakes', 'snow']) {
      await session.userSays(`How do ${topic} come about?`);
      await session.aiResponds(`${topic} come about slowly.`);
    }

    const messages = await session.getMessagesForLlm();
    const [prompt, background, ...turns] = messages.map(textOf);

    expect(prompt).toBe('P');
    expect(background).toContain('How do tides come about; How do clouds come about');
    expect(background).toContain('Latest answer: lakes come about slowly.');
    // The open segment holds the last exchange, and the two before it still fit.
    expect(turns).toEqual([
      'How do rivers come about?',
      'rivers come about slowly.',
      'How do lakes come about?',
      'lakes come about slowly.',
      'How do snow come about?',
      'snow come about slowly.',
    ]);
  });

  test.each([120, 200, 400, 4000])(
    'C-109: never takes more than maxTokens of %i, and keeps the last question',
    async (maxTokens) => {
      const pagefold = await aPagefold();
      const session = pagefold.session('s', { ...INFINITE, systemPrompt: 'Be kind.' });
      await talk(session, 40);
      await session.userSays('the last question');

      const messages = await session.getMessagesForLlm({ maxTokens });

      const counter = createTokenCounter({ mode: 'estimate' });
      const tokens = messages.reduce(
        (sum, message) => sum + 4 + counter.countText(textOf(message), 'gpt-4o-mini'),
        3,
      );
      expect(tokens).toBeLessThanOrEqual(maxTokens);
      expect(messages[0]?.content).toBe('Be kind.');
      expect(messages.at(-1)).toEqual({ role: 'user', content: 'the last question' });
    },
  );

  test('reads as much of a long log as the limit needs, and finds the same as with all of it', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 150);
    await session.toolUsed({ toolName: 'search', result: { found: 'nothing' } });

    const whole = await session.getMessagesForLlm();
    const limited = await session.getMessagesForLlm({ maxTokens: 300 });

    expect(limited.length).toBeGreaterThan(10);
    expect(limited).toEqual(whole.slice(-limited.length));
    expect(limited[0]?.role).toBe('user');
  });

  test('reads back to the question that a long run of tool calls serves', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 5);
    await session.userSays('Find it.');
    for (let call = 1; call <= 100; call += 1)
      await session.toolUsed({ toolName: 'search', arguments: { page: call }, result: 'nothing' });

    const messages = await session.getMessagesForLlm({ maxTokens: 200 });

    expect(messages[0]).toEqual({ role: 'user', content: 'Find it.' });
    expect(messages.at(-1)).toMatchObject({ role: 'tool', content: 'nothing' });
  });

  test('is refused with the limit that cannot be met', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'word '.repeat(100) });
    await session.userSays('hi');

    await expect(session.getMessagesForLlm({ maxTokens: 20 })).rejects.toMatchObject({
      code: 'TOKEN_LIMIT_EXCEEDED',
      limit: 20,
    });
    await expect(session.getMessagesForLlm({ maxTokens: -1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.maxTokens',
    });
  });

  test('W-66: system messages have the role system here and in the conversation', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    const session = pagefold.session('s');
    await session.userSays('hi');
    const manager = new InfiniteConversationManager({ store });
    await manager.processMessage({ sessionId: 's', message: 'a note', source: 'system' });

    expect(await session.getMessagesForLlm()).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'system', content: 'a note' },
    ]);
    expect((await session.getConversation()).map((turn) => turn.role)).toEqual(['user', 'system']);
    expect(await session.getStats()).toMatchObject({
      userMessages: 1,
      aiMessages: 0,
      systemMessages: 1,
      totalMessages: 1,
      totalEvents: 2,
    });
  });
});

describe('getSessionChain', () => {
  test('C-112: names the segments from the first to the open one, under one session id', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', INFINITE);
    expect(await session.getSessionChain()).toEqual(['s/1']);
    await threeSegments(session);

    expect(await session.getSessionChain()).toEqual(['s/1', 's/2', 's/3']);
    expect(await pagefold.session('other').getSessionChain()).toEqual(['other']);
  });

  test('C-116: a manager that resumes needs no loading', async () => {
    const pagefold = await aPagefold();
    await threeSegments(pagefold.session('s', INFINITE));
    const resumed = pagefold.session('s', INFINITE);

    expect(await resumed.loadSessionChain()).toEqual(['s/1', 's/2', 's/3']);
    expect(await resumed.getConversation()).toHaveLength(12);
  });
});

test('C-123: W-25: properties, state and prompt hold in every segment, and the id stays', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s', {
    ...INFINITE,
    systemPrompt: 'P',
    userId: 'u-1',
    metadata: { tag: 'x' },
  });
  await session.setState('step', 1);
  await threeSegments(session);

  expect(session.sessionId).toBe('s');
  expect(await session.getProperties()).toEqual({ tag: 'x', user_id: 'u-1' });
  expect(await session.getState('step')).toBe(1);
  expect((await session.getMessagesForLlm())[0]).toEqual({ role: 'system', content: 'P' });
  expect(await collect(pagefold.sessions({ userId: 'u-1' }))).toMatchObject([
    { key: { sessionId: 's' }, openSegment: 3 },
  ]);
});
