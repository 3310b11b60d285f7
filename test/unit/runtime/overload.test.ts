import { describe, expect, test } from 'vitest';
import { Overloaded } from '../../../src/domain/errors.ts';
import { Patience, retryOverloaded } from '../../../src/runtime/overload.ts';

/** A clock whose timers fire at once, and what they were set to. */
function aHastyClock(): {
  readonly pauses: number[];
  readonly setTimer: (delayMs: number, task: () => void) => { readonly cancel: () => void };
} {
  const pauses: number[] = [];
  return {
    pauses,
    setTimer: (delayMs, task) => {
      pauses.push(delayMs);
      task();
      return { cancel: () => undefined };
    },
  };
}

function full(retryAfterMs: number): Overloaded {
  return new Overloaded({ scope: 'session', retryAfterMs });
}

describe('retryOverloaded', () => {
  test('makes a call again once there may be room, and no sooner', async () => {
    const clock = aHastyClock();
    const answers = [() => Promise.reject(full(100)), () => Promise.resolve('done')];

    expect(await retryOverloaded(clock, () => answers.shift()!())).toBe('done');

    expect(clock.pauses).toHaveLength(1);
    expect(clock.pauses[0]).toBeGreaterThanOrEqual(100);
  });

  test('gives up after seconds, and at once where it would take longer', async () => {
    const clock = aHastyClock();
    await expect(retryOverloaded(clock, () => Promise.reject(full(0)))).rejects.toMatchObject({
      code: 'OVERLOADED',
    });
    expect(clock.pauses.reduce((sum, pauseMs) => sum + pauseMs, 0)).toBeLessThanOrEqual(5000);

    const other = aHastyClock();
    await expect(retryOverloaded(other, () => Promise.reject(full(60_000)))).rejects.toMatchObject({
      code: 'OVERLOADED',
    });
    expect(other.pauses).toEqual([]);
  });

  test('does not wait for a full store, in which waiting makes no room', async () => {
    const clock = aHastyClock();
    const storeFull = new Overloaded({ scope: 'store', reason: 'full', retryAfterMs: 10 });

    await expect(retryOverloaded(clock, () => Promise.reject(storeFull))).rejects.toBe(storeFull);

    expect(clock.pauses).toEqual([]);
  });

  test('waits for a store that only has too much to do at the moment', async () => {
    const clock = aHastyClock();
    const busy = new Overloaded({ scope: 'store', retryAfterMs: 10 });
    const answers = [() => Promise.reject(busy), () => Promise.resolve('done')];

    expect(await retryOverloaded(clock, () => answers.shift()!())).toBe('done');

    expect(clock.pauses).toHaveLength(1);
  });

  test('leaves other errors alone', async () => {
    const clock = aHastyClock();
    await expect(retryOverloaded(clock, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(clock.pauses).toEqual([]);
  });
});

describe('Patience', () => {
  test('waits for no further call once waiting was in vain', async () => {
    const clock = aHastyClock();
    const patience = new Patience(clock);
    const refused = () => Promise.reject(full(1000));
    await expect(patience.retry(refused)).rejects.toMatchObject({ code: 'OVERLOADED' });
    const paused = clock.pauses.length;

    await expect(patience.retry(refused)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await patience.retry(() => Promise.resolve('done'))).toBe('done');

    expect(paused).toBeGreaterThan(0);
    expect(clock.pauses).toHaveLength(paused);
  });

  test('waits for the next call where the one before met something else', async () => {
    const clock = aHastyClock();
    const patience = new Patience(clock);
    const storeFull = new Overloaded({ scope: 'store', reason: 'full', retryAfterMs: 10 });
    await expect(patience.retry(() => Promise.reject(storeFull))).rejects.toBe(storeFull);
    const answers = [() => Promise.reject(full(10)), () => Promise.resolve('done')];

    expect(await patience.retry(() => answers.shift()!())).toBe('done');
  });
});
