import { afterEach, expect, test } from 'vitest';
import {
  closeDefaultRuntime,
  defaultTokenModel,
  getSessionStats,
  SessionManager,
  trackConversation,
  trackInfiniteConversation,
  trackLlmCall,
} from '../../../src/index.ts';

afterEach(() => closeDefaultRuntime());

test('infinite context: a conversation grows over its limit and divides itself', async () => {
  const sm = new SessionManager({ infiniteContext: true, tokenThreshold: 4000 });
  await sm.userSays('Tell me about the history of computing...');
  await sm.aiResponds('Computing history begins with...', { model: defaultTokenModel() });
  expect(await sm.getSessionChain()).toEqual([`${sm.sessionId}/1`]);

  await sm.userSays('Go on, at length.');
  await sm.aiResponds('First came the abacus. '.repeat(1000), { model: defaultTokenModel() });
  await sm.userSays('And then?');

  expect(await sm.getSessionChain()).toEqual([`${sm.sessionId}/1`, `${sm.sessionId}/2`]);
  const messages = await sm.getMessagesForLlm();
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(messages[0]?.content).toContain('Conversation with 2 user messages');
});

test('tool integration: a tool call is tracked with what came of it', async () => {
  const sm = new SessionManager();
  await sm.userSays('What is 5 + 3?');
  await sm.toolUsed({
    toolName: 'calculator',
    arguments: { operation: 'add', a: 5, b: 3 },
    result: { result: 8 },
  });

  expect((await sm.getStats()).toolCalls).toBe(1);
  const [call] = (await sm.getSession()).events.filter(({ type }) => type === 'tool_call');
  expect(call?.message).toEqual({
    tool: 'calculator',
    arguments: { operation: 'add', a: 5, b: 3 },
    result: { result: 8 },
    error: null,
    success: true,
  });
  expect(await sm.getMessagesForLlm()).toMatchObject([
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ function: { name: 'calculator' } }] },
    { role: 'tool', name: 'calculator', content: '{"result":8}' },
  ]);
});

test('web app: each request continues the conversation that the last one named', async () => {
  const endpoint = async (request: {
    readonly message: string;
    readonly sessionId: string | null;
  }): Promise<string> =>
    trackConversation({
      userMessage: request.message,
      aiResponse: `You said: ${request.message}`,
      model: defaultTokenModel(),
      provider: 'openai',
      sessionId: request.sessionId,
    });

  const first = await endpoint({ message: 'Hello', sessionId: null });
  const second = await endpoint({ message: 'Are you there?', sessionId: first });

  expect(second).toBe(first);
  expect(await getSessionStats(first)).toMatchObject({ userMessages: 2, aiMessages: 2 });
});

test('LLM wrapper: a call is tracked around, and the answer comes back with the id', async () => {
  const openai = {
    chat: {
      completions: {
        create: async (params: {
          readonly model: string;
          readonly messages: readonly { readonly role: string; readonly content: string }[];
        }) => ({
          choices: [{ message: { content: `About ${params.messages[0]?.content}` } }],
        }),
      },
    },
  };
  const myOpenaiCall = async (prompt: string): Promise<string> => {
    const response = await openai.chat.completions.create({
      model: defaultTokenModel(),
      messages: [{ role: 'user', content: prompt }],
    });
    return response.choices[0]?.message.content ?? '';
  };

  const [response, sessionId] = await trackLlmCall({
    userInput: 'Explain machine learning',
    llmFunction: myOpenaiCall,
    model: defaultTokenModel(),
    provider: 'openai',
  });

  expect(response).toBe('About Explain machine learning');
  expect(await new SessionManager({ sessionId }).getConversation()).toMatchObject([
    { role: 'user', content: 'Explain machine learning' },
    { role: 'assistant', content: 'About Explain machine learning', provider: 'openai' },
  ]);
});

test('long conversations: one function, one id, segments when they are needed', async () => {
  let sessionId = await trackInfiniteConversation({
    userMessage: 'Tell me about the history of computing',
    aiResponse: 'Computing history begins with ancient calculating devices...',
    model: defaultTokenModel(),
    tokenThreshold: 4000,
  });
  const first = sessionId;

  sessionId = await trackInfiniteConversation({
    userMessage: 'What about quantum computers?',
    aiResponse: 'Quantum computing represents a fundamental shift...',
    sessionId,
    model: defaultTokenModel(),
  });

  expect(sessionId).toBe(first);
  expect(await getSessionStats(sessionId, { includeAllSegments: true })).toMatchObject({
    sessionSegments: 1,
    totalMessages: 4,
  });

  await trackInfiniteConversation({
    userMessage: 'More!',
    aiResponse: 'word '.repeat(4000),
    sessionId,
    model: defaultTokenModel(),
  });
  await trackInfiniteConversation({ userMessage: 'More!', aiResponse: 'Enough.', sessionId });
  expect(await getSessionStats(sessionId, { includeAllSegments: true })).toMatchObject({
    sessionSegments: 2,
    totalMessages: 8,
  });
});
