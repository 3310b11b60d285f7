import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type PrivateCluster,
  startPrivateCluster,
} from '../../../scripts/lib/redis/private-cluster.ts';
import { aKey, anAppend, describeStore } from '../../../src/testing/index.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

let cluster: PrivateCluster;

beforeAll(async () => {
  cluster = await startPrivateCluster();
});

afterAll(() => cluster.close());

describeStore(
  'Redis Cluster store',
  ({ clock }) => {
    const namespace = aNamespace();
    const open = () => aRedisStore({ url: cluster.url, namespace, clock });
    return { store: open(), restart: async () => open() };
  },
  { restarts: true, modelRuns: 3 },
);

test('C-67: sessions of one tenant are on every node, and one listing finds them all', async () => {
  const store = aRedisStore({ url: cluster.url, namespace: aNamespace() });
  const ids = Array.from({ length: 60 }, (_, index) => `s${String(index).padStart(2, '0')}`);
  await Promise.all(ids.map((sessionId) => store.append(anAppend({ key: aKey({ sessionId }) }))));
  const { tenant } = aKey();

  const page = await store.list({ tenant, order: 'created', limit: 100 });
  expect(page.heads.map(({ key }) => key.sessionId).toSorted()).toEqual(ids);
  expect(await store.tenantUsage({ tenant })).toMatchObject({ events: 60 });
  expect(await store.erase({ scope: { kind: 'tenant', tenant } })).toMatchObject({ sessions: 60 });
  await store.close();
});
