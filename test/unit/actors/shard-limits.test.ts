import { describe, expect, test } from 'vitest';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import {
  aShard,
  HeldCalls,
  isOpen,
  KEY,
  says,
  settled,
  type TestShardOptions,
} from './test-shard.ts';

/** A shard whose store does not answer until it is told to. */
function aWaitingShard(options: TestShardOptions = {}) {
  const held = new HeldCalls('load', 'append');
  return { ...aShard({ ...options, pass: held.pass }), held };
}

describe('overload', () => {
  test('invariant 13: turns a session that has its fill away, and says when to come again', async () => {
    const { execute, shard } = aWaitingShard({ limits: { sessionQueue: 3 } });
    for (let count = 0; count < 3; count += 1) void execute(says(`message ${count}`));
    await expect(execute(says('one too many'))).rejects.toMatchObject({
      code: 'OVERLOADED',
      scope: 'session',
      retryAfterMs: expect.any(Number),
    });
    expect(shard.stats().queued).toBe(3);
  });

  test('turns a tenant that has its fill away, and lets others in', async () => {
    const { shard } = aWaitingShard({ limits: { tenantQueue: 2 } });
    const ask = (tenant: string, sessionId: string) =>
      shard.execute({ key: { tenant, sessionId }, command: says('hello') });
    void ask('a', 'one');
    void ask('a', 'two');
    await expect(ask('a', 'three')).rejects.toMatchObject({ code: 'OVERLOADED', scope: 'tenant' });
    expect(await isOpen(ask('b', 'one'))).toBe(true);
  });

  test('turns everybody away when the shard has its fill', async () => {
    const { shard } = aWaitingShard({ limits: { shardQueue: 1 } });
    const ask = (tenant: string) =>
      shard.execute({ key: { tenant, sessionId: 'one' }, command: says('hello') });
    void ask('a');
    await expect(ask('b')).rejects.toMatchObject({ code: 'OVERLOADED', scope: 'shard' });
  });

  test('turns content away that would not fit', async () => {
    const { execute } = aWaitingShard({ limits: { shardQueueBytes: 100 } });
    void execute(says('x'.repeat(90)));
    await expect(execute(says('x'.repeat(20)))).rejects.toMatchObject({
      code: 'OVERLOADED',
      scope: 'shard',
    });
  });

  test('counts all that a command carries, not only what is said', async () => {
    const { execute } = aWaitingShard({ limits: { shardQueueBytes: 100 } });
    void execute(aRecordCommand({ message: 'hello', metadata: { note: 'x'.repeat(90) } }));
    await expect(execute(says('x'.repeat(20)))).rejects.toMatchObject({ code: 'OVERLOADED' });
  });

  test('leaves no activation behind for a call that was turned away', async () => {
    const { shard } = aWaitingShard({ limits: { shardQueue: 0 } });
    await expect(shard.execute({ key: KEY, command: says('hello') })).rejects.toMatchObject({
      code: 'OVERLOADED',
    });
    expect(shard.stats()).toMatchObject({ activations: 0, queued: 0 });
  });

  test('gives every place back, however a call ends', async () => {
    const { execute, shard, clock, held } = aWaitingShard();
    const controller = new AbortController();
    const calls = Promise.allSettled([
      execute(says('recorded')),
      execute(says('aborted'), { signal: controller.signal }),
      execute(says('too slow'), { deadlineMs: clock.nowMs() + 10 }),
      execute(aRecordCommand({}, { create: aNewSession({ parentId: KEY.sessionId }) })),
    ]);
    controller.abort();
    clock.advance(10);
    await settled();
    await held.release();
    await held.release();
    await calls;
    expect(shard.stats().queued).toBe(0);
  });

  test('loads no more sessions at once than it may', async () => {
    const { shard, held } = aWaitingShard({ limits: { hydrations: 2 } });
    const states = Array.from({ length: 5 }, (_, index) =>
      shard.readState({ key: { tenant: 'a', sessionId: `s${index}` }, freshness: 'local' }),
    );
    await settled();
    expect(held.count).toBe(2);
    for (let count = 0; count < 5; count += 1) await held.release();
    await expect(Promise.all(states)).resolves.toHaveLength(5);
  });
});

describe('impatience', () => {
  test('W-73: records nothing of a call that was aborted before its turn', async () => {
    const { execute, held, read } = aWaitingShard();
    const controller = new AbortController();
    const first = execute(says('first'));
    const aborted = execute(says('second'), { signal: controller.signal });
    await settled();
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    await held.release();
    await held.release();
    await first;
    await expect(read()).resolves.toMatchObject({ totals: { counts: { userMessages: 1 } } });
  });

  test('invariant 3: leaves the outcome open of a call that was aborted in its turn', async () => {
    const { execute, held, read } = aWaitingShard();
    const controller = new AbortController();
    const aborted = execute(says('first'), { signal: controller.signal });
    await settled();
    await held.release();
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await held.release();
    await expect(read()).resolves.toMatchObject({ version: 2 });
  });

  test('fails a call for certain whose deadline passes while the session is loaded', async () => {
    const { execute, held, clock, appends } = aWaitingShard();
    const late = execute(says('first'), { deadlineMs: clock.nowMs() + 50 });
    await settled();
    clock.advance(50);
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await held.release();
    expect(appends).toEqual([]);
  });

  test('takes no call whose time is over already', async () => {
    const { execute, clock, calls } = aShard();
    const options = { deadlineMs: clock.nowMs() };
    await expect(execute(says('late'), options)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    const signal = AbortSignal.abort();
    await expect(execute(says('aborted'), { signal })).rejects.toMatchObject({
      code: 'ABORTED',
      cause: { name: 'AbortError' },
    });
    expect(calls).toEqual([]);
  });
});

describe('close', () => {
  test('W-73: finishes what it has and takes nothing new', async () => {
    const { execute, shard, clock, held } = aWaitingShard();
    const command = execute(says('first'));
    await settled();
    const closing = shard.close({ deadlineMs: clock.nowMs() + 1000 });
    await expect(execute(says('second'))).rejects.toMatchObject({ code: 'CLOSED' });
    expect(await isOpen(closing)).toBe(true);
    await held.release();
    await held.release();
    await expect(command).resolves.toMatchObject({ kind: 'committed' });
    await expect(closing).resolves.toBeUndefined();
  });

  test('invariant 3: says of what it cuts off whether it may be recorded', async () => {
    const { execute, shard, clock, held } = aWaitingShard();
    const running = execute(says('first'));
    await settled();
    await held.release();
    const queued = execute(says('second'));
    const closing = shard.close({ deadlineMs: clock.nowMs() + 1000 });
    clock.advance(1000);
    await closing;
    await expect(running).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await expect(queued).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('is over at once when nothing is under way', async () => {
    const { shard, clock } = aShard();
    await expect(shard.close({ deadlineMs: clock.nowMs() + 1000 })).resolves.toBeUndefined();
  });

  test('returns the same promise however often it is called', () => {
    const { shard, clock } = aShard();
    const closing = shard.close({ deadlineMs: clock.nowMs() });
    expect(shard.close({ deadlineMs: clock.nowMs() + 1000 })).toBe(closing);
  });

  test('writes the snapshots that are worth it, and leaves no timer of its own', async () => {
    const { execute, shard, clock, calls, store } = aShard({
      limits: { passivationSnapshotEvents: 2 },
    });
    await execute(says('first'));
    await settled();
    await shard.close({ deadlineMs: clock.nowMs() + 1000 });
    await store.close();
    expect(calls).toContain('saveSnapshot');
    expect(clock.msToNextTimer()).toBeNull();
  });
});
