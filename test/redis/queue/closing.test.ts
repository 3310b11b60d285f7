import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { createRedisStore, openPagefold } from '../../../src/index.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import type { NewJob } from '../../../src/queue/queue.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { aRecorder, stopped } from '../../../src/testing/queue/queue-subject.ts';
import { startFaultyProxy } from '../../lib/redis/faulty-proxy.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');

const NO_FAULTS = { cutReply: 0, tearReply: 0, cutRequest: 0, delayReply: 0, maxDelayMs: 0 };
/** Far longer than a test takes, so that what ends sooner did not end by it. */
const NEVER_MS = 600_000;

const JOB: NewJob = { id: 'test__one', kind: 'k', tenant: 't', payload: {} };

function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) =>
    error instanceof Error ? Reflect.get(error, 'code') : error,
  );
}

/** A clock that knows how many of its timers wait. */
function countingClock(): Clock & { readonly waiting: () => number } {
  const clock = systemClock();
  const waiting = new Set<object>();
  return {
    nowMs: () => clock.nowMs(),
    setTimer: (delayMs, run, options) => {
      const mark = {};
      waiting.add(mark);
      const timer = clock.setTimer(
        delayMs,
        () => {
          waiting.delete(mark);
          run();
        },
        options,
      );
      return {
        cancel: () => {
          waiting.delete(mark);
          timer.cancel();
        },
      };
    },
    waiting: () => waiting.size,
  };
}

/** A port where nothing answers. */
async function anEmptyPort(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return port;
}

test('a call that was not sent when its queue closes is told so at once, and leaves no timer', async () => {
  const clock = countingClock();
  const away = `redis://127.0.0.1:${await anEmptyPort()}`;
  const settings = { callTimeoutMs: NEVER_MS, onError: () => undefined, clock };
  const queue = aBullQueue({ url: away, namespace: aNamespace(), ...settings });
  const calls = [queue.enqueue(JOB), queue.figures(), queue.drain()];
  const told = Promise.all(calls.map(codeOf));
  // Opened by now, and waits for its server.
  const later = queue.figures();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closing = queue.close();

  expect(await told).toEqual(['CLOSED', 'CLOSED', 'CLOSED']);
  expect(await codeOf(later)).toBe('CLOSED');
  await closing;
  expect(clock.waiting()).toBe(0);
});

test('a call that was not sent when its queue closes never happens', async () => {
  const namespace = aNamespace();
  const queue = aBullQueue({ url, namespace });
  const call = codeOf(queue.enqueue(JOB));
  const closing = queue.close();

  expect(await call).toBe('CLOSED');
  await closing;
  const other = aBullQueue({ url, namespace });
  onTestFinished(() => other.close());
  expect(await other.figures()).toMatchObject({ waiting: 0, delayed: 0, running: 0 });
});

test('a queue that closes waits for the answers to what was sent', async () => {
  const queue = aBullQueue({ url, namespace: aNamespace() });
  await queue.figures();
  const calls = Promise.all([queue.enqueue(JOB), queue.enqueue({ ...JOB, id: 'test__two' })]);
  // A moment later they are on their way.
  await new Promise((resolve) => setImmediate(resolve));
  await queue.close();

  expect(await calls).toEqual(['added', 'added']);
});

test('of what was sent and cannot be answered any more, a queue that closes does not say that it did not happen', async () => {
  const clock = countingClock();
  const proxy = await startFaultyProxy(Number(new URL(url).port), NO_FAULTS, () => 1);
  const settings = { callTimeoutMs: NEVER_MS, onError: () => undefined, clock };
  const queue = aBullQueue({ url: proxy.url, namespace: aNamespace(), ...settings });
  await queue.figures();
  proxy.stall();
  const call = codeOf(queue.enqueue(JOB));
  await new Promise((resolve) => setImmediate(resolve));
  const closing = queue.close();
  await proxy.close();

  expect(await call).toBe('UNKNOWN_OUTCOME');
  await closing;
  expect(clock.waiting()).toBe(0);
});

test('a job that was on its way when its queue closed is left to others, as never begun', async () => {
  const namespace = aNamespace();
  const slow = { ...NO_FAULTS, delayReply: 2, maxDelayMs: 150 };
  const proxy = await startFaultyProxy(Number(new URL(url).port), slow, () => 1);
  onTestFinished(() => proxy.close());
  const others = aBullQueue({ url, namespace });
  onTestFinished(() => others.close());
  const queue = aBullQueue({ url: proxy.url, namespace });
  const begun: string[] = [];
  queue.consume({
    concurrency: 1,
    handle: async ({ id }, { signal }) => {
      begun.push(id);
      await stopped(signal);
      return { kind: 'done' };
    },
  });
  await others.enqueue(JOB);
  // The server has given it away, and the answer is still on its way.
  await vi.waitFor(async () => expect((await others.figures()).running).toBe(1), {
    timeout: 10_000,
    interval: 5,
  });
  await queue.close();

  expect(begun).toEqual([]);
  const { seen, handle } = aRecorder();
  others.consume({ concurrency: 1, handle });
  await others.drain();
  expect(seen).toMatchObject([{ id: JOB.id, attempt: 1 }]);
});

test('who waits for a queue to be empty is told when it closes', async () => {
  const queue = aBullQueue({ url, namespace: aNamespace() });
  await queue.enqueue(JOB);
  const drained = codeOf(queue.drain());
  await queue.close();

  expect(await drained).toBe('CLOSED');
});

test('a runtime that is closed before it has reached its queue does not warn that nobody sweeps', async () => {
  const namespace = aNamespace();
  const warnings: unknown[] = [];
  const onWarning = (warning: unknown): void => void warnings.push(warning);
  const store = createRedisStore({ url, namespace });
  onTestFinished(() => store.close());
  const away = `redis://127.0.0.1:${await anEmptyPort()}`;
  const queue = aBullQueue({ url: away, namespace, onError: () => undefined });
  const pagefold = await openPagefold({
    store,
    queue: { queue },
    summarize: () => 'short',
    onWarning,
  });
  const sweep = codeOf(queue.repeat({ id: 'sweep__mine', kind: 'k', everyMs: 60_000 }));
  await pagefold.close();
  await queue.close();

  // Asked for after the runtime's own, and told after it.
  expect(await sweep).toBe('CLOSED');
  expect(warnings).toEqual([]);
});
