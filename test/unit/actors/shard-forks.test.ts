import { describe, expect, test } from 'vitest';
import type { FullReply } from '../../../src/actors/envelope.ts';
import type { ForkOrigin } from '../../../src/domain/log-event.ts';
import type { SessionState } from '../../../src/domain/session-state.ts';
import { MAX_FORK_DEPTH, readLog } from '../../../src/store/log-reader.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aNewSession } from '../../lib/commands.ts';
import { storeThrough } from '../../sim/store-through.ts';
import { aShard, failureOf, KEY, says, type TestShard } from './test-shard.ts';

function originAt({ sessionId, lifeId, version }: SessionState, position = version): ForkOrigin {
  return { sessionId, lifeId, position };
}

function keyOf(sessionId: string) {
  return { tenant: KEY.tenant, sessionId };
}

function forkAs({ shard }: TestShard, sessionId: string, fork: ForkOrigin): Promise<FullReply> {
  const session = aNewSession({ fork });
  return shard.execute({ key: keyOf(sessionId), command: { type: 'create', session } });
}

/** A session of four records, its creation included. */
async function talked(here: TestShard): Promise<SessionState> {
  for (const text of ['a', 'b']) await here.execute(says(text));
  return (await here.execute(says('c'))).state;
}

async function lengthOf(store: Store, sessionId: string): Promise<number> {
  let length = 0;
  for await (const page of readLog(store, { key: keyOf(sessionId), fromPosition: 1 })) {
    length += page.length;
  }
  return length;
}

describe('forks', () => {
  test('begin from the state of their origin at the position named', async () => {
    const here = aShard();
    const origin = await talked(here);
    await expect(forkAs(here, 'fork-1', originAt(origin, 3))).resolves.toMatchObject({
      kind: 'committed',
      firstPosition: 4,
      state: { version: 4, totals: { counts: { userMessages: 2 } } },
    });
  });

  test('begin each from its own origin when two are asked for at once', async () => {
    const here = aShard();
    const origin = await talked(here);
    const key = keyOf('fork-1');
    const commands = [
      { parentId: key.sessionId, position: 4 },
      { parentId: null, position: 2 },
    ].map(({ parentId, position }) => {
      const fork = originAt(origin, position);
      return { type: 'create', session: aNewSession({ fork, parentId }) } as const;
    });
    const [own, second] = await Promise.allSettled(
      commands.map((command) => here.shard.execute({ key, command })),
    );
    expect(own).toMatchObject({ reason: { code: 'INVALID_SESSION_OPERATION' } });
    expect(second).toMatchObject({ value: { firstPosition: 3, state: { version: 3 } } });
  });

  test('begin nowhere past the end of their origin, nor before its beginning', async () => {
    const here = aShard();
    const origin = await talked(here);
    for (const position of [0, origin.version + 1]) {
      await expect(forkAs(here, 'fork-1', originAt(origin, position))).rejects.toMatchObject({
        code: 'SESSION_NOT_FOUND',
      });
    }
  });

  test('begin in the part that their origin shares with its own', async () => {
    const here = aShard();
    const first = await forkAs(here, 'first', originAt(await talked(here)));
    const second = await forkAs(here, 'second', originAt(first.state, 2));
    expect(second.state).toMatchObject({ version: 3, totals: { counts: { userMessages: 1 } } });
    await expect(lengthOf(here.store, 'second')).resolves.toBe(3);
  });

  test('are refused where they could not be read any more, and can be read up to there', async () => {
    const here = aShard();
    let { state } = await here.execute(says('first'));
    for (let depth = 1; depth <= MAX_FORK_DEPTH; depth += 1) {
      // In order: each is a fork of the one before.
      state = (await forkAs(here, `fork-${depth}`, originAt(state))).state;
    }
    await expect(forkAs(here, 'too-deep', originAt(state))).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
    await expect(here.store.head({ key: keyOf('too-deep') })).resolves.toBeNull();
    await expect(lengthOf(here.store, `fork-${MAX_FORK_DEPTH}`)).resolves.toBe(state.version);
    const later = aShard({ store: here.store, clock: here.clock });
    const key = keyOf(`fork-${MAX_FORK_DEPTH}`);
    await expect(later.shard.readState({ key, freshness: 'fresh' })).resolves.toEqual(state);
  });

  test.each(['origin', 'origin of the origin'])(
    'are not laid over another session that has the id of their %s',
    async (replaced) => {
      const here = aShard();
      const origin = await talked(here);
      const first = await forkAs(here, 'first', originAt(origin));
      const second = await forkAs(here, 'second', originAt(first.state, 2));
      const goneKey = replaced === 'origin' ? keyOf('first') : KEY;
      await here.store.remove({ key: goneKey });
      here.shard.forget(goneKey);
      await here.shard.execute({ key: goneKey, command: says("somebody else's") });
      for (const text of ['x', 'y', 'z']) {
        await here.shard.execute({ key: goneKey, command: says(text) });
      }
      const notFound = { code: 'SESSION_NOT_FOUND', sessionId: goneKey.sessionId };
      await expect(lengthOf(here.store, 'second')).rejects.toMatchObject(notFound);
      await expect(forkAs(here, 'third', originAt(second.state))).rejects.toMatchObject(notFound);
      const later = aShard({ store: here.store, clock: here.clock });
      const key = keyOf('second');
      const read = failureOf(later.shard.readState({ key, freshness: 'fresh' }));
      await expect(read).resolves.toMatchObject(notFound);
    },
  );

  test('are not created from another session that took the id of the one they name', async () => {
    const here = aShard();
    const origin = await talked(here);
    await here.store.remove({ key: KEY });
    here.shard.forget(KEY);
    await talked(here);
    await expect(forkAs(here, 'fork-1', originAt(origin))).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
      sessionId: KEY.sessionId,
    });
  });
});

describe('the state a fork begins from', () => {
  test('is folded from the newest snapshot when that is not newer', async () => {
    const clock = virtualClock();
    const { store, recordsRead } = aCountingStore(clock);
    const here = aShard({ clock, store, limits: { snapshotEvents: 10 } });
    for (let count = 0; count < 40; count += 1) await here.execute(says(`message ${count}`));
    const { state } = await here.execute(says('last'));
    const before = recordsRead();
    const forked = await forkAs(here, 'fork-1', originAt(state));
    expect(forked.state).toMatchObject({ version: 43, totals: { counts: { userMessages: 41 } } });
    expect(recordsRead() - before).toBeLessThan(5);
  });

  test('is folded from the log when every snapshot is newer', async () => {
    const here = aShard({ limits: { snapshotEvents: 10 } });
    for (let count = 0; count < 40; count += 1) await here.execute(says(`message ${count}`));
    const { state } = await here.execute(says('last'));
    const forked = await forkAs(here, 'fork-1', originAt(state, 6));
    expect(forked.state).toMatchObject({ version: 7, totals: { counts: { userMessages: 5 } } });
  });

  test('takes no more from after the snapshot than is shared', async () => {
    const here = aShard({ limits: { snapshotEvents: 10 } });
    for (let count = 0; count < 10; count += 1) await here.execute(says(`message ${count}`));
    await expect(here.store.load({ key: KEY })).resolves.toMatchObject({
      snapshot: { point: { version: 10 } },
    });
    for (let count = 0; count < 5; count += 1) await here.execute(says(`more ${count}`));
    const { state } = await here.execute(says('last'));
    const forked = await forkAs(here, 'fork-1', originAt(state, 13));
    expect(forked.state).toMatchObject({ version: 14, totals: { counts: { userMessages: 12 } } });
  });
});

/** A store that counts the records it reads pages of. */
function aCountingStore(clock: VirtualClock) {
  const inner = createMemoryStore({ clock });
  let records = 0;
  const through = storeThrough(
    () => inner,
    (_, call) => call(),
  );
  const store: Store = {
    ...through,
    read: async (params) => {
      const page = await inner.read(params);
      records += page?.records.length ?? 0;
      return page;
    },
  };
  return { store, recordsRead: () => records };
}
