import { describe, expect, test } from 'vitest';
import { LocalQueue } from '../../../src/queue/local-queue.ts';
import type { SummaryJob } from '../../../src/queue/summary-job.ts';
import {
  LOCAL_RETRIES,
  type Summarize,
  type SummaryHost,
  SummaryWorker,
} from '../../../src/queue/summary-worker.ts';
import {
  runTimersUntil,
  type VirtualClock,
  virtualClock,
} from '../../../src/testing/virtual-clock.ts';

interface Setting {
  readonly worker: SummaryWorker;
  readonly queue: LocalQueue;
  readonly clock: VirtualClock;
  readonly applied: string[];
  readonly givenUp: string[];
}

interface Limits {
  readonly attempts: number;
  readonly concurrency: number;
  readonly waiting: number;
  readonly timeoutMs: number;
}

/** A worker whose host keeps what it is told. */
function aSetting(
  options: { readonly host?: Partial<SummaryHost>; readonly limits?: Partial<Limits> } = {},
): Setting {
  const clock = virtualClock();
  const applied: string[] = [];
  const givenUp: string[] = [];
  const { attempts = 3, concurrency = 4, waiting = 100, timeoutMs } = options.limits ?? {};
  const queue = new LocalQueue({
    clock,
    random: () => 0,
    retries: { ...LOCAL_RETRIES, attempts },
    maxWaiting: waiting,
    maxDead: 10,
  });
  const host: SummaryHost = {
    clock,
    summarize: null,
    loadSegment: async () => ({ messages: [{ role: 'user', content: 'hello' }], tokens: 100 }),
    refuse: async (_job, { text }) => (text === 'bad' ? 'not good enough' : null),
    charge: async () => undefined,
    complain: () => undefined,
    apply: async (_job, text) => void applied.push(text),
    ended: () => undefined,
    giveUp: async (job, reason) => void givenUp.push(`${job.segment}: ${reason}`),
    ...options.host,
  };
  const worker = new SummaryWorker(host, queue, timeoutMs);
  worker.consume({ concurrency });
  return { worker, queue, clock, applied, givenUp };
}

function aJob(summarize: Summarize, segment = 1): readonly [SummaryJob, Summarize] {
  const key = { tenant: 't', sessionId: 's' };
  const range = { fromSegment: segment, level: 0, fromPosition: 1, toPosition: 9, revision: 1 };
  const basis = { version: 9, hash: 'h' };
  return [{ key, lifeId: 'l', segment, ...range, ...basis, maxTokens: 50 }, summarize];
}

describe('SummaryWorker', () => {
  test('C-115: applies what a summariser says at once or later, without the space around it', async () => {
    const { worker, queue, applied } = aSetting();

    void worker.submit(...aJob(() => ' now ', 1));
    void worker.submit(...aJob(async () => 'later', 2));
    await queue.drain();

    expect(applied.toSorted()).toEqual(['later', 'now']);
  });

  test('tells the summariser which segment it is, and how long a summary may be', async () => {
    const { worker, queue } = aSetting();
    const asked: unknown[] = [];

    void worker.submit(
      ...aJob((messages, options) => {
        asked.push([messages, options]);
        return 'short';
      }, 3),
    );
    await queue.drain();

    expect(asked).toEqual([
      [
        [{ role: 'user', content: 'hello' }],
        {
          signal: expect.any(AbortSignal) as AbortSignal,
          tenant: 't',
          sessionId: 's',
          segment: 3,
          fromSegment: 3,
          maxTokens: 50,
          charge: expect.any(Function) as () => void,
        },
      ],
    ]);
  });

  test('W-07: tries again after growing pauses, then gives up with the reason', async () => {
    const { worker, queue, clock, applied, givenUp } = aSetting();
    const times: number[] = [];
    const startMs = clock.nowMs();

    void worker.submit(
      ...aJob(() => {
        times.push(clock.nowMs() - startMs);
        throw new RangeError('busy');
      }),
    );
    await runTimersUntil(clock, queue.drain());

    expect(times).toEqual([0, 200, 600]);
    expect(applied).toEqual([]);
    expect(givenUp).toEqual(['1: RangeError']);
  });

  test('W-07: uses the first good answer', async () => {
    const { worker, queue, clock, applied, givenUp } = aSetting();
    const answers = ['bad', 'good', 'never asked for'];

    void worker.submit(...aJob(() => answers.shift() ?? ''));
    await runTimersUntil(clock, queue.drain());

    expect([applied, givenUp, answers]).toEqual([['good'], [], ['never asked for']]);
  });

  test('aborts a summariser that takes too long, and does not wait for one that will not listen', async () => {
    const { worker, queue, clock, givenUp } = aSetting({
      limits: { timeoutMs: 1000, attempts: 2 },
    });
    const signals: AbortSignal[] = [];

    void worker.submit(
      ...aJob((_messages, { signal }) => {
        signals.push(signal);
        return new Promise<string>(() => undefined);
      }),
    );
    await runTimersUntil(clock, queue.drain());

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(givenUp).toEqual(['1: AbortError']);
    expect(clock.msToNextTimer()).toBeNull();
  });

  test.each([
    ['as long as it asks for', 90_000, 90_000],
    ['until it ends by itself', null, 500_000],
  ])('waits for a summariser %s', async (_how, timeoutMs, endedMs) => {
    const { worker, queue, clock } = aSetting({ limits: { attempts: 1 } });
    const startMs = clock.nowMs();
    const ended: number[] = [];
    const slow: Summarize = async (_messages, { signal }) => {
      await new Promise<void>((resolve) => {
        clock.setTimer(500_000, resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      ended.push(clock.nowMs() - startMs);
      return 'bad';
    };

    void worker.submit(...aJob(Object.assign(slow, { timeoutMs })));
    await runTimersUntil(clock, queue.drain());

    expect(ended).toEqual([endedMs]);
  });

  test('runs a bounded number at once, and takes a bounded number in', async () => {
    const { worker, queue } = aSetting({ limits: { concurrency: 2, waiting: 3 } });
    const release: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const slow: Summarize = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => release.push(resolve));
      running -= 1;
      return 'done';
    };

    const taken = Array.from({ length: 8 }, (_, segment) =>
      worker.submit(...aJob(slow, segment + 1)),
    );
    let isIdle = false;
    void queue.drain().then(() => (isIdle = true));
    while (!isIdle) {
      for (const finish of release.splice(0)) finish();
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(await Promise.all(taken)).toEqual([
      ...Array.from({ length: 5 }, () => 'added'),
      ...Array.from({ length: 3 }, () => 'full'),
    ]);
    expect(most).toBe(2);
  });

  test('takes a segment once as long as it is under way', async () => {
    const { worker, queue, applied } = aSetting();
    const job = aJob(() => 'once');

    expect(await Promise.all([worker.submit(...job), worker.submit(...job)])).toEqual([
      'added',
      'known',
    ]);
    await queue.drain();

    expect(applied).toEqual(['once']);
    expect(await worker.submit(...job)).toBe('added');
    await queue.drain();
  });

  test('charges for each call when it is answered, not when the last one is', async () => {
    const charged: unknown[] = [];
    const { worker, queue } = aSetting({
      host: { charge: async (_job, usage) => void charged.push(...usage.map((one) => one.usage)) },
    });
    let finish: () => void = () => undefined;
    const last = new Promise<void>((resolve) => {
      finish = resolve;
    });

    void worker.submit(
      ...aJob(async (_messages, { charge }) => {
        for (const usage of [1, 2]) charge({ model: 'm', provider: null, usage });
        await last;
        return { text: 'good', usage: [{ model: 'm', provider: null, usage: 3 }] };
      }),
    );
    await expect.poll(() => charged).toEqual([1, 2]);
    finish();
    await queue.drain();

    expect(charged).toEqual([1, 2, 3]);
  });

  test('asks nobody when the segment needs no summary any more', async () => {
    let calls = 0;
    const { worker, queue, givenUp } = aSetting({ host: { loadSegment: async () => null } });

    void worker.submit(...aJob(() => `${(calls += 1)}`));
    await queue.drain();

    expect([calls, givenUp]).toEqual([0, []]);
  });

  test('asks nobody for a summary once its queue closes, and leaves no rejection behind', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const segment = { messages: [], tokens: 100 };
    const { worker, queue } = aSetting({
      host: { loadSegment: () => gate.then(() => segment) },
    });
    let calls = 0;
    const summarize: Summarize = (_messages, { signal }) => {
      calls += 1;
      signal.throwIfAborted();
      return 'late';
    };

    await worker.submit(...aJob(summarize));
    const closed = queue.close();
    open();
    await closed;
    // Time for a rejection that nobody handles, which fails the run.
    await new Promise((resolve) => setImmediate(resolve));

    expect(calls).toBe(0);
  });

  test('keeps going when giving up fails too', async () => {
    const { worker, queue, clock, applied } = aSetting({
      limits: { attempts: 1, concurrency: 1 },
      host: {
        giveUp: async () => {
          throw new Error('link down');
        },
      },
    });

    void worker.submit(...aJob(() => 'bad', 1));
    void worker.submit(...aJob(() => 'good', 2));
    await runTimersUntil(clock, queue.drain());

    expect(applied).toEqual(['good']);
  });

  test('close tells what runs to stop, drops what waits, and gives nothing up', async () => {
    const { worker, queue, applied, givenUp, clock } = aSetting({ limits: { concurrency: 1 } });
    const signals: AbortSignal[] = [];
    void worker.submit(
      ...aJob((_messages, { signal }) => {
        signals.push(signal);
        return new Promise<string>(() => undefined);
      }, 1),
    );
    void worker.submit(...aJob(() => 'waiting', 2));
    await new Promise((resolve) => setImmediate(resolve));

    await queue.close();

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect([applied, givenUp]).toEqual([[], []]);
    await expect(worker.submit(...aJob(() => 'late', 3))).rejects.toMatchObject({ code: 'CLOSED' });
    expect(clock.msToNextTimer()).toBeNull();
  });

  test('close does not wait for a pause between two tries', async () => {
    const { worker, queue, clock, givenUp } = aSetting();
    void worker.submit(...aJob(() => 'bad'));
    while (clock.msToNextTimer() === null) await new Promise((resolve) => setImmediate(resolve));

    await queue.close();

    expect(givenUp).toEqual([]);
    expect(clock.msToNextTimer()).toBeNull();
  });
});
