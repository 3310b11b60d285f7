import { setImmediate as nextTurn } from 'node:timers/promises';
import { LocalQueue } from '../../../src/queue/local-queue.ts';
import { describeQueue, virtualClock } from '../../../src/testing/index.ts';

describeQueue('queue in memory', (settings) => {
  const clock = virtualClock();
  return {
    queue: new LocalQueue({ ...settings, clock }),
    nowMs: () => clock.nowMs(),
    wait: async (ms) => {
      clock.advance(ms);
      await nextTurn();
    },
  };
});
