import { describe, expect, test } from 'vitest';
import { Overloaded, type Pagefold, type Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aStoreWith, aWatchedStore, type StoreCall } from './a-watched-store.ts';

/** Sessions, each with whom it belongs to and its parent; forks are of the parent. */
interface Planted {
  readonly userId?: string;
  readonly parentId?: string;
  readonly isFork?: boolean;
}

async function planted(
  sessions: Readonly<Record<string, Planted>>,
): Promise<{ readonly store: Store; readonly other: Pagefold }> {
  const store = aStore();
  const other = await aPagefold({ store });
  for (const [sessionId, { userId, parentId = null, isFork = false }] of Object.entries(sessions)) {
    const owner = userId === undefined ? {} : { userId };
    // In order: a parent comes before its children.
    if (isFork && parentId !== null)
      await other.session(parentId).fork({ sessionId, metadata: { user_id: userId ?? 'nobody' } });
    else await other.session(sessionId, { ...owner, parentId }).userSays('x');
  }
  return { store, other };
}

function needsRoom({ name, params }: StoreCall): boolean {
  return name === 'append' || (name === 'settleOutbox' && params.mode === 'add');
}

/** A runtime whose store has no room, what it warned of, and which logs it could not write; `hasRoom` says when there is some after all. */
async function onFull(
  store: Store,
  hasRoom: () => boolean = () => false,
): Promise<{ readonly pagefold: Pagefold; readonly told: string[]; readonly refused: string[] }> {
  const told: string[] = [];
  const refused: string[] = [];
  const full = aWatchedStore(store, async (call) => {
    if (!needsRoom(call) || hasRoom()) return call.run();
    if (call.name === 'append') refused.push(call.params.key?.sessionId ?? '');
    throw new Overloaded({ scope: 'store', reason: 'full', retryAfterMs: 1000 });
  });
  const pagefold = await aPagefold({
    store: full,
    onWarning: ({ code, sessionId }) => told.push(`${code} ${sessionId ?? ''}`.trim()),
  });
  return { pagefold, told, refused };
}

async function idsIn(pagefold: Pagefold): Promise<readonly string[]> {
  return (await pagefold.listSessions()).heads.map(({ key }) => key.sessionId).toSorted();
}

const CHAIN = {
  root: {},
  kid: { parentId: 'root' },
  grandkid: { parentId: 'kid' },
} as const;

describe('the erasure of a user from a full store', () => {
  const ofUser = { userId: 'u' };

  test('takes sessions that are linked with each other', async () => {
    const { store, other } = await planted({
      parent: ofUser,
      child: { ...ofUser, parentId: 'parent' },
      grandchild: { ...ofUser, parentId: 'child' },
      single: ofUser,
    });
    const { pagefold, told } = await onFull(store);

    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(receipt).toMatchObject({ sessions: 4 });
    expect(await idsIn(other)).toEqual([]);
    // A relative that went as well needs to be told nothing; the reminders had no room.
    expect(new Set(told)).toEqual(new Set(['FOLLOW_UP_FAILED']));
  });

  test('takes a session whose child has gone, which is still in its list', async () => {
    const { store, other } = await planted({
      parent: ofUser,
      child: { ...ofUser, parentId: 'parent' },
    });
    const { pagefold } = await onFull(store);
    await pagefold.session('child').delete();
    expect(await other.session('parent').family.childIds()).toEqual(['child']);

    await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(await idsIn(other)).toEqual([]);
  });

  test('takes forks along, whoever made them and whatever is below them', async () => {
    const { store, other } = await planted({
      mine: ofUser,
      fork: { userId: 'v', parentId: 'mine', isFork: true },
      nested: { userId: 'w', parentId: 'fork', isFork: true },
      plain: { parentId: 'nested' },
    });
    const { pagefold } = await onFull(store);

    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(receipt).toMatchObject({ sessions: 3 });
    expect(await idsIn(other)).toEqual(['plain']);
  });

  test('says which relatives of others it could not tell, and those can be used on', async () => {
    const { store, other } = await planted({
      boss: {},
      mine: { ...ofUser, parentId: 'boss' },
      child: { parentId: 'mine' },
    });
    const { pagefold, told } = await onFull(store);

    await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(await idsIn(other)).toEqual(['boss', 'child']);
    expect(told.slice(-2).toSorted()).toEqual(['FOLLOW_UP_FAILED boss', 'FOLLOW_UP_FAILED child']);
    await other.session('child').userSays('on');
    expect(await other.session('child').getConversation()).toHaveLength(2);
    expect(await other.session('child').family.ancestors()).toEqual([]);
    expect(await other.session('boss').family.descendants()).toEqual([]);
    await other.session('boss').delete();
    expect(await idsIn(other)).toEqual(['child']);
  });

  test('tells relatives of others once there is room again', async () => {
    const { store, other } = await planted({
      boss: {},
      mine: { ...ofUser, parentId: 'boss' },
      child: { parentId: 'mine' },
    });
    let isGone = false;
    const watched = aStoreWith(store, {
      isMeant: ({ name, params }) => name === 'erase' && params.scope?.key?.sessionId === 'mine',
      after: async () => {
        isGone = true;
      },
    });
    const { pagefold, told } = await onFull(watched, () => isGone);

    await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(await other.session('child').family.parentId()).toBeNull();
    expect(await other.session('boss').family.childIds()).toEqual([]);
    expect(told.filter((warning) => warning !== 'FOLLOW_UP_FAILED')).toEqual([]);
    expect((await store.stats()).outboxEntries).toBe(0);
  });
});

describe('a removal from a store that has too much to do for a moment', () => {
  /** A runtime on whose store this happens to the next so many calls that write to the log of the session, and what it warned of. */
  async function onBusy(
    store: Store,
    refusals: Readonly<Record<string, number>>,
  ): Promise<{ readonly pagefold: Pagefold; readonly told: string[] }> {
    const left = new Map(Object.entries(refusals));
    const told: string[] = [];
    const busy = aWatchedStore(store, async (call) => {
      const name = call.name === 'append' ? (call.params.key?.sessionId ?? '') : call.name;
      const count = left.get(name) ?? 0;
      if (count === 0) return call.run();
      left.set(name, count - 1);
      throw new Overloaded({ scope: 'store', retryAfterMs: 1 });
    });
    const pagefold = await aPagefold({ store: busy, onWarning: ({ code }) => told.push(code) });
    return { pagefold, told };
  }

  test('tells all relatives of what an erasure takes', async () => {
    const { store, other } = await planted({
      boss: {},
      mine: { userId: 'u', parentId: 'boss' },
      child: { parentId: 'mine' },
    });
    const { pagefold, told } = await onBusy(store, { boss: 2, child: 2 });

    await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(told).toEqual([]);
    expect(await other.session('child').family.parentId()).toBeNull();
    expect(await other.session('boss').family.childIds()).toEqual([]);
  });

  test('leaves the reminder for the parent, and takes the session out of its list', async () => {
    const { store, other } = await planted({ boss: {}, mine: { parentId: 'boss' } });
    const { pagefold, told } = await onBusy(store, { settleOutbox: 2, boss: 2 });

    await pagefold.session('mine').delete();

    expect(told).toEqual([]);
    expect(await other.session('boss').family.childIds()).toEqual([]);
    expect((await store.stats()).outboxEntries).toBe(0);
  });
});

describe('a removal from a full store', () => {
  test('with everything below needs no room', async () => {
    const { store, other } = await planted({ ...CHAIN, fork: { parentId: 'kid', isFork: true } });
    const { pagefold } = await onFull(store);

    await pagefold.session('root').delete({ children: 'cascade' });

    expect(await idsIn(other)).toEqual([]);
  });

  test('with everything below asks once for room in a list', async () => {
    const kids = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { parentId: 'root' }]));
    const { store, other } = await planted({ root: {}, ...kids });
    const { pagefold, refused } = await onFull(store);

    await pagefold.session('root').delete({ children: 'cascade' });

    expect(refused).toEqual(['root']);
    expect(await idsIn(other)).toEqual([]);
  });

  test('of a child does not wait for room in its parent, which passes over it and can go next', async () => {
    const { store, other } = await planted({ parent: {}, child: { parentId: 'parent' } });
    const { pagefold, told, refused } = await onFull(store);

    await pagefold.session('child').erase();

    // Once behind the removal, and once when all is done, which may have made room.
    expect(refused).toEqual(['parent', 'parent']);
    expect(told.at(-1)).toBe('FOLLOW_UP_FAILED parent');
    expect(await other.session('parent').family.descendants()).toEqual([]);
    await pagefold.session('parent').erase();
    expect(await idsIn(other)).toEqual([]);
  });

  test('is refused where a child that stays cannot be told, and changes nothing then', async () => {
    const { store, other } = await planted({ parent: {}, child: { parentId: 'parent' } });
    const { pagefold } = await onFull(store);

    await expect(pagefold.session('parent').delete()).rejects.toMatchObject({ code: 'OVERLOADED' });

    expect(await other.session('parent').family.childIds()).toEqual(['child']);
    expect(await other.session('child').family.parentId()).toBe('parent');
  });

  test('with everything below goes on where it stopped, once there is room for a child that stays', async () => {
    const { store, other } = await planted({
      ...CHAIN,
      root: { userId: 'u' },
      theirs: { parentId: 'root' },
    });
    await other.session('theirs').setProperty('user_id', 'v');
    let hasRoom = false;
    const { pagefold } = await onFull(store, () => hasRoom);
    const cascade = () => pagefold.session('root').delete({ children: 'cascade' });

    await expect(cascade()).rejects.toMatchObject({ code: 'OVERLOADED' });
    hasRoom = true;
    await cascade();

    expect(await idsIn(other)).toEqual(['theirs']);
    expect(await other.session('theirs').family.parentId()).toBeNull();
  });

  test('is kept from it by a fork that takes the id of a child that has gone', async () => {
    const { store, other } = await planted({
      origin: {},
      fork: { parentId: 'origin', isFork: true },
    });
    let hasRoom = false;
    const racing = aStoreWith(store, {
      isMeant: ({ name, params }) => name === 'remove' && params.key?.sessionId === 'origin',
      before: async () => {
        hasRoom = true;
        await other.session('origin').fork({ sessionId: 'fork' });
      },
    });
    const { pagefold } = await onFull(racing, () => hasRoom);
    await pagefold.session('fork').delete();

    await expect(pagefold.session('origin').delete()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });

    expect(await other.session('fork').getConversation()).toHaveLength(1);
  });

  test.each(['detach', 'cascade'] as const)(
    'leaves no child that names it, also none that takes the id of one that has gone: %s',
    async (children) => {
      const { store, other } = await planted({ parent: {}, child: { parentId: 'parent' } });
      let hasRoom = false;
      const racing = aStoreWith(store, {
        isMeant: ({ name, params }) => name === 'remove' && params.key?.sessionId === 'parent',
        before: async () => {
          hasRoom = true;
          await other.session('child', { parentId: 'parent' }).userSays('new');
        },
      });
      const { pagefold } = await onFull(racing, () => hasRoom);
      await pagefold.session('child').delete();

      await pagefold.session('parent').delete({ children });

      expect(await idsIn(other)).toEqual(['child']);
      expect(await other.session('child').family.parentId()).toBeNull();
    },
  );
});
