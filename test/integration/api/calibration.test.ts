import { expect, test } from 'vitest';
import { aPagefold, aStore, textOf } from './a-pagefold.ts';

const MODEL = 'claude-sonnet-4-5';
const ANSWER = 'The order left the warehouse this morning and arrives tomorrow before noon.';

test('prompts for an estimated model keep to the limit as the provider counts', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store, defaultModel: MODEL });
  const session = pagefold.session('s');
  await session.userSays('Where is my order?');
  await session.aiResponds(ANSWER, { model: MODEL });
  const whole = await session.getMessagesForLlm({ maxTokens: 50 });
  expect(textOf(whole.at(0))).toBe('Where is my order?');

  const estimate = (await session.events.find((await session.getSession()).events.at(-1)!.id))!;
  for (let turn = 0; turn < 3; turn += 1) {
    await session.userSays('And now?');
    const output_tokens = estimate.contentTokens * 3;
    await session.aiResponds(ANSWER, { model: MODEL, usage: { input_tokens: 50, output_tokens } });
  }
  const events = (await session.getSession()).events;
  expect(events.at(-1)!.contentTokens).toBe(estimate.contentTokens * 3);

  // Another process learns the same, since what was learned is in the log.
  const elsewhere = (await aPagefold({ store, defaultModel: MODEL })).session('s');
  for (const manager of [session, elsewhere])
    expect((await manager.getMessagesForLlm({ maxTokens: 80 })).length).toBeLessThan(4);
});
