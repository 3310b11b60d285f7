import { describe, expect, test } from 'vitest';
import { JobMeter } from '../../../src/queue/job-meter.ts';
import { LocalQueue } from '../../../src/queue/local-queue.ts';
import { withMeter } from '../../../src/queue/metered-queue.ts';
import { LOCAL_RETRIES } from '../../../src/queue/summary-worker.ts';
import { metricsText } from '../../../src/server/operations/metrics-text.ts';
import { runTimersUntil, virtualClock } from '../../../src/testing/virtual-clock.ts';

const FIGURES = { waiting: 3, delayed: 1, running: 2, dead: 4, oldestAgeMs: 1500 };

describe('metricsText', () => {
  test('says what the queue holds and how tries of this process ended', () => {
    const meter = new JobMeter();
    meter.begin('summarise')('done', 0.3);
    meter.begin('summarise')('failed', 20);
    meter.begin('sweep');

    const lines = metricsText({ name: 'a"b', figures: FIGURES }, meter.figures()).split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE pagefold_queue_jobs gauge',
        'pagefold_queue_up{queue="a\\"b"} 1',
        'pagefold_queue_jobs{queue="a\\"b",state="waiting"} 3',
        'pagefold_queue_jobs{queue="a\\"b",state="dead"} 4',
        'pagefold_queue_oldest_age_seconds{queue="a\\"b"} 1.5',
        'pagefold_jobs_running{queue="a\\"b",kind="sweep"} 1',
        'pagefold_job_tries_total{queue="a\\"b",kind="summarise",outcome="done"} 1',
        'pagefold_job_tries_total{queue="a\\"b",kind="summarise",outcome="failed"} 1',
        'pagefold_job_duration_seconds_bucket{queue="a\\"b",kind="summarise",le="0.1"} 0',
        'pagefold_job_duration_seconds_bucket{queue="a\\"b",kind="summarise",le="0.5"} 1',
        'pagefold_job_duration_seconds_bucket{queue="a\\"b",kind="summarise",le="+Inf"} 2',
        'pagefold_job_duration_seconds_sum{queue="a\\"b",kind="summarise"} 20.3',
        'pagefold_job_duration_seconds_count{queue="a\\"b",kind="summarise"} 2',
      ]),
    );
    expect(lines.at(-1)).toBe('');
  });

  test('says so when the queue does not answer', () => {
    const text = metricsText({ name: 'q', figures: null }, []);

    expect(text).toContain('pagefold_queue_up{queue="q"} 0');
    expect(text).not.toContain('pagefold_queue_jobs');
  });

  test('tells so many kinds apart and no more', () => {
    const meter = new JobMeter();
    for (let kind = 0; kind < 1000; kind += 1) meter.begin(`kind${kind}`)('done', 0);

    expect(meter.figures()).toHaveLength(51);
    expect(meter.figures().at(-1)).toMatchObject({ kind: 'other', tries: { done: 950 } });
  });
});

describe('withMeter', () => {
  test('counts each try of a job, and changes nothing about it', async () => {
    const clock = virtualClock();
    const meter = new JobMeter();
    const settings = { clock, random: () => 0, retries: LOCAL_RETRIES, maxWaiting: 9, maxDead: 9 };
    let nowMs = 0;
    const ticking = { ...clock, nowMs: () => (nowMs += 100) };
    const queue = withMeter(new LocalQueue(settings), { meter, clock: ticking });
    queue.consume({
      concurrency: 1,
      handle: async ({ attempt }) => {
        if (attempt === 1) throw new Error('bad luck');
        return attempt === 2 ? { kind: 'failed', reason: 'no' } : { kind: 'done' };
      },
    });
    await queue.enqueue({ id: 'test__one', kind: 'k', tenant: 't', payload: {} });
    await runTimersUntil(clock, queue.drain());

    expect(meter.figures()).toMatchObject([
      { kind: 'k', tries: { done: 1, failed: 2, hopeless: 0 }, running: 0 },
    ]);
    expect(meter.figures()[0]?.totalSeconds).toBeCloseTo(0.3);
    expect(await queue.figures()).toMatchObject({ waiting: 0, dead: 0 });
    await queue.close();
  });
});
