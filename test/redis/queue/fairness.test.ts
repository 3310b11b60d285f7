import { expect, inject, onTestFinished, test } from 'vitest';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
const FLOOD = 10_000;
const FEW = 10;
const BATCH = 1000;

test('a tenant with ten jobs is done within the first twentieth of one with ten thousand', async () => {
  const queue = aBullQueue({ url, namespace: aNamespace() });
  onTestFinished(() => queue.close());
  const add = (tenant: string, from: number, count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        queue.enqueue({ id: `test__${tenant}${from + index}`, kind: 'k', tenant, payload: {} }),
      ),
    );
  for (let at = 0; at < FLOOD; at += BATCH) {
    // In order, so that no call waits longer than it may.
    await add('flood', at, BATCH);
  }
  await add('few', 0, FEW);
  const order: string[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  queue.consume({
    concurrency: 32,
    handle: async ({ tenant }) => {
      if (order.push(tenant) === FLOOD + FEW) finish();
      return { kind: 'done' };
    },
  });
  await finished;

  expect(order.lastIndexOf('few')).toBeLessThan(0.05 * order.length);
  expect(order.filter((tenant) => tenant === 'few')).toHaveLength(FEW);
});
