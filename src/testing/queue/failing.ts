import { expect } from 'vitest';
import type { JobHandler } from '../../queue/queue.ts';
import {
  aJob,
  aRecorder,
  ATTEMPTS,
  FIRST_PAUSE_MS,
  type QueueCases,
  stopped,
} from './queue-subject.ts';

const DONE = { kind: 'done' } as const;

/** Tries that fail, and jobs that end otherwise than done. */
export const failingCases: QueueCases = {
  'tries again after growing pauses, then lists the job as dead': async ({
    queue,
    nowMs,
    until,
  }) => {
    const times: number[] = [];
    queue.consume({
      concurrency: 1,
      handle: async () => {
        times.push(nowMs());
        return { kind: 'failed', reason: 'busy' };
      },
    });
    await queue.enqueue(aJob('one', { tenant: 'acme' }));
    await until(async () => (await queue.deadJobs({ limit: 10 })).length === 1);

    expect(times).toHaveLength(ATTEMPTS);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(FIRST_PAUSE_MS);
    expect(third - second).toBeGreaterThanOrEqual(2 * FIRST_PAUSE_MS);
    expect(await queue.deadJobs({ limit: 10 })).toEqual([
      {
        id: 'test__one',
        kind: 'count',
        tenant: 'acme',
        payload: { ref: 'one' },
        attempts: ATTEMPTS,
        reason: 'busy',
        diedAtMs: expect.any(Number) as number,
      },
    ]);
    expect(await queue.figures()).toMatchObject({ waiting: 0, delayed: 0, running: 0, dead: 1 });
  },

  'does not try again what was cancelled elsewhere while it ran': async ({
    queue,
    join,
    until,
    wait,
  }) => {
    let tries = 0;
    let fail: () => void = () => undefined;
    queue.consume({
      concurrency: 1,
      handle: async () => {
        tries += 1;
        await new Promise<void>((resolve) => (fail = resolve));
        return { kind: 'failed', reason: 'busy' };
      },
    });
    await queue.enqueue(aJob('one'));
    await until(() => tries === 1);

    expect(await join().cancel('test__one')).toBe(true);
    fail();
    await wait(5 * FIRST_PAUSE_MS);

    expect(tries).toBe(1);
    expect(await queue.figures()).toMatchObject({ waiting: 0, delayed: 0, running: 0, dead: 0 });
  },

  'waits as long as a handler asks for': async ({ queue, nowMs, until }) => {
    const times: number[] = [];
    queue.consume({
      concurrency: 1,
      handle: async ({ attempt }) => {
        times.push(nowMs());
        return attempt === 1 ? { kind: 'failed', reason: 'later', afterMs: 500 } : DONE;
      },
    });
    await queue.enqueue(aJob('one'));
    await until(() => times.length === 2);

    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(500);
  },

  'survives handlers that throw, and says of them no more than their kind': async ({
    queue,
    until,
  }) => {
    const { seen, handle } = aRecorder();
    queue.consume({
      concurrency: 1,
      handle: async (job) => {
        if (job.kind === 'bad') throw new RangeError('somebody said: my secret');
        return handle(job);
      },
    });
    await queue.enqueue(aJob('bad', { kind: 'bad' }));
    await queue.enqueue(aJob('good'));
    await until(async () => (await queue.figures()).dead === 1);

    expect(seen.map(({ id }) => id)).toEqual(['test__good']);
    expect((await queue.deadJobs({ limit: 1 }))[0]?.reason).toBe('RangeError');
  },

  'says of a handler that gives nothing back that it said nothing, and goes on': async ({
    queue,
    until,
  }) => {
    // As a handler in JavaScript may be.
    const handle = (async () => undefined) as unknown as JobHandler;
    const consumer = queue.consume({ concurrency: 1, handle });
    await queue.enqueue(aJob('one'));
    await until(async () => (await queue.figures()).dead === 1);

    const reason = 'the handler did not say what came of the job';
    expect(await queue.deadJobs({ limit: 1 })).toMatchObject([{ reason, attempts: ATTEMPTS }]);
    await consumer.close();
  },

  'does not try again what is hopeless': async ({ queue, until }) => {
    const { seen, handle } = aRecorder(() => ({ kind: 'hopeless', reason: 'no such model' }));
    queue.consume({ handle, concurrency: 1 });
    await queue.enqueue(aJob('one'));
    await until(async () => (await queue.figures()).dead === 1);

    expect(seen).toHaveLength(1);
    expect(await queue.deadJobs({ limit: 1 })).toMatchObject([
      { reason: 'no such model', attempts: 1 },
    ]);
  },

  'lists the dead latest first, up to the limit': async ({ queue, until }) => {
    queue.consume({ handle: async () => ({ kind: 'hopeless', reason: 'no' }), concurrency: 1 });
    for (const name of ['a', 'b', 'c']) {
      const before = (await queue.figures()).dead;
      await queue.enqueue(aJob(name));
      await until(async () => (await queue.figures()).dead === before + 1);
    }

    const ids = (await queue.deadJobs({ limit: 2 })).map(({ id }) => id);
    expect(ids).toEqual(['test__c', 'test__b']);
    expect(await queue.deadJobs({ limit: 0 })).toEqual([]);
  },

  'refuses options that it cannot heed': async ({ queue }) => {
    const refused: readonly [() => Promise<unknown>, string][] = [
      [() => queue.deadJobs({ limit: -1 }), 'options.limit'],
      [() => queue.deadJobs({ limit: 0.5 }), 'options.limit'],
      [() => queue.deadJobs(undefined as unknown as { limit: number }), 'options'],
      [() => queue.drain({ signal: 5 as unknown as AbortSignal }), 'options.signal'],
    ];
    for (const [call, field] of refused) {
      const message = expect.stringContaining(`${field}:`) as string;
      await expect(call()).rejects.toMatchObject({ code: 'INVALID_INPUT', message });
    }
  },

  'lets a dead job begin anew with all its tries': async ({ queue, join, until }) => {
    let isUp = false;
    const { seen, handle } = aRecorder(() => (isUp ? DONE : { kind: 'failed', reason: 'down' }));
    queue.consume({ handle, concurrency: 1 });
    await queue.enqueue(aJob('one', { payload: { ref: 7 } }));
    await until(async () => (await queue.figures()).dead === 1);
    isUp = true;

    expect(await join().revive('test__one')).toBe(true);
    expect(await queue.revive('test__one')).toBe(false);
    await until(() => seen.length === ATTEMPTS + 1);
    await queue.drain();

    expect(seen.at(-1)).toMatchObject({ attempt: 1, payload: { ref: 7 } });
    expect(await queue.figures()).toMatchObject({ dead: 0, waiting: 0 });
  },

  'a job that begins anew stays in its class and comes behind those of its tenant': async ({
    queue,
    until,
  }) => {
    const first = queue.consume({
      handle: async () => ({ kind: 'hopeless', reason: 'no' }),
      concurrency: 1,
    });
    for (const name of ['low', 'high', 'normal'] as const)
      await queue.enqueue(aJob(name, { priority: name }));
    await until(async () => (await queue.figures()).dead === 3);
    await first.close();
    await queue.enqueue(aJob('other'));
    for (const name of ['low', 'normal', 'high']) await queue.revive(`test__${name}`);
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });
    await until(() => seen.length === 4);

    const order = seen.map(({ id }) => id.slice('test__'.length));
    expect(order).toEqual(['high', 'other', 'normal', 'low']);
  },

  'takes a job whose last one died': async ({ queue, until }) => {
    queue.consume({ handle: async () => ({ kind: 'hopeless', reason: 'no' }), concurrency: 1 });
    await queue.enqueue(aJob('one'));
    await until(async () => (await queue.figures()).dead === 1);

    expect(await queue.enqueue(aJob('one'))).toBe('added');
    await queue.drain();
    expect(await queue.figures()).toMatchObject({ dead: 1 });
  },

  'takes out a job that waits': async ({ queue, join, wait }) => {
    await queue.enqueue(aJob('one'));
    await queue.enqueue(aJob('two', { notBeforeMs: 4_000_000_000_000 }));
    expect(await join().cancel('test__one')).toBe(true);
    expect(await queue.cancel('test__two')).toBe(true);
    expect(await queue.cancel('test__one')).toBe(false);
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });
    await wait(100);

    expect(seen).toEqual([]);
    expect(await queue.figures()).toEqual({
      waiting: 0,
      delayed: 0,
      running: 0,
      dead: 0,
      oldestAgeMs: null,
    });
  },

  'tells a job that runs to stop when it is cancelled, from anywhere': async ({
    queue,
    join,
    until,
  }) => {
    let isRunning = false;
    let wasStopped = false;
    queue.consume({
      concurrency: 1,
      handle: async (_job, { signal }) => {
        isRunning = true;
        await stopped(signal);
        wasStopped = true;
        throw new Error('stopped');
      },
    });
    await queue.enqueue(aJob('one'));
    await until(() => isRunning);

    expect(await join().cancel('test__one')).toBe(true);
    await until(() => wasStopped);
    await queue.drain();
    expect(await queue.figures()).toMatchObject({ delayed: 0, running: 0, dead: 0 });
  },

  'closing tells what runs to stop': async ({ queue, until }) => {
    let isRunning = false;
    let wasStopped = false;
    queue.consume({
      concurrency: 1,
      handle: async (_job, { signal }) => {
        isRunning = true;
        await stopped(signal);
        wasStopped = true;
        return DONE;
      },
    });
    await queue.enqueue(aJob('one'));
    await until(() => isRunning);
    await queue.close();

    expect(wasStopped).toBe(true);
  },

  'says how long the oldest job has waited': async ({ queue, wait, until }) => {
    expect((await queue.figures()).oldestAgeMs).toBeNull();
    await queue.enqueue(aJob('one'));
    await wait(150);
    await queue.enqueue(aJob('two'));

    const { waiting, oldestAgeMs } = await queue.figures();
    expect(waiting).toBe(2);
    expect(oldestAgeMs).toBeGreaterThanOrEqual(140);
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });
    await until(() => seen.length === 2);
    await until(async () => (await queue.figures()).oldestAgeMs === null);
  },

  'stops waiting for the end when told to': async ({ queue }) => {
    await queue.enqueue(aJob('one'));
    const stop = new AbortController();
    const drained = queue.drain({ signal: stop.signal });
    stop.abort(new RangeError('enough'));
    await expect(drained).rejects.toThrow('enough');
  },
};
