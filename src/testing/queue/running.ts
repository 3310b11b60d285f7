import { expect } from 'vitest';
import { aJob, aRecorder, MAX_WAITING, type QueueCases, stopped } from './queue-subject.ts';

const DONE = { kind: 'done' } as const;

/** Taking jobs in and doing them. */
export const runningCases: QueueCases = {
  'hands over a job with all that it was given': async ({ queue, until }) => {
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });

    expect(
      await queue.enqueue(aJob('one', { tenant: 'acme: {x}', payload: { a: [1, 'b'] } })),
    ).toBe('added');
    await until(() => seen.length === 1);

    expect(seen).toEqual([
      {
        id: 'test__one',
        kind: 'count',
        tenant: 'acme: {x}',
        payload: { a: [1, 'b'] },
        attempt: 1,
        attempts: 3,
      },
    ]);
  },

  'takes a job once while it waits or runs, and again when it is done': async ({
    queue,
    join,
    until,
  }) => {
    const { seen, handle } = aRecorder();
    expect(await queue.enqueue(aJob('one'))).toBe('added');
    expect(await join().enqueue(aJob('one'))).toBe('known');

    queue.consume({ handle, concurrency: 1 });
    await queue.drain();
    expect(await queue.enqueue(aJob('one'))).toBe('added');
    await until(() => seen.length === 2);
    await queue.drain();

    expect(seen).toHaveLength(2);
  },

  'adds one of several with the same id that are offered at once': async ({ queue, until }) => {
    const offers = [aJob('one'), aJob('two'), aJob('one'), aJob('one')];
    const answers = await Promise.all(offers.map((job) => queue.enqueue(job)));

    expect(answers).toEqual(['added', 'added', 'known', 'known']);
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });
    await queue.drain();
    await until(() => seen.length === 2);
    expect(seen).toHaveLength(2);
  },

  'is not moved by what callers do to their objects later': async ({ queue, until }) => {
    const payload = { ref: 'before' };
    await queue.enqueue(aJob('one', { payload }));
    payload.ref = 'after';
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });
    await until(() => seen.length === 1);

    expect(seen[0]?.payload).toEqual({ ref: 'before' });
  },

  'refuses a job that is not one, naming the field': async ({ queue }) => {
    const bad = [
      [aJob('x', { id: 'no-word' }), 'job.id'],
      [aJob('x', { id: 'a__b:c' }), 'job.id'],
      [aJob('x', { kind: '' }), 'job.kind'],
      [aJob('x', { tenant: '' }), 'job.tenant'],
      [aJob('x', { payload: { text: 'x'.repeat(5000) } }), 'job.payload'],
      [aJob('x', { notBeforeMs: -1 }), 'job.notBeforeMs'],
    ] as const;
    for (const [job, field] of bad)
      await expect(queue.enqueue(job)).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
    expect(await queue.figures()).toMatchObject({ waiting: 0 });
  },

  'refuses to consume or repeat with options that would do nothing, naming the field': async ({
    queue,
  }) => {
    const { handle } = aRecorder();
    const slips: readonly (readonly [field: string, options: object])[] = [
      ['concurrency', { handle, concurrency: 0 }],
      ['concurrency', { handle, concurrency: '4' }],
      ['handle', { concurrency: 1 }],
      ['rateLimit', { handle, concurrency: 1, rateLimit: { max: 1, duration: 1000 } }],
    ];
    for (const [field, options] of slips) {
      // The slips of a caller without types.
      const consume = (): unknown => queue.consume(options as Parameters<typeof queue.consume>[0]);
      expect(consume).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
      expect(consume).toThrow(field);
    }
    const often = { id: 'sweep__all', kind: 'sweep', everyMs: 1000 };
    for (const [field, options] of [
      ['everyMs', { ...often, everyMs: 0 }],
      ['id', { ...often, id: 'nightly' }],
    ] as const) {
      const repeated = queue.repeat(options);
      await expect(repeated).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      await expect(repeated).rejects.toThrow(field);
    }
  },

  'runs no more at once than it may': async ({ queue, until }) => {
    let running = 0;
    let most = 0;
    let ended = 0;
    const gates: (() => void)[] = [];
    queue.consume({
      concurrency: 3,
      handle: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => gates.push(resolve));
        running -= 1;
        ended += 1;
        return DONE;
      },
    });
    for (let index = 0; index < 9; index += 1) await queue.enqueue(aJob(`j${index}`));

    await until(() => {
      if (running === 3) for (const open of gates.splice(0)) open();
      return ended === 9;
    });

    expect(most).toBe(3);
  },

  'does not begin a job before its time': async ({ queue, wait, nowMs, until }) => {
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });
    const dueMs = nowMs() + 2500;
    await queue.enqueue(aJob('later', { notBeforeMs: dueMs }));
    await queue.enqueue(aJob('past', { notBeforeMs: 1 }));
    await until(() => seen.length === 1);
    await wait(100);

    expect(seen.map(({ id }) => id)).toEqual(['test__past']);
    expect(await queue.figures()).toMatchObject({ waiting: 0, delayed: 1, running: 0 });
    await until(() => seen.length === 2);
    expect(nowMs()).toBeGreaterThanOrEqual(dueMs);
  },

  'refuses jobs beyond its bound, and takes them when there is room': async ({ queue, until }) => {
    const answers = await Promise.all(
      Array.from({ length: MAX_WAITING }, (_, index) => queue.enqueue(aJob(`j${index}`))),
    );
    expect(new Set(answers)).toEqual(new Set(['added']));
    expect(await queue.enqueue(aJob('more'))).toBe('full');

    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 50 });
    await until(() => seen.length === MAX_WAITING);
    expect(await queue.enqueue(aJob('more'))).toBe('added');
  },

  'begins no more jobs in a while than it may': async ({ queue, nowMs, until }) => {
    const begun: number[] = [];
    queue.consume({
      concurrency: 10,
      rateLimit: { max: 2, perMs: 400 },
      handle: async () => {
        begun.push(nowMs());
        return DONE;
      },
    });
    for (let index = 0; index < 5; index += 1) await queue.enqueue(aJob(`j${index}`));
    await until(() => begun.length === 5);

    const [first = 0, , third = 0, , fifth = 0] = begun;
    expect(third - first).toBeGreaterThanOrEqual(200);
    expect(fifth - first).toBeGreaterThanOrEqual(600);
  },

  'begins nothing while it is paused, anywhere': async ({ queue, join, wait, until }) => {
    const { seen, handle } = aRecorder();
    const other = join();
    other.consume({ handle, concurrency: 1 });
    await queue.pause();
    await queue.enqueue(aJob('one'));
    await wait(200);
    expect(seen).toEqual([]);
    expect(await other.figures()).toMatchObject({ waiting: 1, running: 0 });

    await queue.resume();
    await until(() => seen.length === 1);
  },

  'a consumer that closes waits for what runs and takes no more': async ({ queue, until }) => {
    const { seen, handle } = aRecorder();
    let open: () => void = () => undefined;
    const consumer = queue.consume({
      concurrency: 1,
      handle: async (job) => {
        await new Promise<void>((resolve) => {
          open = resolve;
        });
        return handle(job);
      },
    });
    await queue.enqueue(aJob('one'));
    await until(async () => (await queue.figures()).running === 1);
    await queue.enqueue(aJob('two'));
    let isClosed = false;
    const closing = consumer.close().then(() => {
      isClosed = true;
    });
    expect(isClosed).toBe(false);
    open();
    await closing;

    expect(seen.map(({ id }) => id)).toEqual(['test__one']);
    expect(consumer.close()).toBe(consumer.close());
    expect(await queue.figures()).toMatchObject({ waiting: 1, running: 0 });
  },

  'a consumer that is stopped leaves its job to others, as never begun': async ({
    queue,
    until,
  }) => {
    const stop = new AbortController();
    let isRunning = false;
    queue.consume({
      concurrency: 1,
      signal: stop.signal,
      handle: async (_job, { signal }) => {
        isRunning = true;
        await stopped(signal);
        throw new Error('stopped');
      },
    });
    await queue.enqueue(aJob('one'));
    await until(() => isRunning);
    stop.abort();
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 1 });
    await until(() => seen.length === 1);

    expect(seen[0]).toMatchObject({ id: 'test__one', attempt: 1 });
  },

  'adds what is to be repeated again and again': async ({ queue, join, until }) => {
    const { seen, handle } = aRecorder();
    queue.consume({ handle, concurrency: 2 });
    await queue.repeat({ id: 'rep__look', kind: 'look', everyMs: 200 });
    await join().repeat({ id: 'rep__look', kind: 'look', everyMs: 200 });
    await until(() => seen.length >= 3);

    expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['look']));
  },

  'answers nobody after it was closed': async ({ queue }) => {
    expect(queue.close()).toBe(queue.close());
    await queue.close();
    await expect(queue.enqueue(aJob('one'))).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(queue.figures()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(() => queue.consume({ handle: aRecorder().handle, concurrency: 1 })).toThrow(
      expect.objectContaining({ code: 'CLOSED' }),
    );
  },
};
