import { expect, onTestFinished, test } from 'vitest';
import type { JobOutcome } from '../../../src/queue/job.ts';
import { LocalQueue } from '../../../src/queue/local-queue.ts';
import { reviveAll } from '../../../src/queue/revive-all.ts';
import { LOCAL_RETRIES } from '../../../src/queue/summary-worker.ts';
import { virtualClock } from '../../../src/testing/index.ts';

const HOPELESS: JobOutcome = { kind: 'hopeless', reason: 'no such model' };

/** A queue with so many dead jobs. */
async function aQueueOfTheDead(count: number): Promise<LocalQueue> {
  const settings = { clock: virtualClock(), random: () => 0, retries: LOCAL_RETRIES };
  const queue = new LocalQueue({ ...settings, maxWaiting: count, maxDead: count });
  onTestFinished(() => queue.close());
  const consumer = queue.consume({ concurrency: 50, handle: async () => HOPELESS });
  for (let index = 0; index < count; index += 1) {
    // In order, as they were added.
    await queue.enqueue({ id: `test__${index}`, kind: 'k', tenant: 't', payload: {} });
  }
  await queue.drain();
  await consumer.close();
  return queue;
}

test('lets all dead jobs begin anew, however many there are', async () => {
  const queue = await aQueueOfTheDead(2500);

  expect(await reviveAll(queue)).toEqual({ revived: 2500, failed: 0, error: undefined });
  expect(await queue.figures()).toMatchObject({ waiting: 2500, dead: 0 });
});

test('comes to an end where what begins anew fails at once', async () => {
  const queue = await aQueueOfTheDead(1500);
  queue.consume({ concurrency: 50, handle: async () => HOPELESS });

  expect(await reviveAll(queue)).toMatchObject({ revived: 1500, failed: 0 });
  await queue.drain();
  expect(await queue.figures()).toMatchObject({ waiting: 0, dead: 1500 });
});

test('goes on where one cannot begin anew, and says how many could not, and why the first', async () => {
  const queue = await aQueueOfTheDead(2500);
  const revive = queue.revive.bind(queue);
  queue.revive = async (id) => {
    if (/9{2}$/.test(id)) throw new Error(`${id} is not in the failed state`);
    return revive(id);
  };

  const { revived, failed, error } = await reviveAll(queue);
  expect([revived, failed]).toEqual([2475, 25]);
  // The latest come first.
  expect(error).toMatchObject({ message: 'test__2499 is not in the failed state' });
  expect(await queue.figures()).toMatchObject({ waiting: 2475, dead: 25 });
});
