import { afterEach, expect, test, vi } from 'vitest';
import {
  closeDefaultRuntime,
  defaultTokenModel,
  getConversationHistory,
  getStorageInfo,
  SessionManager,
  trackConversation,
} from '../../../src/index.ts';

afterEach(async () => {
  vi.unstubAllEnvs();
  await closeDefaultRuntime();
});

test('the quick example: tracks a conversation and prints the id of its session', async () => {
  const sessionId = await trackConversation({
    userMessage: "What's the weather like?",
    aiResponse: "I don't have access to real-time weather data.",
    model: defaultTokenModel(),
    provider: 'openai',
  });

  expect(`Conversation tracked in session: ${sessionId}`).toMatch(
    /^Conversation tracked in session: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  );
  expect(await getConversationHistory(sessionId)).toMatchObject([
    { role: 'user', content: "What's the weather like?" },
    {
      role: 'assistant',
      content: "I don't have access to real-time weather data.",
      model: 'gpt-4o-mini',
      provider: 'openai',
    },
  ]);
});

test('zero configuration: three lines, then figures', async () => {
  const sm = new SessionManager();
  await sm.userSays('Hello!');
  await sm.aiResponds('Hi there!', { model: defaultTokenModel() });

  const stats = await sm.getStats();

  // Two tokens and three; the call is billed six tokens of prompt at $0.15 and three at $0.60 a million.
  expect(`Tokens: ${stats.totalTokens}, Cost: $${stats.estimatedCost.toFixed(4)}`).toBe(
    'Tokens: 5, Cost: $0.0000',
  );
  expect(stats).toMatchObject({
    totalMessages: 2,
    usage: { inputTokens: 9, outputTokens: 3 },
    costUsd: '0.00000315',
  });
});

test('storage configuration: memory by name, and nothing else by accident', async () => {
  vi.stubEnv('SESSION_PROVIDER', 'memory');
  await new SessionManager().userSays('Hello!');
  expect(await getStorageInfo()).toMatchObject({ provider: 'memory', store: { sessions: 1 } });
  await closeDefaultRuntime();

  vi.stubEnv('SESSION_PROVIDER', 'redis');
  vi.stubEnv('SESSION_REDIS_URL', 'redis://localhost:6379/0');
  await expect(new SessionManager().userSays('Hello!')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    name: 'InvalidInput',
    field: 'SESSION_PROVIDER',
    data: { field: 'SESSION_PROVIDER' },
  });
});

test('C-174: model configuration: gpt-4o-mini as shipped, another one by environment or by call', async () => {
  const sm = new SessionManager();
  expect(defaultTokenModel()).toBe('gpt-4o-mini');
  await sm.userSays('Hello!');

  vi.stubEnv('PAGEFOLD_DEFAULT_MODEL', 'gpt-4-turbo');
  expect(defaultTokenModel()).toBe('gpt-4-turbo');
  await sm.userSays('Hello again!');
  await sm.aiResponds('Hello!', { model: 'gpt-4o' });

  expect(Object.keys((await sm.getStats()).tokensByModel)).toEqual([
    'gpt-4o-mini',
    'gpt-4-turbo',
    'gpt-4o',
  ]);
});
