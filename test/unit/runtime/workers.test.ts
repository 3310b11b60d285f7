import { expect, test } from 'vitest';
import { SessionManagerError } from '../../../src/domain/errors.ts';
import { type SessionHost, Workers, type WorkersParts } from '../../../src/runtime/workers.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aShard, failureOf, HeldCalls, KEY, says, settled } from '../actors/test-shard.ts';

const UNAVAILABLE = new SessionManagerError('no thread', { code: 'SHARD_UNAVAILABLE' });
const LOOK_MS = 1000;

/** Workers that are shards of this thread, over one store; a number in `failing` cannot be started. */
function someWorkers(
  options: Partial<WorkersParts> & { failing?: number[]; turnMs?: number } = {},
) {
  const { failing = [], turnMs = 0, ...parts } = options;
  const clock = virtualClock();
  const store = createMemoryStore({ clock });
  const held = new HeldCalls('append');
  const created: number[] = [];
  const warnings: string[] = [];
  let commands = 0;
  const create = (count: number): SessionHost => {
    created.push(count);
    const { shard } = aShard({ clock, store, writer: `writer-${created.length}` });
    const figures = shard.stats();
    const stats = (): typeof figures => {
      commands += 1000;
      return { ...figures, commands, queued: 64, turnMs: commands * turnMs };
    };
    const executor = turnMs === 0 ? shard : Object.assign(shard, { stats });
    const whenStarted = (): Promise<void> =>
      failing.includes(count) ? Promise.reject(UNAVAILABLE) : Promise.resolve();
    return { executor, whenStarted };
  };
  const warn = (code: string): void => void warnings.push(code);
  const workers = new Workers({ clock, warn, count: 0, whenDear: 0, create, ...parts });
  return { clock, held, created, warnings, workers };
}

test('makes what is asked for, and nothing for the number that there is', async () => {
  const { workers, created } = someWorkers();
  await workers.change(2);
  await workers.change(2);

  expect(created).toEqual([0, 2]);
  expect(workers.count).toBe(2);
});

test('stays with what there is when a worker cannot start', async () => {
  const failing = [2];
  const { workers } = someWorkers({ failing });

  await expect(workers.change(2)).rejects.toBe(UNAVAILABLE);
  expect(workers.count).toBe(0);
  const reply = await workers.executor.execute({ key: KEY, command: says('hello') });
  expect(reply.kind).toBe('committed');
  failing.pop();
  await workers.change(2);
  expect(workers.count).toBe(2);
});

test('says so when calls under way take too long', async () => {
  const clock = virtualClock();
  const held = new HeldCalls('append');
  const create = (): SessionHost => ({
    executor: aShard({ clock, pass: held.pass }).shard,
    whenStarted: () => Promise.resolve(),
  });
  const workers = new Workers({ clock, warn: () => undefined, count: 0, whenDear: 0, create });
  const call = workers.executor.execute({ key: KEY, command: says('hello') });
  await settled();
  const change = workers.change(1);
  const refusal = failureOf(change);
  await settled();
  clock.advance(5000);
  expect(await refusal).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await held.release();

  expect((await call).kind).toBe('committed');
  expect(workers.count).toBe(0);
});

test('refuses more than threads can count, those that are there included', async () => {
  const { workers } = someWorkers({ count: 40 });

  await expect(workers.change(21)).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'count' });
  await workers.change(20);
  expect(workers.count).toBe(20);
});

test('takes workers by itself once turns have been dear for some seconds, and looks no more', async () => {
  const { workers, clock, created } = someWorkers({ whenDear: 4, turnMs: 0.06 });
  for (let second = 0; second < 3; second += 1) {
    expect(workers.count).toBe(0);
    clock.advance(LOOK_MS);
    await settled();
  }
  clock.advance(LOOK_MS * 5);
  await settled();

  expect(created).toEqual([0, 4]);
  expect(workers.count).toBe(4);
});

test('takes none where turns are cheap, and none after a number was asked for', async () => {
  const cheap = someWorkers({ whenDear: 4, turnMs: 0.01 });
  const asked = someWorkers({ whenDear: 4, turnMs: 0.06 });
  await asked.workers.change(0);
  for (const { clock } of [cheap, asked]) {
    clock.advance(LOOK_MS * 5);
    await settled();
  }

  expect([cheap.workers.count, asked.workers.count]).toEqual([0, 0]);
});

test('tells when workers that would pay cannot start, and looks again', async () => {
  const { workers, clock, warnings } = someWorkers({ whenDear: 4, turnMs: 0.06, failing: [4] });
  clock.advance(LOOK_MS * 3);
  await settled();
  expect(warnings).toEqual(['WORKERS_NOT_STARTED']);
  clock.advance(LOOK_MS);
  await settled();

  expect(warnings).toHaveLength(2);
  expect(workers.count).toBe(0);
});

test('changes nothing once it is closed', async () => {
  const { workers } = someWorkers();
  workers.close();

  await expect(workers.change(1)).rejects.toMatchObject({ code: 'CLOSED' });
});
