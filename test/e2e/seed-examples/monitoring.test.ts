import { afterEach, expect, test } from 'vitest';
import {
  closeDefaultRuntime,
  getSessionStats,
  PagefoldError,
  SessionManager,
  SessionManagerError,
  SessionNotFound,
  TokenLimitExceeded,
  trackConversation,
} from '../../../src/index.ts';

afterEach(() => closeDefaultRuntime());

test('monitoring: the dashboard prints the figures of all segments', async () => {
  const sm = new SessionManager({
    sessionId: 'demo',
    infiniteContext: true,
    maxTurnsPerSegment: 4,
  });
  for (let turn = 1; turn <= 3; turn += 1) {
    await sm.userSays(`Question ${turn}?`);
    await sm.aiResponds('Answer.', {
      model: 'gpt-4o-mini',
      provider: 'openai',
      usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
    });
  }
  await sm.toolUsed({ toolName: 'search', arguments: { query: 'x' }, result: { found: 0 } });

  const stats = await sm.getStats({ includeAllSegments: true });

  // "Question 1?" is four tokens of o200k, "Answer." two; the tool call counts as its JSON.
  const toolTokens = stats.totalTokens - 3 * 4 - 3 * 2;
  expect(toolTokens).toBeGreaterThan(10);
  expect(
    [
      `Session ID: ${stats.sessionId}`,
      `Total Messages: ${stats.totalMessages}`,
      `User Messages: ${stats.userMessages}`,
      `AI Messages: ${stats.aiMessages}`,
      `Tool Calls: ${stats.toolCalls}`,
      `Total Cost: $${stats.estimatedCost.toFixed(6)}`,
      `Session Segments: ${stats.sessionSegments}`,
    ].join('\n'),
  ).toBe(
    [
      'Session ID: demo',
      'Total Messages: 6',
      'User Messages: 3',
      'AI Messages: 3',
      'Tool Calls: 1',
      // Three thousand at $0.15 and fifteen hundred at $0.60 a million.
      'Total Cost: $0.001350',
      'Session Segments: 2',
    ].join('\n'),
  );
});

test('error handling: each failure has its class, and one base catches all', async () => {
  const describeError = async (call: () => Promise<unknown>): Promise<string> => {
    try {
      return `worked: ${typeof (await call())}`;
    } catch (error) {
      if (error instanceof SessionNotFound) return `Session not found: ${error.sessionId}`;
      if (error instanceof TokenLimitExceeded) return `Token limit exceeded: ${error.limit}`;
      if (error instanceof SessionManagerError) return `General session error: ${error.code}`;
      throw error;
    }
  };
  const sm = new SessionManager({ systemPrompt: 'A prompt that is too long for three tokens.' });
  await sm.userSays('Hello');

  expect(
    await describeError(() => trackConversation({ userMessage: 'Hello', aiResponse: 'Hi there' })),
  ).toBe('worked: string');
  expect(await describeError(() => getSessionStats('nobody'))).toBe('Session not found: nobody');
  expect(await describeError(() => sm.getMessagesForLlm({ maxTokens: 3 }))).toBe(
    'Token limit exceeded: 3',
  );
  expect(await describeError(() => sm.userSays(() => 'not data'))).toBe(
    'General session error: INVALID_INPUT',
  );
});

test('W-63: every failure of a session is a SessionManagerError, also across copies of the package', async () => {
  const error: unknown = await getSessionStats('nobody').catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(SessionManagerError);
  expect(PagefoldError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ code: 'SESSION_NOT_FOUND', retryable: false });
});
