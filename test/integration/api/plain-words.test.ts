import { describe, expect, test } from 'vitest';
import {
  createMemoryStore,
  InfiniteConversationManager,
  openPagefold,
  SessionManager,
  truncatePromptToTokenLimit,
} from '../../../src/index.ts';
import { aPagefold, aStore, talk } from './a-pagefold.ts';

describe('a refusal', () => {
  test('of a prompt that does not fit says what is needed and what is allowed', async () => {
    const session = (await aPagefold()).session('s', { systemPrompt: 'Be very kind to them.' });
    await session.userSays('hello there');

    await expect(session.getMessagesForLlm({ maxTokens: 5 })).rejects.toThrow(
      /^Token limit exceeded: at least \d+ tokens are needed, and 5 are allowed$/,
    );
  });

  test('of a part of a token names the field', async () => {
    const session = (await aPagefold()).session('s');
    await session.userSays('hello');

    await expect(session.getMessagesForLlm({ maxTokens: 10.5 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.maxTokens',
    });
    expect(() => truncatePromptToTokenLimit([], 10.5)).toThrow(
      'maxTokens: expected a whole number of tokens of at least 0',
    );
  });

  test.each([
    [{ maxSessions: 1 }, 'maxSessions: 1'],
    [{ maxBytes: 4000 }, 'maxBytes: 4000'],
  ])('of a full store with %o says which bound it is', async (bounds, words) => {
    const store = createMemoryStore(bounds);
    const pagefold = await aPagefold({ store });
    await pagefold.session('a').userSays('x');

    await expect(pagefold.session('b').userSays('x'.repeat(4000))).rejects.toThrow(
      `Overloaded: the store limit is reached (${words})`,
    );
    await store.close();
  });

  test('of a cursor names it', async () => {
    await expect((await aPagefold()).listSessions({ cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'query.cursor',
    });
  });

  test.each([[{ foo: 1 }], [5], [[]]])('of the usage %j says what is accepted', async (usage) => {
    const session = (await aPagefold()).session('s');

    await expect(session.aiResponds('hi', { usage })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.usage',
      message: expect.stringContaining('{ prompt_tokens, completion_tokens') as unknown,
    });
  });

  test.each([
    [{ user_id: 'bob' }, 'options.metadata.user_id'],
    [{ userId: 'bob' }, 'options.metadata.userId'],
  ])('of a second user in the metadata %o names it', async (metadata, field) => {
    const pagefold = await aPagefold();

    expect(() => pagefold.session('s', { userId: 'ann', metadata })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }) as Error,
    );
    const same = { user_id: 'ann', userId: null };
    await pagefold.session('s', { userId: 'ann', metadata: same }).userSays('hi');
    expect((await pagefold.listSessions({ userId: 'ann' })).heads).toHaveLength(1);
  });

  test('is what a closed pagefold has for everybody who comes later', async () => {
    const store = aStore();
    const pagefold = await openPagefold({ tokens: 'estimate', store });
    const session = pagefold.session('s');
    await talk(session, 1);
    await pagefold.close();

    await expect(pagefold.flush()).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(session.flush()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(() => pagefold.session('t')).toThrow(
      expect.objectContaining({ code: 'CLOSED' }) as Error,
    );
    // Managers of their own open a runtime when they need one.
    await new SessionManager({ store }).flush();
    await new InfiniteConversationManager({ store }).flush();
  });
});

test('a fresh fork was not updated before it was created', async () => {
  const session = (await aPagefold()).session('s');
  await session.userSays('hello');
  await expect.poll(() => Date.now()).toBeGreaterThan(Date.now());
  const fork = await session.fork();

  const { createdAt, lastUpdate } = await fork.getStats();

  expect(Date.parse(lastUpdate)).toBeGreaterThanOrEqual(Date.parse(createdAt));
});

describe('a result of the AI SDK', () => {
  class Result {
    get text(): string {
      return 'Paris.';
    }
    get usage(): object {
      return { inputTokens: 20, outputTokens: 4, totalTokens: 24, reasoningTokens: undefined };
    }
    get toolCalls(): readonly object[] {
      return [{ type: 'tool-call', toolCallId: 'c-1', toolName: 'map', input: {} }];
    }
    get response(): object {
      return { id: 'r', modelId: 'gpt-4o-mini' };
    }
  }

  test('given as the answer is its text, with its usage, calls and model', async () => {
    const session = (await aPagefold()).session('s');

    const { eventId } = await session.recordAnswer(new Result());

    const event = await session.events.find(eventId);
    expect(event?.message).toMatchObject({
      content: 'Paris.',
      tool_calls: [{ toolName: 'map' }],
    });
    expect(event?.billing).toMatchObject({
      origin: 'reported',
      model: 'gpt-4o-mini',
      usage: { inputTokens: 20, outputTokens: 4 },
    });
  });

  test('as plain data is the same, and an object of the caller stays what it is', async () => {
    const session = (await aPagefold()).session('s');
    const usage = { inputTokens: 20, outputTokens: 4 };
    await session.aiResponds({ text: 'Paris.', usage }, { model: 'gpt-4o-mini' });
    await session.aiResponds({ text: 'Paris.', mood: 'sure' }, { model: 'gpt-4o-mini' });

    expect((await session.getConversation()).map(({ content }) => content)).toEqual([
      'Paris.',
      { text: 'Paris.', mood: 'sure' },
    ]);
    expect((await session.getStats()).usage).toMatchObject({ inputTokens: expect.any(Number) });
  });
});
