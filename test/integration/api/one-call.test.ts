import { afterEach, describe, expect, test } from 'vitest';
import {
  closeDefaultRuntime,
  getConversationHistory,
  getSessionStats,
  getStorageInfo,
  quickConversation,
  quickStats,
  SessionManager,
  SessionNotFound,
  trackConversation,
  trackInfiniteConversation,
  trackLlmCall,
  trackLlmInteraction,
  trackToolUse,
} from '../../../src/index.ts';
import { aStore, collect } from './a-pagefold.ts';

afterEach(() => closeDefaultRuntime());

describe('trackConversation', () => {
  test('C-162: records one turn in a new session and returns its id', async () => {
    const id = await trackConversation({
      userMessage: 'Hello',
      aiResponse: 'Hi there',
      model: 'gpt-4o-mini',
      provider: 'openai',
    });

    expect(await getConversationHistory(id)).toMatchObject([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi there', model: 'gpt-4o-mini', provider: 'openai' },
    ]);
  });

  test('C-162: continues the session it is given', async () => {
    const first = await trackConversation({ userMessage: 'a', aiResponse: 'b' });

    const second = await trackConversation({ userMessage: 'c', aiResponse: 'd', sessionId: first });

    expect(second).toBe(first);
    expect(await getConversationHistory(first)).toHaveLength(4);
  });

  test('W-08: leaves nothing behind when the answer is refused', async () => {
    await expect(
      trackConversation({ userMessage: 'a', aiResponse: () => 1, sessionId: 's' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'turn.aiResponse' });

    await expect(getSessionStats('s')).rejects.toThrow(SessionNotFound);
  });

  const turn = { userMessage: 'a', aiResponse: 'b' };
  const call = { userInput: 'a', llmFunction: () => 'b' };
  test.each<[string, () => Promise<unknown>]>([
    ['turn.sessionId', () => trackConversation({ ...turn, sessionId: '' })],
    ['turn.model', () => trackConversation({ ...turn, model: 5 as never })],
    ['turn.sesionId', () => trackConversation({ ...turn, sesionId: 'x' } as never)],
    ['turn.userMessage', () => quickConversation({ ...turn, userMessage: () => 1 })],
    ['turn.maxTurns', () => trackInfiniteConversation({ ...turn, maxTurns: 0 })],
    ['turn.tenant', () => trackInfiniteConversation({ ...turn, tenant: 'acme' } as never)],
    ['turn.tokenThreshold', () => quickConversation({ ...turn, tokenThreshold: 9 } as never)],
    ['tracked.modell', () => trackLlmCall({ ...call, modell: 'm' } as never)],
    ['tracked.userInput', () => trackLlmCall({ ...call, userInput: () => 1 })],
    ['tracked.tokenThreshold', () => trackLlmCall({ ...call, tokenThreshold: 0 })],
    ['use.sessionId', () => trackToolUse({ toolName: 't', sessionId: '' })],
    ['use.toolName', () => trackToolUse({ toolName: '' })],
  ])('W-08: names what is wrong as the caller wrote it: %s', async (field, wrong) => {
    await expect(wrong()).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
      message: expect.stringMatching(new RegExp(`^${field}: `)) as string,
    });
  });
});

test('W-08: tells the names that a call has, not those of a manager', async () => {
  await expect(trackConversation({ user: 'a', aiResponse: 'b' } as never)).rejects.toThrow(
    'turn.user: there is no such option; its name has to be one of userMessage, aiResponse, model,',
  );
});

/** Something that can be awaited and is no promise. */
function aThenable(text: string): object {
  const [name, value] = ['then', (done: (result: string) => void): void => done(text)] as const;
  return Object.defineProperty({}, name, { value });
}

describe('trackLlmCall', () => {
  const sdkResponse = new (class {
    get choices(): readonly object[] {
      return [
        new (class {
          get message(): object {
            return { content: 'from an object' };
          }
        })(),
      ];
    }
  })();

  test.each<[string, (input: string) => unknown, string]>([
    ['a plain function', (input) => `echo ${input}`, 'echo hi'],
    ['an async function', async (input) => `echo ${input}`, 'echo hi'],
    ['a function that returns a promise', (input) => Promise.resolve(`echo ${input}`), 'echo hi'],
    ['a thenable', () => aThenable('then'), 'then'],
    ['choices as data', () => ({ choices: [{ message: { content: 'chosen' } }] }), 'chosen'],
    ['choices of an SDK object', () => sdkResponse, 'from an object'],
    ['no choices', () => ({ choices: [] }), ''],
    ['null content', () => ({ choices: [{ message: { content: null } }] }), ''],
    ['content as text', () => ({ content: 'plain' }), 'plain'],
    ['content as parts', () => ({ content: [{ type: 'text', text: 'a' }, { text: 'b' }] }), 'ab'],
    ['nothing', () => null, ''],
    ['some other data', () => ({ answer: 42 }), '{"answer":42}'],
  ])('W-61: C-163: takes %s', async (_name, llmFunction, expected) => {
    const [response, sessionId] = await trackLlmCall({
      userInput: 'hi',
      llmFunction,
      model: 'gpt-4o-mini',
    });

    expect(response).toBe(expected);
    expect((await getConversationHistory(sessionId)).map((turn) => turn.content)).toEqual([
      'hi',
      expected,
    ]);
  });

  test('C-164: records into the manager it is given, and nowhere else', async () => {
    const sessionManager = new SessionManager({ sessionId: 'mine', store: aStore() });

    const [, sessionId] = await trackLlmCall({
      userInput: 'hi',
      llmFunction: () => 'hello',
      sessionManager,
      sessionId: 'not looked at',
    });

    expect(sessionId).toBe('mine');
    expect(await sessionManager.getConversation()).toHaveLength(2);
    expect((await getStorageInfo()).store).toBeNull();
  });

  test('uses the usage that the response carries, and keeps the tool calls it asks for', async () => {
    const toolCalls = [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } }];
    const [, sessionId] = await trackLlmCall({
      userInput: 'add',
      llmFunction: () => ({
        choices: [{ message: { content: null, tool_calls: toolCalls } }],
        usage: { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 },
      }),
      model: 'gpt-4o-mini',
      provider: 'openai',
    });

    const session = new SessionManager({ sessionId });
    const [, answer] = await collect(session.events);
    expect((await session.getStats()).costUsd).toBe('0.00015');
    expect(answer?.message).toEqual({ content: '', tool_calls: toolCalls });
    expect(answer?.metadata['latencyMs']).toBeTypeOf('number');
  });

  test('does not lose an answer whose usage nobody understands', async () => {
    const [response] = await trackLlmCall({
      userInput: 'hi',
      llmFunction: () => ({ content: 'hello', usage: { credits: 'many' } }),
      model: 'gpt-4o-mini',
    });

    expect(response).toBe('hello');
  });

  test('W-61: C-165: records a call that fails, and throws its error on', async () => {
    const failure = new RangeError('rate limit');

    await expect(
      trackLlmCall({
        userInput: 'hi',
        llmFunction: async () => {
          throw failure;
        },
        model: 'gpt-4o-mini',
        sessionId: 's',
      }),
    ).rejects.toBe(failure);

    const events = await collect(new SessionManager({ sessionId: 's' }).events);
    expect(events).toMatchObject([
      { source: 'user', message: 'hi' },
      {
        source: 'system',
        type: 'reference',
        message: { error: 'RangeError', reason: 'rate limit' },
        metadata: { failed: true, model: 'gpt-4o-mini', latencyMs: expect.any(Number) as number },
      },
    ]);
    expect(await getConversationHistory('s')).toHaveLength(1);
  });

  test('is refused without a function, before anything is recorded', async () => {
    await expect(
      trackLlmCall({ userInput: 'hi', llmFunction: 'gpt' as never, sessionId: 's' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'tracked.llmFunction' });
    await expect(getSessionStats('s')).rejects.toThrow(SessionNotFound);
  });
});

describe('the other functions', () => {
  test('C-166: quickConversation records a turn and returns its figures', async () => {
    const stats = await quickConversation({
      userMessage: 'Hello',
      aiResponse: 'Hi there',
      model: 'gpt-4o-mini',
    });

    expect(stats).toMatchObject({ userMessages: 1, aiMessages: 1, totalEvents: 2 });
    expect(stats.totalTokens).toBe(3);
  });

  test('W-22: C-167: trackInfiniteConversation obeys maxTurns and keeps the id', async () => {
    let sessionId: string | null = null;
    for (let turn = 1; turn <= 5; turn += 1) {
      // In order: each turn continues the one before.
      sessionId = await trackInfiniteConversation({
        userMessage: `question ${turn}`,
        aiResponse: `answer ${turn}`,
        sessionId,
        maxTurns: 4,
      });
    }

    const stats = await getSessionStats(sessionId!, { includeAllSegments: true });
    expect(stats).toMatchObject({
      sessionSegments: 3,
      totalMessages: 10,
      summaries: 2,
      infiniteContext: true,
    });
  });

  test('C-168: trackToolUse records a call in the session it is given, or a new one', async () => {
    const id = await trackToolUse({ toolName: 'add', arguments: { a: 1 }, result: 2 });
    await trackToolUse({ toolName: 'add', error: 'overflow', sessionId: id, metadata: { a: 1 } });

    const stats = await getSessionStats(id);
    expect(stats.toolCalls).toBe(2);
  });

  test('W-22: C-169: reading functions cover the open segment, or all when asked', async () => {
    for (let turn = 1; turn <= 3; turn += 1) {
      await trackInfiniteConversation({
        userMessage: 'q',
        aiResponse: 'a',
        sessionId: 's',
        maxTurns: 2,
      });
    }
    const all = { includeAllSegments: true };

    expect(await getConversationHistory('s')).toHaveLength(2);
    expect(await getConversationHistory('s', all)).toHaveLength(6);
    expect((await getSessionStats('s')).totalMessages).toBe(2);
    expect((await getSessionStats('s', all)).totalMessages).toBe(6);
  });

  test('W-62: C-99: reading functions never create a session', async () => {
    for (const call of [getSessionStats, getConversationHistory]) {
      await expect(call('nobody')).rejects.toThrow('Session not found: nobody');
      await expect(call('')).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'sessionId' });
    }
    expect((await getStorageInfo()).store?.sessions).toBe(0);
  });

  test('C-170: trackLlmInteraction and quickStats are other names', () => {
    expect(trackLlmInteraction).toBe(trackLlmCall);
    expect(quickStats).toBe(quickConversation);
  });
});

test('a turn whose answer no record can hold leaves no question behind', async () => {
  const turn = { userMessage: 'q', aiResponse: 'y'.repeat(999_950) };
  await trackConversation({ userMessage: 'q', aiResponse: 'a', sessionId: 's' });

  for (const track of [trackConversation, trackInfiniteConversation]) {
    const refused = { code: 'EVENT_TOO_LARGE' };
    await expect(track({ ...turn, sessionId: 's' })).rejects.toMatchObject(refused);
    await expect(track({ ...turn, sessionId: 'new' })).rejects.toMatchObject(refused);
  }
  await expect(quickConversation(turn)).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });

  expect(await getConversationHistory('s')).toHaveLength(2);
  expect((await getStorageInfo()).store?.sessions).toBe(1);
});
