import { describe, expect, test } from 'vitest';
import {
  DEFAULT_SUMMARY_LIMITS,
  type Summarize,
  type SummaryHost,
  type SummaryJob,
  type SummaryLimits,
  SummaryWorker,
} from '../../../src/queue/summary-worker.ts';
import {
  runTimersUntil,
  type VirtualClock,
  virtualClock,
} from '../../../src/testing/virtual-clock.ts';

interface Setting {
  readonly worker: SummaryWorker;
  readonly clock: VirtualClock;
  readonly applied: string[];
  readonly givenUp: string[];
}

/** A worker whose host keeps what it is told. */
function aSetting(
  options: { readonly host?: Partial<SummaryHost>; readonly limits?: Partial<SummaryLimits> } = {},
): Setting {
  const clock = virtualClock();
  const applied: string[] = [];
  const givenUp: string[] = [];
  const host: SummaryHost = {
    clock,
    loadSegment: async () => ({ messages: [{ role: 'user', content: 'hello' }], tokens: 100 }),
    refuse: async (_job, { text }) => (text === 'bad' ? 'not good enough' : null),
    apply: async (_job, text) => void applied.push(text),
    giveUp: async (job, reason) => void givenUp.push(`${job.segment}: ${reason}`),
    ...options.host,
  };
  const worker = new SummaryWorker(host, { ...DEFAULT_SUMMARY_LIMITS, ...options.limits });
  return { worker, clock, applied, givenUp };
}

function aJob(summarize: Summarize, segment = 1): SummaryJob {
  const key = { tenant: 't', sessionId: 's' };
  return { key, lifeId: 'l', segment, summarize, maxTokens: 50 };
}

describe('SummaryWorker', () => {
  test('C-115: applies what a summariser says at once or later, without the space around it', async () => {
    const { worker, applied } = aSetting();

    worker.submit(aJob(() => ' now ', 1));
    worker.submit(aJob(async () => 'later', 2));
    await worker.whenIdle();

    expect(applied.toSorted()).toEqual(['later', 'now']);
  });

  test('tells the summariser which segment it is, and how long a summary may be', async () => {
    const { worker } = aSetting();
    const asked: unknown[] = [];

    worker.submit(
      aJob((messages, options) => {
        asked.push([messages, options]);
        return 'short';
      }, 3),
    );
    await worker.whenIdle();

    expect(asked).toEqual([
      [
        [{ role: 'user', content: 'hello' }],
        {
          signal: expect.any(AbortSignal) as AbortSignal,
          tenant: 't',
          sessionId: 's',
          segment: 3,
          maxTokens: 50,
        },
      ],
    ]);
  });

  test('W-07: tries again after growing pauses, then gives up with the reason', async () => {
    const { worker, clock, applied, givenUp } = aSetting();
    const times: number[] = [];
    const startMs = clock.nowMs();

    worker.submit(
      aJob(() => {
        times.push(clock.nowMs() - startMs);
        throw new RangeError('busy');
      }),
    );
    await runTimersUntil(clock, worker.whenIdle());

    expect(times).toEqual([0, 200, 600]);
    expect(applied).toEqual([]);
    expect(givenUp).toEqual(['1: RangeError']);
  });

  test('W-07: uses the first good answer', async () => {
    const { worker, clock, applied, givenUp } = aSetting();
    const answers = ['bad', 'good', 'never asked for'];

    worker.submit(aJob(() => answers.shift() ?? ''));
    await runTimersUntil(clock, worker.whenIdle());

    expect([applied, givenUp, answers]).toEqual([['good'], [], ['never asked for']]);
  });

  test('aborts a summariser that takes too long, and does not wait for one that will not listen', async () => {
    const { worker, clock, givenUp } = aSetting({ limits: { timeoutMs: 1000, attempts: 2 } });
    const signals: AbortSignal[] = [];

    worker.submit(
      aJob((_messages, { signal }) => {
        signals.push(signal);
        return new Promise<string>(() => undefined);
      }),
    );
    await runTimersUntil(clock, worker.whenIdle());

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(givenUp).toEqual(['1: AbortError']);
    expect(clock.msToNextTimer()).toBeNull();
  });

  test('runs a bounded number at once, and takes a bounded number in', async () => {
    const { worker } = aSetting({ limits: { concurrency: 2, waiting: 3 } });
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

    const taken = Array.from({ length: 8 }, (_, segment) => worker.submit(aJob(slow, segment + 1)));
    let isIdle = false;
    void worker.whenIdle().then(() => (isIdle = true));
    while (!isIdle) {
      for (const finish of release.splice(0)) finish();
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(taken).toEqual([true, true, true, true, true, false, false, false]);
    expect(most).toBe(2);
  });

  test('takes a segment once as long as it is under way', async () => {
    const { worker, applied } = aSetting();
    const job = aJob(() => 'once');

    expect([worker.submit(job), worker.submit(job)]).toEqual([true, false]);
    await worker.whenIdle();

    expect(applied).toEqual(['once']);
    expect(worker.submit(job)).toBe(true);
    await worker.whenIdle();
  });

  test('asks nobody when the segment needs no summary any more', async () => {
    let calls = 0;
    const { worker, givenUp } = aSetting({ host: { loadSegment: async () => null } });

    worker.submit(aJob(() => `${(calls += 1)}`));
    await worker.whenIdle();

    expect([calls, givenUp]).toEqual([0, []]);
  });

  test('keeps going when giving up fails too', async () => {
    const { worker, clock, applied } = aSetting({
      limits: { attempts: 1, concurrency: 1 },
      host: {
        giveUp: async () => {
          throw new Error('link down');
        },
      },
    });

    worker.submit(aJob(() => 'bad', 1));
    worker.submit(aJob(() => 'good', 2));
    await runTimersUntil(clock, worker.whenIdle());

    expect(applied).toEqual(['good']);
  });

  test('close tells what runs to stop, drops what waits, and gives nothing up', async () => {
    const { worker, applied, givenUp, clock } = aSetting({ limits: { concurrency: 1 } });
    const signals: AbortSignal[] = [];
    worker.submit(
      aJob((_messages, { signal }) => {
        signals.push(signal);
        return new Promise<string>(() => undefined);
      }, 1),
    );
    worker.submit(aJob(() => 'waiting', 2));
    await new Promise((resolve) => setImmediate(resolve));

    await worker.close();

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect([applied, givenUp, worker.submit(aJob(() => 'late', 3))]).toEqual([[], [], false]);
    expect(clock.msToNextTimer()).toBeNull();
  });

  test('close does not wait for a pause between two tries', async () => {
    const { worker, clock, givenUp } = aSetting();
    worker.submit(aJob(() => 'bad'));
    while (clock.msToNextTimer() === null) await new Promise((resolve) => setImmediate(resolve));

    await worker.close();

    expect(givenUp).toEqual([]);
    expect(clock.msToNextTimer()).toBeNull();
  });
});
