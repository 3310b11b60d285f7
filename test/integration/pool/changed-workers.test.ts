import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { openPagefold, type Pagefold } from '../../../src/index.ts';

const SESSIONS = 12;

async function aPagefold(workers: number): Promise<Pagefold> {
  const pagefold = await openPagefold({ workers });
  onTestFinished(() => pagefold.close());
  return pagefold;
}

/** Keeps talking in every session until told to stop, without waiting for answers; what each was told, in order. */
async function talk(pagefold: Pagefold, isOver: () => boolean): Promise<readonly string[][]> {
  const talks = Array.from({ length: SESSIONS }, async (_, index) => {
    const session = pagefold.session(`s-${index}`, { tenant: `t-${index % 3}` });
    const calls: Promise<unknown>[] = [];
    const said: string[] = [];
    while (!isOver()) {
      for (let more = 0; more < 3; more += 1) {
        said.push(`message ${said.length}`);
        calls.push(session.userSays(said.at(-1) ?? ''));
      }
      // In order: three calls of a session wait together.
      await Promise.all(calls);
    }
    return said;
  });
  return Promise.all(talks);
}

async function messagesOf(pagefold: Pagefold, index: number): Promise<readonly unknown[]> {
  const session = pagefold.session(`s-${index}`, { tenant: `t-${index % 3}` });
  const messages: unknown[] = [];
  for await (const { message } of session.events) messages.push(message);
  return messages;
}

test('the number of workers changes while everybody talks, and each session holds what it was told, once and in order', async () => {
  const pagefold = await aPagefold(0);
  let isOver = false;
  const talks = talk(pagefold, () => isOver);
  const shards: number[] = [];
  for (const count of [2, 1, 3, 0, 1]) {
    // In order: each change begins when the one before is done.
    await pagefold.setWorkers(count);
    const { actors } = await pagefold.stats();
    shards.push(actors.shards?.length ?? 0);
  }
  isOver = true;
  const said = await talks;

  expect(shards).toEqual([2, 1, 3, 0, 1]);
  const total = said.reduce((sum, texts) => sum + texts.length, 0);
  const { actors } = await pagefold.stats();
  expect(actors).toMatchObject({ queued: 0, conflicts: 0 });
  expect(actors.commands).toBe(total);
  for (const [index, texts] of said.entries())
    expect(await messagesOf(pagefold, index)).toEqual(texts);
});

test('changes asked for at once are made one after another', async () => {
  const pagefold = await aPagefold(1);
  await Promise.all([pagefold.setWorkers(2), pagefold.setWorkers(0), pagefold.setWorkers(0)]);

  expect((await pagefold.stats()).actors.shards).toBeUndefined();
  await pagefold.session('s').userSays('hello');
  expect((await pagefold.stats()).actors.commands).toBe(1);
});

test.each([-1, 1.5, 61, '2', undefined])('refuses %s workers', async (count) => {
  const pagefold = await aPagefold(0);

  await expect(pagefold.setWorkers(count as number)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field: 'count',
  });
});

test('closing in the middle of a change finishes what was taken', async () => {
  const pagefold = await aPagefold(0);
  const call = pagefold.session('s').userSays('hello');
  const change = pagefold.setWorkers(1).then(
    () => 'changed',
    (error: { readonly code: string }) => error.code,
  );
  await pagefold.close();

  expect(await call).toMatch(/./);
  expect(await change).toBe('CLOSED');
  await expect(pagefold.setWorkers(0)).rejects.toMatchObject({ code: 'CLOSED' });
});

test('threads end with the workers, and none is begun in their place', async () => {
  const live = new Set<Worker>();
  let begun = 0;
  const onWorker = (worker: Worker): void => {
    begun += 1;
    live.add(worker);
    worker.once('exit', () => live.delete(worker));
  };
  process.on('worker', onWorker);
  onTestFinished(() => void process.off('worker', onWorker));
  const pagefold = await aPagefold(0);
  for (let round = 0; round < 4; round += 1) {
    // In order: threads of one change end while the next one is made.
    await pagefold.setWorkers(2);
    await pagefold.session('s').userSays(`round ${round}`);
    await pagefold.setWorkers(0);
  }
  await pagefold.setWorkers(2);
  const closed = pagefold.setWorkers(1).catch(() => undefined);
  await pagefold.close();
  await closed;

  await expect.poll(() => live.size, { timeout: 5000 }).toBe(0);
  expect(begun).toBeLessThanOrEqual(4 * 2 + 2 + 1);
  expect(begun).toBeGreaterThanOrEqual(4 * 2 + 2);
});
