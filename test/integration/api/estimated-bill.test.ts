import { expect, test } from 'vitest';
import { createTokenCounter, type SessionManager } from '../../../src/index.ts';
import { promptTokens } from '../../../src/memory/message-tokens.ts';
import { aPagefold } from './a-pagefold.ts';

const MODEL = 'gpt-4o-mini';
const counting = { counter: createTokenCounter(), model: MODEL };

/** Talks, and compares the bill of each answer with the prompt that was built right before it. */
async function billed(
  session: SessionManager,
  turns: number,
): Promise<{ sent: number; billed: number }> {
  let sent = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    // In order: an answer follows its prompt.
    await session.userSays(
      `What about number ${turn}? It is the one with the long story behind it.`,
    );
    sent += promptTokens(await session.getMessagesForLlm({ model: MODEL }), counting);
    await session.aiResponds(`Number ${turn} is fine, and so is its story.`, { model: MODEL });
  }
  const { usage } = await session.getStats();
  return { sent, billed: usage.inputTokens ?? 0 };
}

test.each([
  ['a plain conversation', {}],
  ['a conversation with a system prompt', { systemPrompt: 'You answer briefly.' }],
])('W-48: %s is billed for exactly the prompts that were built', async (_, options) => {
  const pagefold = await aPagefold({ tokens: 'exact' });
  const { sent, billed: input } = await billed(pagefold.session('s', options), 40);

  expect(input).toBe(sent);
});

test('W-48: an endless conversation is billed for the prompts that were built, within a hundredth', async () => {
  const pagefold = await aPagefold({ tokens: 'exact' });
  const options = { systemPrompt: 'Be brief.', infiniteContext: true, maxTurnsPerSegment: 10 };
  const { sent, billed: input } = await billed(pagefold.session('s', options), 60);

  expect(Math.abs(input / sent - 1)).toBeLessThan(0.01);
});

test('W-45: the sums of a tenant tell how many calls have no price', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s', { tenant: 'acme' });
  await session.userSays('Hello');
  await session.aiResponds('Hi', { model: 'my-own' });
  await session.aiResponds('Hi', { model: MODEL });
  const { events } = await session.getSession();
  expect(await pagefold.tenantUsage('acme')).toMatchObject({ unpricedCalls: 1 });

  await session.events.correctUsage(events[1]!.id, { model: MODEL });

  expect(await pagefold.tenantUsage('acme')).toMatchObject({ unpricedCalls: 0 });
});
