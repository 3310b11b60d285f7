import { expect, test } from 'vitest';
import type { SessionManager } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';

const MODEL = 'claude-sonnet-4-5';
const ANSWER =
  'The order left the warehouse this morning, was handed to the carrier at ten, and arrives tomorrow before noon; ' +
  'the carrier sends a message an hour before, and a neighbour may sign for it.';

/** Records answers that the provider counted at `factor` times our estimate. */
async function answerTimes(
  session: SessionManager,
  turns: number,
  factor: number,
): Promise<number> {
  let estimated = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    // In order: an answer follows its question.
    await session.userSays('And now?');
    await session.aiResponds(ANSWER, {
      model: `${MODEL}-20250929`,
      usage: { input_tokens: 50, output_tokens: Math.round(47 * factor) },
    });
    estimated = (await session.getSession()).events.at(-1)!.contentTokens;
  }
  return estimated;
}

test('prompts for an estimated model keep to the limit as the provider counts', async () => {
  const store = aStore();
  const session = (await aPagefold({ store, defaultModel: MODEL })).session('s');
  const before = await answerTimes(session, 3, 2);
  const after = await answerTimes(session, 3, 2);
  expect(after / before).toBeGreaterThan(1.5);

  // Another process learns the same, since what was learned is in the log.
  const elsewhere = (await aPagefold({ store, defaultModel: MODEL })).session('s');
  const plain = (await aPagefold({ defaultModel: MODEL })).session('s');
  await answerTimes(plain, 6, 1);
  const length = async (manager: SessionManager): Promise<number> =>
    (await manager.getMessagesForLlm({ maxTokens: 300 })).length;
  expect(await length(elsewhere)).toBe(await length(session));
  expect(await length(session)).toBeLessThan(await length(plain));
});

test('a prompt shows as much as fits, also when the model counts less than was recorded', async () => {
  const pagefold = await aPagefold({ defaultModel: MODEL });
  const session = pagefold.session('s');
  for (let turn = 0; turn < 300; turn += 1) {
    // In order: an answer follows its question.
    await session.userSays(`And now, for the ${turn}th time?`);
    await session.aiResponds(ANSWER, { model: MODEL });
  }
  await answerTimes(session, 4, 0.4);

  const all = await session.getMessagesForLlm({});
  const maxTokens = 6000;
  const shown = await session.getMessagesForLlm({ maxTokens });
  const { calibrations } = { calibrations: shown.length / all.length };
  // At 0.4 times the estimate of some 60 tokens an exchange takes about 30.
  expect(calibrations).toBeGreaterThan(0.5);
});

test('a summary is held against its limit as it will be counted', async () => {
  const warnings: string[] = [];
  const pagefold = await aPagefold({
    defaultModel: MODEL,
    onWarning: ({ message }) => warnings.push(message),
  });
  const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 12 });
  await answerTimes(session, 6, 2.5);
  // Some 530 tokens as they are estimated, and more than the 1000 that summaries may take as the provider counts.
  session.setSummaryCallback(() => 'The order is on its way. '.repeat(106));
  await session.userSays('x '.repeat(5));
  await session.flush();

  expect(warnings.join()).toContain('keeps its extractive summary');
  expect(JSON.stringify(await session.getMessagesForLlm())).toContain('<background>');
});

const CALL = { name: 'send', arguments: '{}' };

test.each<[string, object, object]>([
  [
    'what was spoken beside its transcript',
    { audio: { id: 'a', transcript: ANSWER } },
    { completion_tokens_details: { audio_tokens: 73 } },
  ],
  ['the call of an older message', { content: ANSWER, function_call: CALL }, {}],
])('%s says nothing about how a model counts text', async (_name, said, details) => {
  const session = (await aPagefold({ defaultModel: MODEL })).session('s');
  const before = await answerTimes(session, 1, 1);
  for (let turn = 0; turn < 6; turn += 1) {
    // In order: an answer follows its question.
    await session.userSays('And now?');
    await session.aiResponds(
      { role: 'assistant', content: null, ...said },
      {
        model: `${MODEL}-20250929`,
        apiFlavor: 'chat',
        provider: 'openai',
        usage: { prompt_tokens: 50, completion_tokens: 120, ...details },
      },
    );
  }
  expect((await answerTimes(session, 1, 1)) / before).toBeLessThan(1.2);
});
