import { expect, test } from 'vitest';
import { aKey, anAppend, describeStore } from '../../../src/testing/index.ts';
import { clusterOfSuite } from '../../lib/redis/cluster-of-suite.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const clusterUrl = clusterOfSuite();

describeStore(
  'Redis Cluster store',
  ({ clock }) => {
    const namespace = aNamespace();
    const open = () => aRedisStore({ url: clusterUrl(), namespace, clock });
    return { store: open(), restart: async () => open() };
  },
  { restarts: true, modelRuns: 3 },
);

test('C-67: sessions of one tenant are on every node, and one listing finds them all', async () => {
  const store = aRedisStore({ url: clusterUrl(), namespace: aNamespace() });
  const ids = Array.from({ length: 60 }, (_, index) => `s${String(index).padStart(2, '0')}`);
  await Promise.all(ids.map((sessionId) => store.append(anAppend({ key: aKey({ sessionId }) }))));
  const { tenant } = aKey();

  const page = await store.list({ tenant, order: 'created', limit: 100 });
  expect(page.heads.map(({ key }) => key.sessionId).toSorted()).toEqual(ids);
  expect(await store.tenantUsage({ tenant })).toMatchObject({ events: 60 });
  expect(await store.erase({ scope: { kind: 'tenant', tenant } })).toMatchObject({ sessions: 60 });
  await store.close();
});
