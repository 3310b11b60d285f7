import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import { describeQueue } from '../../../src/testing/index.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');

describeQueue('queue over BullMQ', (settings) => {
  const namespace = aNamespace();
  const open = () => aBullQueue({ url, namespace, ...settings });
  return {
    queue: open(),
    join: open,
    nowMs: () => Date.now(),
    wait: async (ms) => {
      await pause(ms);
    },
  };
});
