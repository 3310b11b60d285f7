import { expect } from 'vitest';
import type { NewJob } from '../../queue/queue.ts';
import { aJob, aRecorder, type QueueCases, type QueueSubject } from './queue-subject.ts';

/** Enqueues while nothing begins, then lets everything run, one at a time, and tells the order. */
async function orderOf(
  { queue, until }: QueueSubject,
  jobs: readonly NewJob[],
): Promise<readonly string[]> {
  for (const job of jobs) await queue.enqueue(job);
  const { seen, handle } = aRecorder();
  queue.consume({ handle, concurrency: 1 });
  await until(() => seen.length === jobs.length);
  return seen.map(({ id }) => id.slice('test__'.length));
}

function some(tenant: string, count: number): readonly NewJob[] {
  return Array.from({ length: count }, (_, index) => aJob(`${tenant}${index}`, { tenant }));
}

/** Who comes when. */
export const fairnessCases: QueueCases = {
  'jobs of one tenant come in the order in which they were added': async (subject) => {
    const order = await orderOf(subject, some('a', 20));
    expect(order).toEqual(some('a', 20).map(({ id }) => id.slice('test__'.length)));
  },

  'tenants take turns however much each of them asks for': async (subject) => {
    const order = await orderOf(subject, [...some('a', 60), ...some('b', 3), ...some('c', 3)]);
    const firstNine = order.slice(0, 9).map((name) => name.slice(0, 1));
    expect(firstNine.toSorted()).toEqual(['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c']);
  },

  'a tenant that comes late is served at once': async (subject) => {
    const { queue, until } = subject;
    for (const job of some('a', 60)) await queue.enqueue(job);
    const order: string[] = [];
    queue.consume({
      concurrency: 1,
      handle: async ({ id, tenant }) => {
        order.push(tenant);
        if (id === 'test__a29') await queue.enqueue(aJob('b0', { tenant: 'b' }));
        return { kind: 'done' };
      },
    });
    await until(() => order.length === 61);
    expect(order.indexOf('b')).toBeLessThanOrEqual(33);
  },

  'an earlier class comes before later ones': async (subject) => {
    const order = await orderOf(subject, [
      aJob('low', { priority: 'low' }),
      aJob('normal'),
      aJob('normal2', { priority: 'normal' }),
      aJob('high', { priority: 'high' }),
    ]);
    expect(order).toEqual(['high', 'normal', 'normal2', 'low']);
  },

  'a tenant with a thousand jobs does not hold up one with ten': async (subject) => {
    const { queue, until } = subject;
    const jobs = [...some('a', 1000), ...some('b', 10)];
    await queue.pause();
    await Promise.all(jobs.map((job) => queue.enqueue(job)));
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 4 });
    await queue.resume();
    await until(() => seen.length === jobs.length);

    const last = seen.findLastIndex(({ tenant }) => tenant === 'b');
    expect(last).toBeLessThan(0.05 * jobs.length);
  },
};
