import { describe, expect, test } from 'vitest';
import { MovableExecutor } from '../../../src/runtime/movable-executor.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';
import {
  aShard,
  failureOf,
  HeldCalls,
  isOpen,
  KEY,
  says,
  settled,
  type TestShardOptions,
} from '../actors/test-shard.ts';

const TIMEOUT_MS = 5000;

/** Sessions in one shard whose appends are held back, and another shard over the same store to move them to. */
function moving(options: TestShardOptions = {}) {
  const clock = virtualClock();
  const store = createMemoryStore({ clock });
  const held = new HeldCalls('append');
  const from = aShard({ ...options, clock, store, pass: held.pass, writer: 'writer-1' });
  const to = aShard({ clock, store, writer: 'writer-2' });
  const executor = new MovableExecutor(from.shard, clock);
  const execute = (message: string, callOptions = {}) =>
    executor.execute({ key: KEY, command: says(message), options: callOptions });
  return { clock, held, from, to, executor, execute };
}

describe('sessions on their way to another executor', () => {
  test('has calls that come meanwhile wait for those under way, and keeps their order', async () => {
    const { held, from, to, executor, execute } = moving();
    const first = execute('first');
    await settled();
    const move = executor.moveTo(to.shard, TIMEOUT_MS);
    const later = ['second', 'third'].map((text) => execute(text));
    const read = executor.readState({ key: KEY, freshness: 'local' });
    await settled();
    expect(to.appends).toHaveLength(0);

    await held.release();
    expect(await move).toBe(true);
    const replies = await Promise.all([first, ...later]);
    expect(replies.map((reply) => reply.kind)).toEqual(Array(3).fill('committed'));
    expect((await read)?.totals.counts.userMessages).toBe(3);
    expect(from.appends).toHaveLength(1);
    expect(executor.stats()).toMatchObject({ commands: 3, queued: 0 });
  });

  test('stays where it is when calls under way take too long, and loses none', async () => {
    const { clock, held, from, to, executor, execute } = moving();
    const first = execute('first');
    await settled();
    const move = executor.moveTo(to.shard, TIMEOUT_MS);
    const second = execute('second');
    clock.advance(TIMEOUT_MS);

    expect(await move).toBe(false);
    await held.release();
    await held.release();
    expect(await Promise.all([first, second])).toHaveLength(2);
    expect(from.appends).toHaveLength(2);
    expect(await failureOf(to.execute(says('late')))).toMatchObject({ code: 'CLOSED' });
  });

  test('takes a call back that waits when its deadline passes or its signal is aborted', async () => {
    const { clock, held, to, executor, execute } = moving();
    const first = execute('first');
    await settled();
    const move = executor.moveTo(to.shard, TIMEOUT_MS);
    const controller = new AbortController();
    const aborted = failureOf(execute('aborted', { signal: controller.signal }));
    const late = failureOf(execute('late', { deadlineMs: clock.nowMs() + 10 }));
    const refused = failureOf(execute('refused', { deadlineMs: clock.nowMs() }));
    controller.abort();
    clock.advance(10);

    expect(await aborted).toMatchObject({ code: 'ABORTED' });
    expect(await late).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await refused).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(executor.stats().queued).toBe(1);
    await held.release();
    await Promise.all([move, first]);
    expect((await to.read())?.totals.counts.userMessages).toBe(1);
  });

  test('bounds what waits', async () => {
    const { held, to, executor, execute } = moving({ limits: { tenantQueue: 2 } });
    const first = execute('first');
    await settled();
    const move = executor.moveTo(to.shard, TIMEOUT_MS);
    const second = execute('second');

    expect(await failureOf(execute('third'))).toMatchObject({ code: 'OVERLOADED' });
    await held.release();
    await Promise.all([move, first, second]);
    expect((await to.read())?.totals.counts.userMessages).toBe(2);
  });

  test('gives the move up when it is closed, and finishes what it had taken', async () => {
    const { clock, held, from, to, executor, execute } = moving();
    const first = execute('first');
    await settled();
    const move = executor.moveTo(to.shard, TIMEOUT_MS);
    const second = execute('second');
    const closed = executor.close({ deadlineMs: clock.nowMs() + 1000 });

    expect(await move).toBe(false);
    expect(await isOpen(closed)).toBe(true);
    await held.release();
    await held.release();
    await closed;
    expect(await Promise.all([first, second])).toHaveLength(2);
    expect(from.appends).toHaveLength(2);
    expect(await executor.moveTo(aShard({ clock }).shard, TIMEOUT_MS)).toBe(false);
  });

  test('refuses to move twice at once', async () => {
    const { held, to, executor, execute } = moving();
    const first = execute('first');
    await settled();
    const move = executor.moveTo(to.shard, TIMEOUT_MS);

    await expect(executor.moveTo(to.shard, TIMEOUT_MS)).rejects.toThrow('on their way already');
    await held.release();
    expect(await move).toBe(true);
    await first;
  });

  test('gives a place back where it was taken', async () => {
    const { held, from, to, executor, execute } = moving();
    const giveBack = executor.reserve({ key: KEY, length: 1, waiting: 0 });
    const first = execute('first');
    await settled();
    const move = executor.moveTo(to.shard, TIMEOUT_MS);
    await held.release();
    await Promise.all([move, first]);
    giveBack();

    expect(from.shard.stats().queued).toBe(0);
    expect(to.shard.stats().queued).toBe(0);
  });
});
