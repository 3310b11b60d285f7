import { expect, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';

test('summaries whose characters take six each in a record never keep a question from being recorded', async () => {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const session = pagefold.session('s', {
    infiniteContext: true,
    tokenThreshold: 400_000,
    maxTurnsPerSegment: 2,
    summarize: () => '\u0001'.repeat(40_000),
  });

  for (let turn = 0; turn < 24; turn += 1) {
    // In order: each question closes the segment before it.
    await session.userSays(`Question ${turn}: roses or tulips?`);
    await session.aiResponds('Roses.', { model: 'gpt-4o-mini' });
    await session.flush();
  }

  expect((await session.getSessionChain()).length).toBeGreaterThan(17);
});
