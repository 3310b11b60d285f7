import { describe, expect, test } from 'vitest';
import { StartGate } from '../../../src/api/start-gate.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';

/** A gate whose preparation the test ends. */
function aGate(): {
  readonly gate: StartGate;
  readonly prepared: () => number;
  readonly open: () => void;
  readonly fail: (error: Error) => void;
} {
  let count = 0;
  let settle: { readonly open: () => void; readonly fail: (error: Error) => void } | null = null;
  const gate = new StartGate(() => {
    count += 1;
    return new Promise<void>((resolve, reject) => {
      settle = { open: resolve, fail: reject };
    });
  });
  return {
    gate,
    prepared: () => count,
    open: () => settle?.open(),
    fail: (error) => settle?.fail(error),
  };
}

const clock = virtualClock();
const wait = { options: {}, clock };

describe('StartGate', () => {
  test('prepares once and lets calls go in the order in which they came', async () => {
    const { gate, prepared, open } = aGate();
    const seen: number[] = [];
    const calls = [1, 2, 3].map((number) => gate.run(async () => seen.push(number), wait));

    expect(seen).toEqual([]);
    open();
    await Promise.all(calls);

    expect([prepared(), seen]).toEqual([1, [1, 2, 3]]);
  });

  test('lets a call go in the same turn once it is open', async () => {
    const { gate, open } = aGate();
    const first = gate.run(async () => 'first', wait);
    open();
    await first;
    let hasRun = false;

    void gate.run(async () => {
      hasRun = true;
    }, wait);

    expect(hasRun).toBe(true);
  });

  test('lets nobody overtake those who waited', async () => {
    const { gate, open } = aGate();
    const seen: string[] = [];
    const waited = gate.run(async () => seen.push('waited'), wait);
    open();
    const late = Promise.resolve().then(() => gate.run(async () => seen.push('late'), wait));

    await Promise.all([waited, late]);

    expect(seen).toEqual(['waited', 'late']);
  });

  test('fails those who wait when preparing fails, and tries again with the next call', async () => {
    const { gate, prepared, open, fail } = aGate();
    const calls = [1, 2].map((number) => gate.run(async () => number, wait));
    fail(new Error('link down'));
    await expect(Promise.all(calls)).rejects.toThrow('link down');
    await expect(calls[1]).rejects.toThrow('link down');

    const next = gate.run(async () => 3, wait);
    open();

    expect(await next).toBe(3);
    expect(prepared()).toBe(2);
  });

  test('lets a caller give up by signal or deadline, without running its task', async () => {
    const { gate, open } = aGate();
    const controller = new AbortController();
    const seen: string[] = [];
    const run = (name: string, options: object): Promise<number> =>
      gate.run(async () => seen.push(name), { options, clock });
    const aborted = run('aborted', { signal: controller.signal });
    const expired = run('expired', { deadlineMs: clock.nowMs() + 10 });
    const patient = run('patient', { deadlineMs: clock.nowMs() + 1000 });

    const reason = new Error('the user left');
    controller.abort(reason);
    clock.advance(10);
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED', cause: reason });
    await expect(expired).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', retryable: true });
    open();
    await patient;

    expect(seen).toEqual(['patient']);
    expect(clock.msToNextTimer()).toBeNull();
  });

  test('does not even prepare for a signal that was aborted before', async () => {
    const { gate, prepared } = aGate();
    const options = { signal: AbortSignal.abort() };

    await expect(gate.run(async () => 1, { options, clock })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(prepared()).toBe(0);
  });

  test('holds a bounded number of calls', async () => {
    const { gate, open } = aGate();
    const calls = Array.from({ length: 1000 }, () => gate.run(async () => 1, wait));

    await expect(gate.run(async () => 1, wait)).rejects.toMatchObject({ code: 'OVERLOADED' });
    open();
    await Promise.all(calls);

    expect(await gate.run(async () => 2, wait)).toBe(2);
  });
});
