import { describe, expect, test } from 'vitest';
import { type Pagefold, StorageError, type Store } from '../../../src/index.ts';
import { sweepLater } from './a-cut-off-store.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aWatchedStore, isAppendTo, linkDown, type StoreCall } from './a-watched-store.ts';

const isCreation = isAppendTo('fork');

function isTakingBack({ name, params }: StoreCall): boolean {
  return name === 'remove' && params.key?.sessionId === 'fork';
}

async function idsIn(pagefold: Pagefold): Promise<readonly string[]> {
  return (await pagefold.listSessions()).heads.map(({ key }) => key.sessionId).toSorted();
}

/** Somebody deletes the origin right behind the creation of a fork, which then cannot be taken back. */
async function orphaned(
  beforeDeletion: (other: Pagefold) => Promise<unknown> = async () => undefined,
): Promise<{ readonly store: Store; readonly other: Pagefold; readonly outcome: unknown }> {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('origin', { userId: 'u' }).userSays('secret');
  const watched = aWatchedStore(store, async (call) => {
    if (isTakingBack(call)) throw linkDown();
    const answer = await call.run();
    if (isCreation(call)) {
      await beforeDeletion(other);
      await other.session('origin').delete();
    }
    return answer;
  });
  const pagefold = await aPagefold({ store: watched, onWarning: () => undefined });
  const [outcome] = await Promise.allSettled([
    pagefold.session('origin').fork({ sessionId: 'fork' }),
  ]);
  return { store, other, outcome };
}

describe('a fork whose origin goes while it is made', () => {
  test('W-17: is of unknown outcome when it cannot be taken back', async () => {
    const { other, outcome } = await orphaned();

    expect(await idsIn(other)).toEqual(['fork']);
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'UNKNOWN_OUTCOME', cause: { code: 'SESSION_NOT_FOUND' } },
    });
  });

  test('W-17: is taken back by a sweep when its call could not', async () => {
    const { store, other } = await orphaned();

    await sweepLater(store);

    expect(await idsIn(other)).toEqual([]);
    expect((await store.stats()).outboxEntries).toBe(0);
    await other.session('fork').userSays('the id is free');
  });

  test('W-17: is taken back by a sweep when it was created after its call had ended', async () => {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('origin').userSays('hello');
    let late: () => Promise<unknown> = async () => undefined;
    const watched = aWatchedStore(store, async (call) => {
      if (!isCreation(call)) return call.run();
      late = call.run;
      throw new StorageError({ code: 'UNKNOWN_OUTCOME', operation: 'append', backend: 'test' });
    });
    const pagefold = await aPagefold({
      store: watched,
      limits: { retryHorizonMs: 1, retryFirstMs: 1, retryMaxMs: 1 },
    });
    await expect(pagefold.session('origin').fork({ sessionId: 'fork' })).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
    });
    await other.session('origin').delete();
    await late();
    expect(await idsIn(other)).toEqual(['fork']);

    await sweepLater(store);

    expect(await idsIn(other)).toEqual([]);
  });

  test('W-17: stays with what others were told is recorded in it, also after a sweep', async () => {
    const { store, other } = await orphaned((others) => others.session('fork').userSays('mine'));

    await sweepLater(store);

    expect(await idsIn(other)).toEqual(['fork']);
    const lines = await collect((await aPagefold({ store })).session('fork').export());
    expect(lines.join('')).toContain('mine');
  });

  test('W-17: is linked by a sweep where the origin is there, and keeps it', async () => {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('origin').userSays('hello');
    let isDown = false;
    const watched = aWatchedStore(store, async (call) => {
      if (isDown) throw linkDown();
      const answer = await call.run();
      isDown = isCreation(call);
      return answer;
    });
    const pagefold = await aPagefold({ store: watched, limits: { retryHorizonMs: 1 } });
    await expect(pagefold.session('origin').fork({ sessionId: 'fork' })).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
    });

    await sweepLater(store);

    expect(await other.session('origin').family.childIds()).toEqual(['fork']);
    await expect(other.session('origin').delete()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
    isDown = false;
  });
});

describe('a sweep that comes to the link of a plain child', () => {
  /** A child whose parent was not told of it any more. */
  async function anUnlistedChild(): Promise<{ readonly store: Store; readonly other: Pagefold }> {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('parent').userSays('hello');
    let isDown = false;
    const watched = aWatchedStore(store, async (call) => {
      if (isDown && call.name !== 'close') throw linkDown();
      const answer = await call.run();
      isDown ||= isAppendTo('child')(call);
      return answer;
    });
    const limits = { retryHorizonMs: 1 };
    const pagefold = await aPagefold({ store: watched, limits, onWarning: () => undefined });
    await pagefold.session('child', { parentId: 'parent' }).userSays('x');
    return { store, other };
  }

  test('does not ask how it was created', async () => {
    const { store, other } = await anUnlistedChild();
    expect(await other.session('parent').family.childIds()).toEqual([]);
    const names: string[] = [];
    const watched = aWatchedStore(store, async ({ name, run }) => {
      names.push(name);
      return run();
    });

    await sweepLater(watched);

    expect(names).not.toContain('read');
    expect(await other.session('parent').family.childIds()).toEqual(['child']);
    expect((await store.stats()).outboxEntries).toBe(0);
  });

  test('ends it where the parent is gone, also when its first record cannot be decoded', async () => {
    const { store, other } = await anUnlistedChild();
    await other.session('parent').delete();
    const damaged = aWatchedStore(store, async ({ name, run }) => {
      const answer = await run();
      return name === 'read' ? Object.assign({}, answer, { records: ['nothing'] }) : answer;
    });

    await sweepLater(damaged);

    expect(await other.session('child').family.parentId()).toBeNull();
    expect((await store.stats()).outboxEntries).toBe(0);
  });
});

describe('a fork that takes the id of one that has gone, while its origin is removed', () => {
  /** Removes the origin of a fork that has gone and is listed still; another one is made before one of the looks at it. */
  async function removedAtLook(
    number: number,
    children: 'detach' | 'cascade',
  ): Promise<{ readonly other: Pagefold; readonly outcome: unknown; readonly isForked: boolean }> {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('origin').userSays('hello');
    await other.session('origin').fork({ sessionId: 'fork' });
    await store.remove({ key: { tenant: 'default', sessionId: 'fork' } });
    let looks = 0;
    const watched = aWatchedStore(store, async (call) => {
      looks += call.params.key?.sessionId === 'fork' ? 1 : 0;
      if (looks !== number) return call.run();
      looks += 1;
      await other.session('origin').fork({ sessionId: 'fork' });
      return call.run();
    });
    const pagefold = await aPagefold({ store: watched });
    const [outcome] = await Promise.allSettled([pagefold.session('origin').delete({ children })]);
    return { other, outcome, isForked: looks > number };
  }

  test.each(['detach', 'cascade'] as const)(
    'W-17: keeps it, or goes along, whenever it is made: %s',
    async (children) => {
      for (let number = 1; ; number += 1) {
        // In order: until the removal looks no more.
        const { other, outcome, isForked } = await removedAtLook(number, children);
        if (!isForked) return;
        const isKept = children === 'detach';
        expect([number, outcome]).toMatchObject([
          number,
          isKept
            ? { status: 'rejected', reason: { code: 'INVALID_SESSION_OPERATION' } }
            : { status: 'fulfilled' },
        ]);
        expect([number, await idsIn(other)]).toEqual([number, isKept ? ['fork', 'origin'] : []]);
        const named = isKept ? ['fork'] : [];
        expect([number, await other.session('origin').family.childIds()]).toEqual([number, named]);
      }
    },
  );
});

describe('a fork whose origin is gone', () => {
  /** Forks of forks, of which the store lost the first session. */
  async function anOrphan(): Promise<{ readonly store: Store; readonly pagefold: Pagefold }> {
    const store = aStore();
    const before = await aPagefold({ store });
    await before.session('origin', { userId: 'u' }).userSays('secret');
    const fork = await before.session('origin').fork({ sessionId: 'fork' });
    await fork.userSays('of the fork');
    await fork.fork({ sessionId: 'nested' });
    await before.session('plain', { parentId: 'nested' }).userSays('plain');
    await store.remove({ key: { tenant: 'default', sessionId: 'origin' } });
    return { store, pagefold: await aPagefold({ store }) };
  }

  test.each(['delete', 'erase'] as const)(
    'can be removed, after the forks of it, by %s',
    async (operation) => {
      const { pagefold } = await anOrphan();
      await expect(pagefold.session('fork').getConversation()).rejects.toMatchObject({
        code: 'SESSION_NOT_FOUND',
        sessionId: 'origin',
      });

      for (const options of [{}, { children: 'cascade' as const }])
        await expect(pagefold.session('fork')[operation](options)).rejects.toThrow(
          'remove its child nested first',
        );
      await pagefold.session('nested')[operation]();
      await pagefold.session('fork')[operation]();

      expect(await idsIn(pagefold)).toEqual(['plain']);
      expect(await pagefold.session('plain').family.parentId()).toBeNull();
      await pagefold.session('fork').userSays('the id is free');
    },
  );

  test('counts in the receipt of its erasure as one that was read', async () => {
    const { pagefold } = await anOrphan();

    expect(await pagefold.session('nested').erase()).toEqual({
      sessions: 1,
      records: 2,
      artifacts: 0,
    });
  });

  test('is removed by nobody but its user', async () => {
    const { pagefold } = await anOrphan();

    await expect(pagefold.session('nested', { userId: 'v' }).delete()).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_SESSION_OPERATION|SESSION_NOT_FOUND/) as string,
    });
    expect(await idsIn(pagefold)).toContain('nested');
    await pagefold.session('nested', { userId: 'u' }).delete();
    expect(await idsIn(pagefold)).not.toContain('nested');
  });
});
