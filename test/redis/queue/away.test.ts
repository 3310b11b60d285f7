import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import type { Enqueued, NewJob } from '../../../src/queue/queue.ts';
import { startFaultyProxy } from '../../lib/redis/faulty-proxy.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const NO_FAULTS = { cutReply: 0, tearReply: 0, cutRequest: 0, delayReply: 0, maxDelayMs: 0 };

function aJob(name: string): NewJob {
  return { id: `test__${name}`, kind: 'k', tenant: 't', payload: {} };
}

function codeOf(work: Promise<Enqueued>): Promise<unknown> {
  return work.then(
    (answer) => answer,
    (error: unknown) => (error instanceof Error ? Reflect.get(error, 'code') : error),
  );
}

test('what was given up while the server was away does not happen when it is back', async () => {
  const server = await startPrivateRedis();
  onTestFinished(() => server.close());
  const queue = aBullQueue({
    url: server.url,
    namespace: aNamespace(),
    callTimeoutMs: 3000,
    onError: () => undefined,
  });
  onTestFinished(() => queue.close());
  await queue.enqueue(aJob('before'));
  await server.kill();
  // What was on its way when the connection broke may still happen.
  await codeOf(queue.enqueue(aJob('under-way')));

  const answers = Array.from({ length: 200 }, (_, index) =>
    codeOf(queue.enqueue(aJob(`${index}`))),
  );
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['UNKNOWN_OUTCOME']));

  await server.start();
  await expect.poll(() => codeOf(queue.enqueue(aJob('after'))), { timeout: 10_000 }).toBe('added');
  // The server keeps nothing on disk, so what waits now was added since.
  expect((await queue.figures()).waiting).toBeLessThanOrEqual(2);
});

test('a server that is silent is asked no more than so many things at once', async () => {
  const server = await startPrivateRedis();
  onTestFinished(() => server.close());
  const proxy = await startFaultyProxy(server.port, NO_FAULTS, () => 1);
  onTestFinished(() => proxy.close());
  const queue = aBullQueue({
    url: proxy.url,
    namespace: aNamespace(),
    callTimeoutMs: 300,
    maxUnanswered: 5,
    onError: () => undefined,
  });
  onTestFinished(async () => {
    // First, so that nobody waits for the goodbye of a silent server.
    await proxy.close();
    await queue.close();
  });
  await queue.enqueue(aJob('before'));
  proxy.stall();

  const given = Array.from({ length: 5 }, (_, index) => codeOf(queue.enqueue(aJob(`${index}`))));
  expect(new Set(await Promise.all(given))).toEqual(new Set(['UNKNOWN_OUTCOME']));

  await expect(queue.enqueue(aJob('more'))).rejects.toThrow('too many calls');
});
