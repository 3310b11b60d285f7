import { inject } from 'vitest';
import { createEncryptedStore, createKeyRing } from '../../../src/index.ts';
import { describeStore, faultyStore, seededFaults } from '../../../src/testing/index.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');

describeStore(
  'C-66: Redis store',
  ({ clock }) => {
    const namespace = aNamespace();
    const open = () => aRedisStore({ url, namespace, clock });
    return { store: open(), restart: async () => open() };
  },
  { restarts: true, modelRuns: 50 },
);

describeStore(
  'Redis store behind a network that repeats every append',
  ({ clock }) => {
    const plan = seededFaults({ clock, seed: 7, chances: { duplicate: 1 }, methods: ['append'] });
    return { store: faultyStore(aRedisStore({ url, namespace: aNamespace(), clock }), plan) };
  },
  { modelRuns: 10 },
);

describeStore(
  'encrypted Redis store',
  ({ clock }) => {
    const keys = createKeyRing({ keys: { k: new Uint8Array(32).fill(5) }, current: 'k' });
    const namespace = aNamespace();
    const open = () => createEncryptedStore(aRedisStore({ url, namespace, clock }), keys);
    return { store: open(), restart: async () => open() };
  },
  { restarts: true, modelRuns: 10 },
);
