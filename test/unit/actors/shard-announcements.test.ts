import { describe, expect, test } from 'vitest';
import type { Announcement } from '../../../src/actors/commit-announcement.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aShard, failureOf, HeldCalls, KEY, says, settled } from './test-shard.ts';

/** A shard over a store that keeps appends back, as far as its first announced commit. */
async function anAnnouncement(): Promise<{
  readonly announcement: Announcement;
  readonly held: HeldCalls;
  readonly store: ReturnType<typeof createMemoryStore>;
}> {
  const held = new HeldCalls('append');
  const announcements: Announcement[] = [];
  const store = createMemoryStore({ clock: virtualClock() });
  const { execute } = aShard({
    store,
    writer: 'dead',
    pass: held.pass,
    announce: (announcement) => {
      announcements.push(announcement);
      return undefined;
    },
  });
  execute(says('hello'), { ticket: 7 }).catch(() => undefined);
  execute(says('and more'), { ticket: 8 }).catch(() => undefined);
  await settled();
  return { announcement: announcements[0]!, held, store };
}

describe('announcements', () => {
  test('say which records are those of which call before the append leaves', async () => {
    const { announcement, held } = await anAnnouncement();

    expect(held.count).toBe(1);
    expect(announcement.append.write).toEqual({ writer: 'dead', operation: 1 });
    expect(announcement.append.records).toHaveLength(3);
    expect(announcement.calls).toMatchObject([
      { ticket: 7, firstRecord: 0, records: 2, reply: { firstPosition: 1, length: 2 } },
      { ticket: 8, firstRecord: 2, records: 1, reply: { firstPosition: 3, length: 1 } },
    ]);
  });

  test('hold the append back until a promise is kept', async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { execute, appends } = aShard({ announce: () => opened });
    const call = execute(says('hello'), { ticket: 1 });
    await settled();
    expect(appends).toHaveLength(0);

    open();
    await call;
    expect(appends).toHaveLength(1);
  });
});

describe('Shard.resume', () => {
  test('records a commit of another shard that never left it', async () => {
    const { announcement, store } = await anAnnouncement();
    const { shard, read } = aShard({ store, isShared: true });

    const resumed = await shard.resume(announcement.append);

    expect(resumed).toMatchObject({ kind: 'recorded', firstPosition: 1 });
    expect((await read('fresh'))?.version).toBe(3);
  });

  test('finds a commit that had arrived, and does not record it again', async () => {
    const { announcement, held, store } = await anAnnouncement();
    await held.release();
    const { shard, read } = aShard({ store, isShared: true });

    const resumed = await shard.resume(announcement.append);

    expect(resumed).toMatchObject({ kind: 'recorded', firstPosition: 1 });
    expect((await read('fresh'))?.version).toBe(3);
  });

  test('keeps a copy out that arrives afterwards', async () => {
    const { announcement, held, store } = await anAnnouncement();
    const { shard, read } = aShard({ store, isShared: true });
    await shard.resume(announcement.append);

    await held.release();

    expect((await read('fresh'))?.version).toBe(3);
  });

  test('refuses a commit that was decided on what is not so any more', async () => {
    const { announcement, store } = await anAnnouncement();
    const { shard, execute, read } = aShard({ store, isShared: true });
    await execute(says('somebody was faster'));

    const resumed = await shard.resume(announcement.append);

    expect(resumed).toEqual({ kind: 'refused' });
    expect((await read('fresh'))?.version).toBe(2);
  });

  test('does not say that nothing happened when the store fails', async () => {
    const { announcement, store } = await anAnnouncement();

    const { shard, clock } = aShard({
      pass: (method, call) => (method === 'append' ? Promise.reject(new Error('broken')) : call()),
      store,
      isShared: true,
    });

    const failure = failureOf(shard.resume(announcement.append));
    for (let step = 0; step < 5; step += 1) {
      // In order: each pause begins when the try before it has failed.
      await settled();
      clock.advance(1000);
    }

    expect(await failure).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
  });

  test('goes before the calls that come after it', async () => {
    const { announcement, store } = await anAnnouncement();
    const { shard } = aShard({ store, isShared: true });

    const resumed = shard.resume(announcement.append);
    const reply = await shard.execute({ key: KEY, command: says('later') });

    expect(await resumed).toMatchObject({ firstPosition: 1 });
    expect(reply).toMatchObject({ kind: 'committed', firstPosition: 4 });
  });
});
