import { expect, test } from 'vitest';
import {
  buildPromptFromSession,
  createTokenUsage,
  InfiniteConversationManager,
  openPagefold,
  parseProviderUsage,
  quickConversation,
  SessionManager,
  trackToolUse,
  truncatePromptToTokenLimit,
} from '../../../src/index.ts';

const SECRET = 'a word that no error may repeat';

/** An object of which one entry cannot be read. */
function throwing(name: string): never {
  const entry = {
    get: () => {
      throw new Error(SECRET);
    },
    enumerable: true,
  };
  return Object.defineProperty({}, name, entry) as never;
}

const session = new SessionManager();
const failing: unknown = Object.create(Error.prototype, {
  message: {
    get: () => {
      throw new Error(SECRET);
    },
  },
});

test.each([
  ['options of a message', () => session.userSays('x', throwing('metadata'))],
  ['options of an answer', () => session.aiResponds('x', throwing('model'))],
  ['usage of an answer', () => session.aiResponds('x', { usage: throwing('prompt_tokens') })],
  ['use of a tool', () => session.toolUsed(throwing('result'))],
  ['options of figures', () => session.getStats(throwing('includeAllSegments'))],
  ['a failure', () => session.recordFailure(failing)],
  ['a use in one call', () => trackToolUse(throwing('toolName'))],
  ['a turn in one call', () => quickConversation(throwing('aiResponse'))],
  ['a session that a prompt is built from', () => buildPromptFromSession(throwing('events'))],
  ['usage', () => parseProviderUsage(throwing('prompt_tokens'))],
  [
    'options of a session',
    async () => {
      await using pagefold = await openPagefold();
      return pagefold.session('x', throwing('tenant'));
    },
  ],
  [
    'a listing',
    async () => {
      await using pagefold = await openPagefold();
      return await pagefold.sessions(throwing('tenant')).next();
    },
  ],
] satisfies readonly (readonly [string, () => unknown])[])(
  'a getter that throws is INVALID_INPUT: %s',
  async (_, call) => {
    const error: unknown = await (async () => call())().then(
      () => null,
      (thrown: unknown) => thrown,
    );

    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
    expect((error as Error).message).not.toContain(SECRET);
  },
);

test('a limit that is none is not quoted', () => {
  expect(() => truncatePromptToTokenLimit([], SECRET as never)).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      message: expect.not.stringContaining(SECRET) as string,
    }) as Error,
  );
  expect(createTokenUsage({}).totalTokens).toBe(0);
});

test('an empty name of a model is none: the body is asked', async () => {
  const manager = new InfiniteConversationManager();
  const own = new SessionManager();
  await own.userSays('x');
  const body = {
    object: 'chat.completion',
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' } }],
    usage: { prompt_tokens: 14, completion_tokens: 2, total_tokens: 16 },
  };

  await manager.processMessage({
    sessionId: own.sessionId,
    message: body,
    source: 'llm',
    model: '',
  });

  expect((await own.getStats()).unpricedCalls).toBe(0);
});
