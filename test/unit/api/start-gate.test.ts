import { describe, expect, test } from 'vitest';
import { StartGate } from '../../../src/api/start-gate.ts';
import { Overloaded } from '../../../src/domain/errors.ts';
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

describe('places at a StartGate', () => {
  /** A gate with room for so many calls behind the first one. */
  function aNarrowGate(room: number) {
    const taken: number[] = [];
    let open = (): void => undefined;
    const prepared: number[] = [];
    const gate = new StartGate(
      (length) => {
        prepared.push(length);
        return new Promise((resolve) => (open = resolve));
      },
      ({ length }) => {
        if (taken.length >= room) throw new Overloaded({ scope: 'tenant', retryAfterMs: 1 });
        taken.push(length);
        return () => taken.splice(taken.indexOf(length), 1);
      },
    );
    return { gate, taken, prepared, open: () => open() };
  }

  const ofLength = (length: number) => ({ ...wait, length: () => length });

  test('are taken for every call behind the first, and given back before the call goes on', async () => {
    const { gate, taken, prepared, open } = aNarrowGate(2);
    const seen: number[] = [];
    const task = async (): Promise<number> => seen.push(taken.length);
    const calls = [gate.run(task, ofLength(5)), gate.run(task, ofLength(6))];
    calls.push(gate.run(task, ofLength(7)));

    await expect(gate.run(task, ofLength(8))).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect([prepared, taken]).toEqual([[5], [6, 7]]);
    open();
    await Promise.all(calls);

    expect(seen).toEqual([2, 1, 0]);
  });

  test('are given back by a call that gives up', async () => {
    const { gate, taken } = aNarrowGate(1);
    const abort = new AbortController();
    void gate.run(async () => 1, wait);
    const call = gate.run(async () => 2, { ...wait, options: { signal: abort.signal } });

    abort.abort();

    await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
    expect(taken).toEqual([]);
  });
});
