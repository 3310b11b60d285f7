import { describe, expect, test } from 'vitest';
import { appendUntilKnown, type KnownOutcome } from '../../../src/actors/append-retry.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { AppendParams } from '../../../src/store/store.ts';
import { runTimersUntil, virtualClock } from '../../../src/testing/virtual-clock.ts';
import { storeThrough } from '../../sim/store-through.ts';
import { scripted, type Step } from './scripted-passage.ts';

const LIMITS = { retryHorizonMs: 1000, retryFirstMs: 20, retryMaxMs: 100 };

const CREATION: AppendParams = {
  key: { tenant: 'tenant-1', sessionId: 'session-1' },
  write: { writer: 'writer-1', operation: 1 },
  known: null,
  mode: 'expected',
  records: ['1{}'],
  counters: { events: 0, messages: 0, toolCalls: 0, unpricedCalls: 0, tokens: 0, costPico: 0n },
  timeToLive: { absoluteMs: null, slidingMs: null },
};

/** Appends through the steps given; `random` 0 makes every pause half of what it may be. */
function anAppend(steps: readonly Step[], random: number = 0) {
  const clock = virtualClock();
  const startMs = clock.nowMs();
  const sentAtMs: number[] = [];
  const store = createMemoryStore({ clock });
  const through = storeThrough(() => store, scripted('append', steps));
  let retries = 0;
  const work: Promise<KnownOutcome> = appendUntilKnown(
    {
      ...through,
      append: (params) => {
        sentAtMs.push(clock.nowMs() - startMs);
        return through.append(params);
      },
    },
    CREATION,
    {
      clock,
      limits: LIMITS,
      random: () => random,
      count: () => {
        retries += 1;
      },
    },
  );
  return { outcome: runTimersUntil(clock, work), store, sentAtMs, retries: () => retries };
}

describe('appendUntilKnown', () => {
  test('answers at once when the store does', async () => {
    const { outcome, sentAtMs, retries } = anAppend([]);
    await expect(outcome).resolves.toMatchObject({ result: { kind: 'ok' }, wasDoubtful: false });
    expect({ sentAtMs, retries: retries() }).toEqual({ sentAtMs: [0], retries: 0 });
  });

  test('invariant 2: learns that a write whose answer was lost is recorded, and records it once', async () => {
    const { outcome, store } = anAppend(['lose-reply']);
    await expect(outcome).resolves.toMatchObject({
      result: { kind: 'duplicate', firstPosition: 1 },
      wasDoubtful: true,
    });
    await expect(store.head({ key: CREATION.key })).resolves.toMatchObject({ version: 1 });
  });

  test('sends a write again that did not arrive', async () => {
    const { outcome } = anAppend(['lose-request', 'lose-request']);
    await expect(outcome).resolves.toMatchObject({ result: { kind: 'ok' }, wasDoubtful: true });
  });

  test('doubles the pauses up to the longest one', async () => {
    const lost: readonly Step[] = Array.from({ length: 6 }, () => 'lose-request');
    const { outcome, sentAtMs } = anAppend(lost);
    await outcome;
    expect(sentAtMs).toEqual([0, 10, 30, 70, 120, 170, 220]);
  });

  test('spreads the pauses by up to half of them', async () => {
    const { outcome, sentAtMs } = anAppend(['lose-request'], 0.999);
    await outcome;
    expect(sentAtMs[1]).toBeGreaterThan(19);
    expect(sentAtMs[1]).toBeLessThan(20);
  });

  test('invariant 3: passes a refusal of the first copy on as it is', async () => {
    const { outcome, sentAtMs } = anAppend(['refuse']);
    await expect(outcome).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
    expect(sentAtMs).toHaveLength(1);
  });

  test('invariant 3: asks on when a later copy is refused, since the first may be recorded', async () => {
    const { outcome } = anAppend(['lose-reply', 'refuse', 'refuse']);
    await expect(outcome).resolves.toMatchObject({ result: { kind: 'duplicate' } });
  });

  test('asks on when the store has too much to do for a later copy, but not for the first one', async () => {
    const { outcome } = anAppend(['lose-reply', 'overload', 'overload']);
    await expect(outcome).resolves.toMatchObject({ result: { kind: 'duplicate' } });
    await expect(anAppend(['overload']).outcome).rejects.toMatchObject({ code: 'OVERLOADED' });
  });

  test('invariant 3: never turns doubt into a refusal', async () => {
    const steps: readonly Step[] = ['lose-reply', ...Array<Step>(100).fill('refuse')];
    await expect(anAppend(steps).outcome).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
  });

  test('gives up with an unknown outcome after the horizon', async () => {
    const { outcome, sentAtMs } = anAppend(Array<Step>(1000).fill('lose-request'));
    await expect(outcome).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME', retryable: false });
    expect(sentAtMs.at(-1)).toBeGreaterThanOrEqual(LIMITS.retryHorizonMs);
    expect(sentAtMs.at(-1)).toBeLessThan(LIMITS.retryHorizonMs + LIMITS.retryMaxMs);
  });

  test('asks three times about an error that says nothing, and then calls the outcome unknown', async () => {
    const { outcome, sentAtMs } = anAppend(Array<Step>(9).fill('break'));
    await expect(outcome).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      cause: new TypeError('something broke'),
    });
    expect(sentAtMs).toHaveLength(3);
  });

  test('counts every copy after the first', async () => {
    const { outcome, retries } = anAppend(['lose-reply', 'lose-request']);
    await outcome;
    expect(retries()).toBe(2);
  });

  test('keeps what a foreign error says out of its own message', async () => {
    const { outcome } = anAppend(Array<Step>(9).fill('break'));
    const error = await outcome.catch((reason: unknown) => reason);
    expect(String(error)).not.toContain('something broke');
    expect(error).toMatchObject({ cause: { message: 'something broke' } });
  });

  test('gives up after the horizon also when the clock is set back meanwhile', async () => {
    const clock = virtualClock();
    const sent: AppendParams[] = [];
    const store = storeThrough(
      () => createMemoryStore({ clock }),
      scripted('append', Array<Step>(100).fill('lose-request')),
    );
    const still: Clock = { nowMs: () => 0, setTimer: clock.setTimer.bind(clock) };
    const append = (params: AppendParams) => {
      sent.push(params);
      return store.append(params);
    };
    const host = { clock: still, limits: LIMITS, random: () => 0.999, count: () => undefined };
    const outcome = appendUntilKnown({ ...store, append }, CREATION, host);
    await expect(runTimersUntil(clock, outcome)).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
    });
    expect(sent.length).toBeLessThan(20);
  });
});
