import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { watchLoopDelay } from '../../../src/runtime/loop-delay.ts';

test('tells that the event loop was kept from coming round', async () => {
  const delay = watchLoopDelay();
  onTestFinished(() => delay.close());
  const before = delay.lateMs();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
  await nextTurn();

  expect(before).toBe(0);
  expect(delay.lateMs()).toBeGreaterThan(300);
});
