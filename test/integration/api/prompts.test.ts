import { describe, expect, test } from 'vitest';
import {
  buildPromptFromSession,
  type PromptMessage,
  PROMPT_STRATEGIES,
  type PromptWarning,
  type PromptSource,
  type Session,
  SessionManager,
  truncatePromptToTokenLimit,
} from '../../../src/index.ts';
import { aPagefold, textOf } from './a-pagefold.ts';

/** A question, an answer that calls a tool, its result, a failed call, and a second exchange. */
async function aSession(): Promise<Session> {
  const pagefold = await aPagefold();
  const session = pagefold.session('s', { systemPrompt: 'Be kind.' });
  await session.userSays('first question');
  await session.aiResponds(null, {
    model: 'gpt-4o',
    toolCalls: [
      { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":5,"b":3}' } },
    ],
  });
  await session.toolUsed({ toolName: 'add', callId: 'c1', result: { sum: 8 } });
  await session.aiResponds('It is eight.', { model: 'gpt-4o' });
  await session.userSays('latest question');
  await session.toolUsed({ toolName: 'search', error: 'no network' });
  await session.aiResponds({ content: 'No idea.' }, { model: 'gpt-4o' });
  return session.getSession();
}

function roles(messages: readonly PromptMessage[]): readonly string[] {
  return messages.map(({ role }) => role);
}

describe('buildPromptFromSession', () => {
  test('C-5: knows five strategies', () => {
    expect(PROMPT_STRATEGIES).toEqual(['minimal', 'task', 'tool', 'conversation', 'hierarchical']);
  });

  test('C-137: gives an empty prompt for an empty session', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'P' });
    await session.setState('made', true);

    expect(buildPromptFromSession(await session.getSession())).toEqual([]);
  });

  test('refuses options that there are not, as does the function that shortens a prompt', async () => {
    const session = await aSession();
    const misspelt = { maxToken: 10 } as { readonly model?: string };
    const refused = { code: 'INVALID_INPUT', field: 'options.maxToken' };

    expect(() => buildPromptFromSession(session, misspelt)).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => truncatePromptToTokenLimit([], 10, misspelt)).toThrow(
      expect.objectContaining(refused),
    );
  });

  test.each([
    [{ parentSummaries: 'earlier' }, 'options.parentSummaries: expected a list'],
    [{ parentSummaries: [undefined] }, 'options.parentSummaries[0]: expected text, or an object'],
    [{ currentQuery: 5 }, 'options.currentQuery: expected a string'],
    [{ onWarning: 'console' }, 'options.onWarning: expected a function'],
    [{ includeParentContext: 'no' }, 'options.includeParentContext: expected a boolean'],
    [{ strategy: 5 }, 'options.strategy: expected a string'],
    [{ maxTokens: 'many' }, 'options.maxTokens: expected a whole number of tokens of at least 0'],
  ])('names the option that a prompt cannot be built by: %j', async (options, message) => {
    const session = await aSession();
    expect(() => buildPromptFromSession(session, options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message }),
    );
  });

  test.each([
    [{ systemPrompt: 5 }, 'session.systemPrompt: expected a string'],
    [{ segments: 'none' }, 'session.segments: expected a list'],
    [
      { segments: [{ number: 1, summary: { text: 5 } }] },
      'session.segments[0].summary.text: expected a string',
    ],
  ])('names the part of a session that cannot be read: %j', async (part, message) => {
    const session = { ...(await aSession()), ...part } as unknown as PromptSource;
    expect(() => buildPromptFromSession(session)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message }),
    );
  });

  test('C-138: falls back to minimal with a warning for an unknown strategy', async () => {
    const session = await aSession();
    const warnings: PromptWarning[] = [];

    const prompt = buildPromptFromSession(session, {
      strategy: 'psychic',
      onWarning: (warning) => warnings.push(warning),
    });

    expect(prompt).toEqual(buildPromptFromSession(session, { strategy: 'minimal' }));
    expect(warnings).toEqual([
      { code: 'UNKNOWN_PROMPT_STRATEGY', asked: 'psychic', used: 'minimal' },
    ]);
  });

  test.each(PROMPT_STRATEGIES)(
    'C-146: W-40: begins with the system prompt by the strategy %s',
    async (strategy) => {
      const prompt = buildPromptFromSession(await aSession(), { strategy });

      expect(prompt[0]).toEqual({ role: 'system', content: 'Be kind.' });
      expect(prompt.length).toBeGreaterThan(1);
    },
  );

  test('W-37: W-38: C-148: shows tool calls of the session with their ids, each with its result', async () => {
    const prompt = buildPromptFromSession(await aSession(), {
      strategy: 'conversation',
      maxHistory: 10,
    });

    expect(roles(prompt)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
    expect(prompt[2]).toMatchObject({ content: null, tool_calls: [{ id: 'c1' }] });
    expect(prompt[3]).toEqual({
      role: 'tool',
      tool_call_id: 'c1',
      name: 'add',
      content: '{"sum":8}',
    });
    // What a model said as an object with content is unwrapped.
    expect(prompt.at(-1)).toEqual({ role: 'assistant', content: 'No idea.' });
  });

  test('W-36: C-147: obeys maxTokens and asks the current query', async () => {
    const session = await aSession();

    const prompt = buildPromptFromSession(session, {
      strategy: 'conversation',
      maxHistory: 10,
      maxTokens: 40,
      model: 'gpt-4o',
      currentQuery: 'and now?',
    });

    expect(prompt.at(-1)).toEqual({ role: 'user', content: 'and now?' });
    expect(truncatePromptToTokenLimit(prompt, 40)).toBe(prompt);
    expect(prompt.length).toBeLessThan(10);
  });

  test('C-143: shows summaries of parents of any level, and of earlier segments', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
    for (const number of [1, 2]) {
      await session.userSays(`question ${number}`);
      await session.aiResponds(`answer ${number}`);
    }

    const prompt = buildPromptFromSession(await session.getSession(), {
      strategy: 'hierarchical',
      parentSummaries: ['grandparent said', { note: 'parent said' }],
    });

    const background = textOf(prompt[0]);
    const order = ['grandparent said', 'parent said', 'Latest answer: answer 1'];
    const places = order.map((part) => background.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });
});

test.each([
  ['a manager', (): unknown => new SessionManager()],
  ['an id', (): unknown => 's-1'],
  ['nothing', (): unknown => undefined],
])('buildPromptFromSession says what it wants instead of %s', (_name, wrong) => {
  expect(() => buildPromptFromSession(wrong() as PromptSource)).toThrow(
    'session: expected what SessionManager.getSession returns',
  );
});

describe('truncatePromptToTokenLimit', () => {
  const prompt: readonly PromptMessage[] = [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'word '.repeat(50) },
    { role: 'assistant', content: 'word '.repeat(50) },
    { role: 'user', content: 'last' },
  ];

  test('C-149: gives the same array when it fits', () => {
    expect(truncatePromptToTokenLimit(prompt, 1000)).toBe(prompt);
  });

  test('C-150: W-34: drops the oldest exchange and keeps system prompt and last question', () => {
    expect(truncatePromptToTokenLimit(prompt, 30, { model: 'gpt-4o' })).toEqual([
      prompt[0],
      prompt[3],
    ]);
  });

  test('C-150: C-36: fails with limit and need when that does not fit', () => {
    expect(() => truncatePromptToTokenLimit(prompt, 0)).toThrow(
      expect.objectContaining({
        code: 'TOKEN_LIMIT_EXCEEDED',
        limit: 0,
        actual: expect.any(Number) as number,
      }) as Error,
    );
    expect(() => truncatePromptToTokenLimit(prompt, -1)).toThrow('maxTokens: ');
  });
});
