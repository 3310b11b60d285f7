import { describe, expect, test } from 'vitest';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { aShard, KEY, says, settled, type TestShardOptions } from './test-shard.ts';

/** A session with some history, in a shard that lets go of it as soon as it is idle. */
async function aForgetfulShard(options: TestShardOptions = {}) {
  const parts = aShard({ ...options, limits: { activationBytes: 0, ...options.limits } });
  await parts.execute(says('first'));
  await settled();
  return parts;
}

describe('passivation', () => {
  test('lets go of what does not fit the byte budget', async () => {
    const { shard } = await aForgetfulShard();
    expect(shard.stats()).toMatchObject({ activations: 0, activationBytes: 0 });
  });

  test('lets go of the sessions that were used least recently', async () => {
    const { shard } = aShard({ limits: { activationBytes: 4000 } });
    const keys = ['a', 'b', 'c', 'd'].map((sessionId) => ({ tenant: 'tenant-1', sessionId }));
    for (const key of keys) {
      await shard.execute({ key, command: says('hello') });
      await settled();
    }
    const { activations, activationBytes } = shard.stats();
    expect(activations).toBeGreaterThan(0);
    expect(activations).toBeLessThan(keys.length);
    expect(activationBytes).toBeLessThanOrEqual(4000);
  });

  test('lets go of what was idle for the time set, at the next scan', async () => {
    const { shard, execute, clock } = aShard({ limits: { idleTimeoutMs: 500, idleScanMs: 100 } });
    await execute(says('first'));
    await settled();
    clock.advance(500);
    expect(shard.stats().activations).toBe(1);
    clock.advance(100);
    expect(shard.stats().activations).toBe(0);
  });

  test('keeps what is used again and again', async () => {
    const { shard, execute, clock } = aShard({ limits: { idleTimeoutMs: 500, idleScanMs: 100 } });
    for (let round = 0; round < 10; round += 1) {
      await execute(says(`message ${round}`));
      await settled();
      clock.advance(300);
    }
    expect(shard.stats().activations).toBe(1);
  });

  test('invariant 14: is invisible, except that the session is loaded again', async () => {
    const { execute, read, calls } = await aForgetfulShard();
    const before = await read();
    await settled();
    const reply = await execute(says('second'));
    expect(reply).toMatchObject({ kind: 'committed', firstPosition: 3, state: { version: 3 } });
    expect(before).toMatchObject({ version: 2 });
    expect(calls.filter((method) => method === 'load').length).toBe(3);
  });

  test('never takes a session whose turn is under way', async () => {
    const { shard, execute, clock } = aShard({ limits: { idleTimeoutMs: 0, activationBytes: 0 } });
    const command = execute(says('first'));
    clock.advance(60_000);
    shard.passivateIdle();
    expect(shard.stats().activations).toBe(1);
    await expect(command).resolves.toMatchObject({ kind: 'committed' });
  });
});

describe('an id that leads nowhere', () => {
  test('C-99: leaves neither an activation nor a session behind', async () => {
    const { shard, store } = aShard();
    const keys = Array.from({ length: 50 }, (_, index) => ({
      tenant: KEY.tenant,
      sessionId: `unknown-${index}`,
    }));
    const states = await Promise.all(
      keys.map((key) => shard.readState({ key, freshness: 'fresh' })),
    );
    await settled();
    expect(states.every((state) => state === null)).toBe(true);
    expect(shard.stats()).toMatchObject({ activations: 0, queued: 0 });
    await expect(store.stats()).resolves.toMatchObject({ sessions: 0 });
  });

  test('leaves no activation behind when a command is refused', async () => {
    const { shard, execute } = aShard();
    await expect(execute(aRecordCommand())).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    await settled();
    expect(shard.stats().activations).toBe(0);
  });
});

describe('forget', () => {
  test('drops an idle session at once', async () => {
    const { shard, execute } = aShard();
    await execute(says('first'));
    await settled();
    shard.forget(KEY);
    expect(shard.stats().activations).toBe(0);
  });

  test('W-04: serves nothing of a session that was removed while a commit was under way', async () => {
    const { shard, execute, store, read } = aShard();
    await execute(says('first'));
    const command = execute(says('second'));
    await store.remove({ key: KEY });
    shard.forget(KEY);
    const states = await Promise.all([read('local'), read('fresh')]);
    await expect(command).resolves.toMatchObject({
      state: { totals: { counts: { userMessages: 1 } } },
    });
    expect(states[0]?.totals.counts.userMessages).toBe(1);
    await store.remove({ key: KEY });
    shard.forget(KEY);
    await expect(read('local')).resolves.toBeNull();
  });

  test('does not mind a session that is not here', () => {
    const { shard } = aShard();
    shard.forget(KEY);
    expect(shard.stats().activations).toBe(0);
  });
});

describe('expiry', () => {
  const timeToLive = { absoluteMs: null, slidingMs: 1000 };

  test('an expired session is not served from the cache', async () => {
    const { execute, read, clock } = aShard({ timeToLive });
    await execute(says('first'));
    clock.advance(999);
    await expect(read('local')).resolves.toMatchObject({ version: 2 });
    clock.advance(1);
    await expect(read('local')).resolves.toBeNull();
  });

  test('C-98: a new session takes the place of an expired one', async () => {
    const { execute, clock } = aShard({ timeToLive });
    await execute(says('first'));
    clock.advance(1000);
    await expect(execute(says('second'))).resolves.toMatchObject({
      firstPosition: 1,
      state: { totals: { counts: { userMessages: 1 } } },
    });
  });

  test('W-13: every write puts the expiry off', async () => {
    const { execute, read, clock } = aShard({ timeToLive });
    await execute(says('first'));
    for (let round = 0; round < 5; round += 1) {
      clock.advance(900);
      await execute(says(`message ${round}`));
    }
    await expect(read('local')).resolves.toMatchObject({ version: 7 });
  });
});

describe('snapshots', () => {
  async function record(count: number, options: TestShardOptions = {}) {
    const parts = aShard(options);
    await parts.execute({ type: 'create', session: aNewSession() });
    for (let index = 1; index < count; index += 1) await parts.execute(says(`message ${index}`));
    await settled();
    return parts;
  }

  test('are taken every so many events', async () => {
    const { calls } = await record(12, { limits: { snapshotEvents: 5 } });
    expect(calls.filter((method) => method === 'saveSnapshot')).toHaveLength(2);
  });

  test('are taken on passivation when enough came since the last one', async () => {
    const limits = { idleTimeoutMs: 0, idleScanMs: 100 };
    const few = await record(3, { limits: { ...limits, passivationSnapshotEvents: 4 } });
    const enough = await record(4, { limits: { ...limits, passivationSnapshotEvents: 4 } });
    for (const { clock } of [few, enough]) clock.advance(200);
    expect(few.calls).not.toContain('saveSnapshot');
    expect(enough.calls).toContain('saveSnapshot');
  });

  test('spare the next process the beginning of the log', async () => {
    const { store, read } = await record(10, { limits: { snapshotEvents: 5 } });
    const loaded = await store.load({ key: KEY });
    expect(loaded).toMatchObject({
      snapshot: { point: { version: 10 } },
      tail: { firstPosition: 11, records: [] },
    });
    const other = aShard({ store, writer: 'writer-2' });
    expect(await other.read()).toEqual(await read());
    expect(other.calls).toEqual(['load']);
  });

  test('that nobody can read cost time, never data', async () => {
    const { store, read } = await record(6);
    const loaded = await store.load({ key: KEY });
    if (loaded.kind !== 'found') throw new Error('the session is not there');
    await store.saveSnapshot({ key: KEY, snapshot: { point: loaded.point, body: '1{"broken":' } });
    const other = aShard({ store, writer: 'writer-2' });
    expect(await other.read()).toEqual(await read());
    expect(other.calls).toContain('read');
  });

  test('that cannot be written are counted and change nothing else', async () => {
    const { shard, read } = await record(6, {
      limits: { snapshotEvents: 5 },
      pass: (method, call) =>
        method === 'saveSnapshot' ? Promise.reject(new Error('disk full')) : call(),
    });
    expect(shard.stats().failedSnapshots).toBe(1);
    await expect(read()).resolves.toMatchObject({ version: 6 });
  });
});
