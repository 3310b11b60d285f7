import { randomBytes } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type Flow, flow, inParallel, type Load } from './flow.ts';

/** What a job does beside being a job. */
interface Work {
  /** Before it is offered; it is measured from then on. */
  readonly before?: (index: number) => Promise<unknown>;
  readonly handle: (index: number) => Promise<unknown>;
}

const CONCURRENCY = 64;

/** Jobs of BullMQ alone that do nothing. */
export function noOpJobs(url: string, load: Load): Promise<Flow> {
  return jobs(url, load, { handle: () => Promise.resolve() });
}

/**
 * What one writes by hand over BullMQ: a message is appended to a list, then a job is offered that reads the list and appends a
 * summary to it. No positions, no guard, no outbox, no turns.
 */
export async function appendingJobs(url: string, load: Load): Promise<Flow> {
  const data = new Redis(url);
  const root = aName();
  const turn = JSON.stringify({ role: 'user', content: 'What are the seven wonders?' });
  const key = (index: number): string => `${root}:${index}`;
  try {
    await inParallel(load, (index) => data.rpush(key(index), turn, turn));
    return await jobs(url, load, {
      before: (index) => data.rpush(key(index), turn),
      handle: async (index) => {
        const messages = await data.lrange(key(index), 0, 1);
        await data.rpush(key(index), JSON.stringify({ of: messages.length, text: 'Wonders.' }));
      },
    });
  } finally {
    data.disconnect();
  }
}

async function jobs(url: string, load: Load, work: Work): Promise<Flow> {
  const options = { maxRetriesPerRequest: null, enableAutoPipelining: true };
  const clients = [
    new Redis(url, options),
    new Redis(url, { maxRetriesPerRequest: null }),
  ] as const;
  const name = aName();
  const queue = new Queue(name, { connection: clients[0], skipVersionCheck: true });
  let finish: (index: number) => void = () => undefined;
  const worker = new Worker(
    name,
    async (job) => {
      const index = Number(job.data.index);
      await work.handle(index);
      finish(index);
    },
    {
      connection: clients[1],
      concurrency: CONCURRENCY,
      skipVersionCheck: true,
      autorun: false,
    },
  );
  try {
    return await flow(
      load,
      async (index, { begun }) => {
        await work.before?.(index);
        begun(index);
        // Priorities, as ours has them, and nothing kept.
        const jobId = `bench__${index}`;
        const priority = 1 + (index % 10);
        const opts = { jobId, priority, attempts: 5, removeOnComplete: true };
        await queue.add('k', { index }, opts);
      },
      ({ done }) => {
        finish = done;
        void worker.run();
      },
    );
  } finally {
    await worker.close();
    await queue.close();
    for (const client of clients) client.disconnect();
  }
}

function aName(): string {
  return `bench-${randomBytes(6).toString('hex')}`;
}
