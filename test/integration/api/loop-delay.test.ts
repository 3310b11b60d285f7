import { expect, onTestFinished, test } from 'vitest';
import { openPagefold } from '../../../src/api/pagefold.ts';

const ANSWER = 'the order has not arrived, and nobody knows where it is. '.repeat(5);

test('summaries wait while the event loop is late, unless somebody waits for them', async () => {
  let asked = 0;
  const pagefold = await openPagefold({
    tokens: 'estimate',
    limits: { backgroundLoopDelayMs: 1, backgroundHoldMs: 600_000 },
    summarize: async () => {
      asked += 1;
      return 'short';
    },
  });
  onTestFinished(() => pagefold.close());
  const before = await pagefold.stats();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
  const { loopDelayMs } = await pagefold.stats();
  const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 1 });
  for (const text of ['one', 'two', 'three']) {
    // In order: it is one conversation.
    await session.userSays(text);
    await session.recordAnswer(`${text}: ${ANSWER}`);
  }
  const meanwhile = asked;
  await pagefold.flush();

  expect(before.loopDelayMs).toBe(0);
  expect(loopDelayMs).toBeGreaterThan(300);
  expect(meanwhile).toBe(0);
  expect(asked).toBeGreaterThan(0);
});
