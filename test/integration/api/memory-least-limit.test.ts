import { expect, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';

const QUESTION = 'and what about the seventh house on the left? ';

test.each([
  ['a short question', 1, null],
  ['a long question', 60, null],
  ['a system prompt', 1, 'You answer in one sentence and never guess. '.repeat(20)],
] as const)(
  'a limit that is too low names the least that is enough: %s',
  async (_, times, systemPrompt) => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s', { systemPrompt, memory: { maxTokens: 50_000 } });
    for (let turn = 0; turn < 5; turn += 1) {
      // In order: it is one conversation.
      await session.userSays(`The house number ${turn} is red.`);
      await session.aiResponds('I see.', { model: 'gpt-4o-mini' });
    }
    await session.userSays(QUESTION.repeat(times));
    const refused = async (maxTokens: number): Promise<number> =>
      session.memory.buildContext({ maxTokens }).then(
        ({ tokens }) => Promise.reject(new Error(`built with ${tokens}`)),
        (error: { readonly code: string; readonly actual: number }) => {
          expect(error.code).toBe('TOKEN_LIMIT_EXCEEDED');
          return error.actual;
        },
      );

    const least = await refused(1);

    expect(await refused(least - 1)).toBe(least);
    const { tokens, messages } = await session.memory.buildContext({ maxTokens: least });
    expect(tokens).toBeLessThanOrEqual(least);
    expect(messages.at(-1)?.role).toBe('user');
  },
);
