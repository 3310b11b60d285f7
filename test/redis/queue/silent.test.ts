import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import type { BullQueue } from '../../../src/queue/bull/bull-queue.ts';
import { stopped } from '../../../src/testing/queue/queue-subject.ts';
import { ended, start } from '../../e2e/cli/spawn.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const DONE = { kind: 'done' } as const;
const JOB = { id: 'test__one', kind: 'k', tenant: 't', payload: {} };
/** What closing takes at most, with room for a machine that has other work. */
const LIMIT_MS = 25_000;

async function aServer(): Promise<PrivateRedis> {
  const server = await startPrivateRedis();
  onTestFinished(() => server.close());
  return server;
}

/** Freezes a server: its connections stay open, and nothing is answered. */
function silence({ pid }: PrivateRedis): void {
  if (pid === undefined) throw new Error('the server does not run');
  process.kill(pid, 'SIGSTOP');
}

/** Lets it go on. */
function wake({ pid }: PrivateRedis): void {
  if (pid !== undefined) process.kill(pid, 'SIGCONT');
}

function aQueue({ url }: PrivateRedis, namespace: string = aNamespace()): BullQueue {
  const settings = { callTimeoutMs: 500, onError: () => undefined };
  return aBullQueue({ url, namespace, ...settings });
}

test(
  'a queue whose server fell silent closes, and so do its consumers',
  async () => {
    const server = await aServer();
    const queue = aQueue(server);
    const consumer = queue.consume({ concurrency: 2, handle: async () => DONE });
    await queue.figures();
    silence(server);

    await expect(consumer.close()).resolves.toBeUndefined();
    await expect(queue.close()).resolves.toBeUndefined();
  },
  LIMIT_MS,
);

test(
  'a queue closes that began to take jobs while its server was silent',
  async () => {
    const server = await aServer();
    silence(server);
    const queue = aQueue(server);
    queue.consume({ concurrency: 2, handle: async () => DONE });
    await expect(queue.figures()).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });

    await expect(queue.close()).resolves.toBeUndefined();
  },
  LIMIT_MS,
);

test(
  'a job that cannot be told to have ended does not hold up its queue',
  async () => {
    const server = await aServer();
    const queue = aQueue(server);
    let wasStopped = false;
    const isRunning = new Promise<void>((resolve) => {
      queue.consume({
        concurrency: 1,
        handle: async (_job, { signal }) => {
          resolve();
          await stopped(signal);
          wasStopped = true;
          return DONE;
        },
      });
    });
    await queue.enqueue(JOB);
    await isRunning;
    silence(server);
    await queue.close();

    expect(wasStopped).toBe(true);
  },
  LIMIT_MS,
);

test(
  'a job that ends after its server is back is done, though the server was silent while its consumer closed',
  async () => {
    const server = await aServer();
    const namespace = aNamespace();
    const queue = aQueue(server, namespace);
    let runs = 0;
    const isRunning = new Promise<void>((resolve) => {
      queue.consume({
        concurrency: 1,
        handle: async () => {
          runs += 1;
          resolve();
          await pause(5000);
          return DONE;
        },
      });
    });
    await queue.enqueue(JOB);
    await isRunning;
    const closing = queue.close();
    silence(server);
    // Longer than it takes to notice that a server answers nothing.
    await pause(3000);
    wake(server);
    await closing;

    const other = aQueue(server, namespace);
    onTestFinished(() => other.close());
    expect(await other.figures()).toMatchObject({ waiting: 0, delayed: 0, running: 0, dead: 0 });
    expect(runs).toBe(1);
  },
  LIMIT_MS,
);

test(
  'a consumer waits for what runs for as long as its server answers',
  async () => {
    const server = await aServer();
    const queue = aQueue(server);
    onTestFinished(() => queue.close());
    let hasEnded = false;
    const isRunning = new Promise<void>((resolve) => {
      queue.consume({
        concurrency: 1,
        handle: async () => {
          resolve();
          // Longer than it takes to notice twice that a server is away.
          await pause(3500);
          hasEnded = true;
          return DONE;
        },
      });
    });
    await queue.enqueue(JOB);
    await isRunning;
    await queue.close();

    expect(hasEnded).toBe(true);
  },
  LIMIT_MS,
);

test(
  'a process ends whose server fell silent before it closed',
  async () => {
    const server = await aServer();
    const script = 'test/lib/redis/silenced-process.ts';
    const child = start(script, [server.url, String(server.pid)]);
    onTestFinished(() => void child.kill('SIGKILL'));

    expect(await ended(child)).toEqual({ exitCode: 0, stdout: 'closed\n', stderr: '' });
  },
  LIMIT_MS,
);

test(
  'pagefold worker ends when it is told to, though its server fell silent',
  async () => {
    const server = await aServer();
    const summarizer = ['--summarizer', 'test/lib/redis/short-summarizer.js'];
    const options = ['--redis', server.url, ...summarizer, '--drain', '2'];
    const worker = start('src/cli/main.ts', ['worker', ...options]);
    onTestFinished(() => void worker.kill('SIGKILL'));
    const end = ended(worker);
    const queue = aBullQueue({ url: server.url, namespace: 'pagefold', name: 'background' });
    await queue.enqueue(JOB);
    await vi.waitFor(async () => expect((await queue.figures()).waiting).toBe(0), {
      timeout: 20_000,
    });
    await queue.close();
    silence(server);
    worker.kill('SIGTERM');

    expect((await end).exitCode).toBe(0);
  },
  2 * LIMIT_MS,
);
