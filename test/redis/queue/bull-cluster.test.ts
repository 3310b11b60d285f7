import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import {
  type PrivateCluster,
  startPrivateCluster,
} from '../../../scripts/lib/redis/private-cluster.ts';
import { describeQueue } from '../../../src/testing/index.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

let cluster: PrivateCluster;

beforeAll(async () => {
  cluster = await startPrivateCluster();
});

afterAll(() => cluster.close());

describeQueue('queue over BullMQ in a cluster', (settings) => {
  const namespace = aNamespace();
  const open = () => aBullQueue({ url: cluster.url, namespace, ...settings });
  return {
    queue: open(),
    join: open,
    nowMs: () => Date.now(),
    wait: async (ms) => {
      await pause(ms);
    },
  };
});
