import { describe, expect, test } from 'vitest';
import { type Pagefold, SessionNotFound, type Store } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aStoreWith, aWatchedStore, isAppendTo, linkDown } from './a-watched-store.ts';

describe('erase of a user', () => {
  test('refuses an id that is undefined, which is no wish to erase the whole tenant', async () => {
    const pagefold = await aPagefold();
    await talk(pagefold.session('theirs', { userId: 'u-2' }), 1);
    const lost: unknown = { tenant: 'default', userId: undefined };
    await expect(pagefold.erase(lost as Parameters<Pagefold['erase']>[0])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'scope.userId',
    });
    expect(await collect(pagefold.sessions())).toHaveLength(1);
  });

  test('takes every session of the user, and only those, out of everything', async () => {
    const pagefold = await aPagefold();
    await talk(pagefold.session('mine-1', { userId: 'u-1' }), 2);
    await talk(pagefold.session('mine-2', { userId: 'u-1' }), 1);
    await talk(pagefold.session('theirs', { userId: 'u-2' }), 1);
    await talk(pagefold.session('mine-1', { userId: 'u-1', tenant: 'other' }), 1);

    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u-1' });

    expect(receipt).toEqual({
      scope: 'user',
      tenant: 'default',
      sessions: 2,
      records: 8,
      snapshots: 0,
      outboxEntries: 0,
      erasedAtMs: expect.any(Number) as number,
      artifacts: null,
      youngArtifacts: null,
    });
    expect(await collect(pagefold.sessions())).toMatchObject([{ key: { sessionId: 'theirs' } }]);
    expect(await pagefold.tenantUsage()).toMatchObject({ messages: 2 });
    expect(await pagefold.tenantUsage('other')).toMatchObject({ messages: 2 });
  });

  test('leaves nothing in the caches of managers, here and in other runtimes', async () => {
    const store = aStore();
    const [here, there] = await Promise.all([aPagefold({ store }), aPagefold({ store })]);
    const session = here.session('s', { userId: 'u-1', metadata: { name: 'Ann' } });
    await talk(session, 1);
    const elsewhere = there.session('s');
    await elsewhere.getProperties();

    await here.erase({ tenant: 'default', userId: 'u-1' });

    for (const manager of [session, elsewhere]) {
      expect(await manager.exists()).toBe(false);
      await expect(manager.getProperties()).rejects.toThrow(SessionNotFound);
      await expect(manager.getConversation()).rejects.toThrow(SessionNotFound);
      await expect(manager.userSays('x')).rejects.toThrow(SessionNotFound);
    }
    const fresh = here.session('s');
    await fresh.userSays('hello');
    expect(await fresh.getProperties()).toEqual({});
    expect(JSON.stringify(await collect(fresh.export()))).not.toContain('Ann');
  });

  test('W-17: cleans the links of others up', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('parent').userSays('hello');
    await pagefold.session('mine', { userId: 'u-1', parentId: 'parent' }).userSays('hello');
    await pagefold.session('child', { parentId: 'mine' }).userSays('hello');
    for (const id of ['parent', 'child']) await pagefold.session(id).setProperty('user_id', 'u-2');

    await pagefold.erase({ tenant: 'default', userId: 'u-1' });

    expect(await pagefold.session('parent').family.childIds()).toEqual([]);
    expect(await pagefold.session('child').family.parentId()).toBeNull();
    expect(await pagefold.session('child').getConversation()).toHaveLength(1);
  });

  test('takes forks along, since what they share is the history of the user', async () => {
    const pagefold = await aPagefold();
    const mine = pagefold.session('mine', { userId: 'u-1' });
    await talk(mine, 1);
    const fork = await mine.fork({ metadata: { user_id: 'u-2' } });
    await fork.userSays('of somebody else');
    const nested = await fork.fork({ metadata: { user_id: 'u-3' } });
    await pagefold.session('plain', { parentId: fork.sessionId }).userSays('hello');

    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u-1' });

    expect(receipt.sessions).toBe(3);
    await expect(nested.getConversation()).rejects.toThrow(SessionNotFound);
    expect(await collect(pagefold.sessions())).toMatchObject([{ key: { sessionId: 'plain' } }]);
    expect(await pagefold.session('plain').family.parentId()).toBeNull();
    expect(await pagefold.tenantUsage()).toMatchObject({ messages: 1 });
  });

  test('of nobody is an empty receipt', async () => {
    const pagefold = await aPagefold();

    expect(await pagefold.erase({ tenant: 'default', userId: 'nobody' })).toMatchObject({
      sessions: 0,
      records: 0,
    });
  });

  test('reaches sessions beyond one page', async () => {
    const pagefold = await aPagefold();
    await Promise.all(
      Array.from({ length: 230 }, (_, index) =>
        pagefold.session(`s-${index}`, { userId: 'u-1' }).userSays('hello'),
      ),
    );

    expect(await pagefold.erase({ tenant: 'default', userId: 'u-1' })).toMatchObject({
      sessions: 230,
    });
    expect((await pagefold.stats()).store).toMatchObject({ sessions: 0, records: 0 });
  });
});

describe('erase of a tenant', () => {
  test('takes everything of the tenant, its sums included, and nothing of others', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { tenant: 'acme' });
    await talk(session, 2);
    await pagefold.session('deleted', { tenant: 'acme' }).userSays('hello');
    await pagefold.session('deleted', { tenant: 'acme' }).delete();
    await talk(pagefold.session('s', { tenant: 'other' }), 1);

    const receipt = await pagefold.erase({ tenant: 'acme' });

    expect(receipt).toMatchObject({ scope: 'tenant', tenant: 'acme', sessions: 1, records: 5 });
    expect(await pagefold.tenantUsage('acme')).toEqual({
      events: 0,
      messages: 0,
      toolCalls: 0,
      unpricedCalls: 0,
      tokens: 0,
      costUsd: '0',
    });
    await expect(session.getStats()).rejects.toThrow(SessionNotFound);
    expect(await pagefold.session('s', { tenant: 'other' }).getConversation()).toHaveLength(2);
  });

  test('holds for a store whose sessions only this runtime writes', async () => {
    const store = aStore();
    const own = new Proxy(store, {
      get: (target, name) => {
        if (name === 'isShared') return false;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const pagefold = await aPagefold({ store: own });
    const session = pagefold.session('s');
    await session.userSays('hello');

    await pagefold.erase({ tenant: 'default' });

    expect(await session.exists()).toBe(false);
    await expect(session.getStats()).rejects.toThrow(SessionNotFound);
  });

  test.each([
    [{}, 'scope.tenant'],
    [{ tenant: 'a', userId: '' }, 'scope.userId'],
    [{ tenant: 'a', user: 'u' }, 'scope.user'],
  ])('refuses %j, so that nothing is erased by a typing error', async (scope, field) => {
    const pagefold = await aPagefold();
    await pagefold.session('s', { tenant: 'a' }).userSays('hello');

    await expect(pagefold.erase(scope as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });
    expect(await pagefold.session('s', { tenant: 'a' }).exists()).toBe(true);
  });
});

describe('erase of a session', () => {
  test('leaves no record, no link and no sum behind', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('parent').userSays('hello');
    const session = pagefold.session('s', { parentId: 'parent' });
    await talk(session, 2);
    await pagefold.session('child', { parentId: 's' }).userSays('hello');

    const receipt = await session.erase();

    expect(receipt).toEqual({ sessions: 1, records: 7, artifacts: 0 });
    expect(await pagefold.session('parent').family.childIds()).toEqual([]);
    expect(await pagefold.session('child').family.parentId()).toBeNull();
    expect(await pagefold.tenantUsage()).toMatchObject({ messages: 2 });
    expect((await pagefold.stats()).store.sessions).toBe(2);
  });
});

describe('erase of a user while others are at work', () => {
  async function someSessions(): Promise<{ readonly store: Store; readonly other: Pagefold }> {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('s', { userId: 'u' }).userSays('secret');
    await other.session('k', { parentId: 's' }).userSays('x');
    await other.session('s2', { userId: 'u' }).userSays('secret');
    return { store, other };
  }

  test('is not kept from it by a relative that goes meanwhile', async () => {
    const { store, other } = await someSessions();
    const before = () => other.session('k').delete();
    const pagefold = await aPagefold({
      store: aStoreWith(store, { isMeant: isAppendTo('k'), before }),
    });

    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(receipt).toMatchObject({ scope: 'user', sessions: 2 });
    expect((await other.listSessions()).heads).toEqual([]);
  });

  test('goes on past a session that cannot be erased, and tells of it afterwards', async () => {
    const { store, other } = await someSessions();
    const pagefold = await aPagefold({
      store: aWatchedStore(store, ({ name, params, run }) =>
        name === 'erase' && params.scope?.key?.sessionId === 's'
          ? Promise.reject(linkDown())
          : run(),
      ),
    });

    await expect(pagefold.erase({ tenant: 'default', userId: 'u' })).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
    });

    expect(await other.session('s2').exists()).toBe(false);
    expect(await other.session('s').family.childIds()).toEqual(['k']);
    expect(await other.session('k').family.parentId()).toBe('s');
  });

  test('takes sessions that are created behind the walk, with their forks and links', async () => {
    const { store, other } = await someSessions();
    await other.session('boss').userSays('x');
    const pagefold = await aPagefold({
      store: aStoreWith(store, {
        isMeant: ({ name }) => name === 'list',
        after: async () => {
          await other.session('late', { userId: 'u', parentId: 'boss' }).userSays('secret');
          await other.session('late').fork({ sessionId: 'fork', metadata: { user_id: 'v' } });
        },
      }),
    });

    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(receipt).toMatchObject({ sessions: 4 });
    const ids = (await other.listSessions()).heads.map(({ key }) => key.sessionId);
    expect(ids).toEqual(['k', 'boss']);
    expect(await other.session('boss').family.childIds()).toEqual([]);
  });

  test('gives up when others never stop creating sessions of the user', async () => {
    const { store, other } = await someSessions();
    let count = 0;
    const pagefold = await aPagefold({
      store: aWatchedStore(store, async ({ name, run }) => {
        if (name === 'list')
          await other.session(`late-${(count += 1)}`, { userId: 'u' }).userSays('x');
        return run();
      }),
    });

    await expect(pagefold.erase({ tenant: 'default', userId: 'u' })).rejects.toMatchObject({
      code: 'SESSION_CONFLICT',
    });
  });

  test('takes a fork of the user whose origin is gone', async () => {
    const { store, other } = await someSessions();
    await other.session('k').fork({ sessionId: 'fork', metadata: { user_id: 'u' } });
    await store.remove({ key: { tenant: 'default', sessionId: 'k' } });
    const pagefold = await aPagefold({ store });

    await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect((await other.listSessions()).heads).toEqual([]);
  });

  test('leaves a session that becomes the user’s when all is done, and with it what forks share', async () => {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('claimed').userSays('of nobody');
    await (await other.session('claimed').fork({ sessionId: 'fork' })).userSays('x');
    await other.session('mine', { userId: 'u' }).userSays('x');
    const racing = aStoreWith(store, {
      isMeant: ({ name, params }) => name === 'erase' && params.scope?.key === undefined,
      before: () => other.session('claimed', { userId: 'u' }).userSays('now mine'),
    });
    const pagefold = await aPagefold({ store: racing });

    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(receipt).toMatchObject({ scope: 'user', sessions: 1 });
    expect(await other.session('fork').getConversation()).toHaveLength(2);
    expect(await other.session('claimed').getConversation()).toHaveLength(2);
  });

  test('takes forks along of what takes the id of a session that nobody could read', async () => {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('origin').userSays('x');
    await other.session('origin').fork({ sessionId: 'taken', metadata: { user_id: 'u' } });
    await store.remove({ key: { tenant: 'default', sessionId: 'origin' } });
    const racing = aStoreWith(store, {
      isMeant: ({ name }) => name === 'erase',
      before: async () => {
        await store.remove({ key: { tenant: 'default', sessionId: 'taken' } });
        await other.session('taken').userSays('of nobody');
        await (await other.session('taken').fork({ sessionId: 'fork' })).userSays('x');
        await other.session('taken', { userId: 'u' }).userSays('now mine');
      },
    });
    const pagefold = await aPagefold({ store: racing });

    await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect((await other.listSessions()).heads).toEqual([]);
  });
});

test('a session that nobody can read does not keep its user from being erased', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  for (const id of ['s1', 's2', 's3'])
    await pagefold.session(id, { userId: 'u' }).userSays('my secret');
  const key = { tenant: 'default', sessionId: 's2' };
  const loaded = await store.load({ key });
  await store.append({
    key,
    write: { writer: 'newer', operation: 1 },
    known: loaded.kind === 'found' ? loaded.point : null,
    mode: 'any',
    records: ['99{"type":"of-the-future"}'],
    counters: { events: 0, messages: 0, toolCalls: 0, unpricedCalls: 0, tokens: 0, costPico: 0n },
  });

  await pagefold.erase({ tenant: 'default', userId: 'u' });

  expect((await pagefold.stats()).store.sessions).toBe(0);
});
