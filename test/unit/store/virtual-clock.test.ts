import { describe, expect, test } from 'vitest';
import { runTimersUntil, virtualClock } from '../../../src/testing/virtual-clock.ts';

describe('virtualClock', () => {
  test('runs timers at their time and in order', () => {
    const clock = virtualClock(1000);
    const runs: (readonly [string, number])[] = [];
    const note = (name: string) => (): void => {
      runs.push([name, clock.nowMs()]);
    };
    clock.setTimer(20, note('late'));
    clock.setTimer(10, note('first of two'));
    clock.setTimer(10, note('second of two'));
    clock.setTimer(-5, note('overdue'));
    clock.advance(15);
    expect(runs).toEqual([
      ['overdue', 1000],
      ['first of two', 1010],
      ['second of two', 1010],
    ]);
    expect([clock.nowMs(), clock.msToNextTimer()]).toEqual([1015, 5]);
  });

  test('runs timers that timers set', () => {
    const clock = virtualClock(0);
    const times: number[] = [];
    const tick = (): void => {
      times.push(clock.nowMs());
      clock.setTimer(10, tick);
    };
    clock.setTimer(10, tick);
    clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
  });

  test('does not run what was cancelled', () => {
    const clock = virtualClock(0);
    let runs = 0;
    const timer = clock.setTimer(1, () => {
      runs += 1;
    });
    timer.cancel();
    timer.cancel();
    clock.advance(10);
    expect([runs, clock.msToNextTimer()]).toEqual([0, null]);
  });
});

describe('runTimersUntil', () => {
  test('lets time jump until the work is done, and no further', async () => {
    const clock = virtualClock(0);
    const pause = (ms: number): Promise<void> =>
      new Promise((resolve) => clock.setTimer(ms, resolve));
    clock.setTimer(1_000_000, () => {});
    const work = pause(5000)
      .then(() => pause(300))
      .then(() => clock.nowMs());
    expect(await runTimersUntil(clock, work)).toBe(5300);
    expect(clock.nowMs()).toBe(5300);
  });

  test('passes a failure on', async () => {
    await expect(
      runTimersUntil(virtualClock(), Promise.reject(new TypeError('no'))),
    ).rejects.toThrow('no');
  });
});
