import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { LocalQueue } from '../../../src/queue/local-queue.ts';
import { LOCAL_RETRIES } from '../../../src/queue/summary-worker.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';

const MAX_HOLD_MS = 10_000;

interface Setting {
  readonly queue: LocalQueue;
  /** Jobs that have begun, in order. */
  readonly begun: string[];
  /** The event loop is late by so much from now on. */
  readonly setLate: (ms: number) => void;
  readonly add: (id: string) => Promise<void>;
  readonly later: (ms: number) => Promise<void>;
  /** How often it was asked how late the loop is. */
  readonly looks: () => number;
}

/** A queue on an event loop that is as late as a test says. */
function aSetting(concurrency = 4): Setting {
  const clock = virtualClock();
  const begun: string[] = [];
  let lateMs = 0;
  let looks = 0;
  const queue = new LocalQueue({
    clock,
    random: () => 0,
    retries: LOCAL_RETRIES,
    maxWaiting: 100,
    maxDead: 10,
    shedding: {
      lateMs: () => {
        looks += 1;
        return lateMs;
      },
      maxLateMs: 50,
      maxHoldMs: MAX_HOLD_MS,
    },
  });
  queue.consume({
    concurrency,
    handle: async ({ id }) => {
      begun.push(id.replace('job__', ''));
      return { kind: 'done' };
    },
  });
  onTestFinished(() => queue.close());
  return {
    queue,
    begun,
    setLate: (ms) => {
      lateMs = ms;
    },
    add: async (id) =>
      void (await queue.enqueue({ id: `job__${id}`, kind: 'job', tenant: 't', payload: {} })),
    later: async (ms) => {
      clock.advance(ms);
      await nextTurn();
    },
    looks: () => looks,
  };
}

test('jobs begin while the event loop is not later than it may be', async () => {
  const { begun, setLate, add, later } = aSetting();
  setLate(50);
  await add('a');
  await later(0);

  expect(begun).toEqual(['a']);
});

test('jobs wait while the event loop is late, and begin when it is not any more', async () => {
  const { begun, setLate, add, later } = aSetting();
  setLate(51);
  await add('a');
  await add('b');
  await later(MAX_HOLD_MS / 2);
  const meanwhile = [...begun];
  setLate(0);
  await later(1000);

  expect(meanwhile).toEqual([]);
  expect(begun).toEqual(['a', 'b']);
});

test('a job that has waited for long enough begins however late the event loop is, and no other', async () => {
  const { begun, setLate, add, later } = aSetting();
  setLate(1000);
  await add('a');
  await add('b');
  await later(MAX_HOLD_MS / 2);
  await add('c');
  await later(MAX_HOLD_MS / 2);

  expect(begun).toEqual(['a', 'b']);
});

test('one job at a time is overdue where one at a time is done', async () => {
  const { begun, setLate, add, later } = aSetting(1);
  setLate(1000);
  await add('a');
  await add('b');
  await later(MAX_HOLD_MS);
  await later(1000);

  expect(begun).toEqual(['a', 'b']);
});

test('jobs that somebody waits for begin at once', async () => {
  const { queue, begun, setLate, add } = aSetting();
  setLate(1000);
  await add('a');
  await queue.drain();

  expect(begun).toEqual(['a']);
});

test('the event loop is not looked at for each job that comes while others are held back', async () => {
  const { setLate, add, looks } = aSetting();
  setLate(1000);
  for (const id of ['a', 'b', 'c', 'd']) await add(id);

  expect(looks()).toBe(1);
});
