import { setTimeout as pause } from 'node:timers/promises';
import { describeQueue } from '../../../src/testing/index.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { clusterOfSuite } from '../../lib/redis/cluster-of-suite.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const clusterUrl = clusterOfSuite();

describeQueue('queue over BullMQ in a cluster', (settings) => {
  const namespace = aNamespace();
  const open = () => aBullQueue({ url: clusterUrl(), namespace, ...settings });
  return {
    queue: open(),
    join: open,
    nowMs: () => Date.now(),
    wait: async (ms) => {
      await pause(ms);
    },
  };
});
