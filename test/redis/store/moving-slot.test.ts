import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type PrivateCluster,
  startPrivateCluster,
} from '../../../scripts/lib/redis/private-cluster.ts';
import type { Store } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { MovingSlot } from '../../lib/redis/moving-slot.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

let cluster: PrivateCluster;
beforeAll(async () => {
  cluster = await startPrivateCluster();
});
afterAll(() => cluster.close());

function aStore(namespace: string, commandTimeoutMs = 2000): Store {
  return aRedisStore({ url: cluster.url, namespace, connection: { commandTimeoutMs } });
}

async function recordsOf(store: Store, sessionId: string): Promise<number> {
  const loaded = await store.load({ key: aKey({ sessionId }) });
  return loaded.kind === 'found' ? loaded.point.version : 0;
}

test.for([
  ['nothing has moved', 'no key'],
  ['its hash has moved', ':m:'],
  ['its log has moved', ':e:'],
  ['its indexes have moved', ':t'],
] as const)(
  'no call takes a session for absent while its slot moves to another node and %s',
  async ([, moved]) => {
    const namespace = aNamespace();
    const key = aKey({ sessionId: 'moving' });
    const [known, fresh] = [aStore(namespace), aStore(namespace)];
    await known.append(anAppend({ key }));

    const slot = await MovingSlot.begin(cluster, `${namespace}:{*:m:*moving`);
    await slot.moveKeys(moved);
    const { tenant } = key;
    const calls = [
      fresh.load({ key }),
      known.load({ key }),
      fresh.head({ key }),
      fresh.list({ tenant, order: 'created', limit: 10 }),
      fresh.tenantUsage({ tenant }),
      fresh.remove({ key }),
      fresh.erase({ scope: { kind: 'session', key } }),
      fresh.erase({ scope: { kind: 'tenant', tenant } }),
      fresh.append(anAppend({ key })),
    ];
    const outcomes = await Promise.allSettled(calls);
    await slot.end();

    expect(outcomes.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    expect(await recordsOf(aStore(namespace), 'moving')).toBe(1);
    await Promise.all([known.close(), fresh.close()]);
  },
);

test('calls that are made while a slot moves wait for its end', async () => {
  const namespace = aNamespace();
  const store = aStore(namespace, 5000);
  const key = aKey({ sessionId: 'moving' });
  await store.append(anAppend({ key }));

  const slot = await MovingSlot.begin(cluster, `${namespace}:{*:m:*moving`);
  const loading = aStore(namespace, 5000).load({ key });
  const listing = store.list({ tenant: key.tenant, order: 'created', limit: 10 });
  await slot.moveKeys(':m:');
  await slot.end();

  expect(await loading).toMatchObject({ kind: 'found', point: { version: 1 } });
  expect((await listing).heads).toHaveLength(1);
  await store.close();
});
