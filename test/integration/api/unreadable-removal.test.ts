import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  createEncryptedStore,
  createKeyRing,
  type Pagefold,
  type RecordPage,
  type RuntimeWarning,
  type Store,
} from '../../../src/index.ts';
import { aPagefold, aStore, talk } from './a-pagefold.ts';
import { aWatchedStore, linkDown } from './a-watched-store.ts';

const TENANT = 'acme';

/** A runtime for which one record of a session is damaged in the store. */
function withDamage(
  store: Store,
  damaged: { readonly sessionId: string; readonly position: number },
  onWarning: (warning: RuntimeWarning) => void = () => {},
): Promise<Pagefold> {
  const watched = aWatchedStore(store, async ({ name, params, run }) => {
    const answer = await run();
    if (params.key?.sessionId !== damaged.sessionId) return answer;
    const broken = (page: Pick<RecordPage, 'firstPosition' | 'records'>) => ({
      ...page,
      records: page.records.map((record, index) =>
        page.firstPosition + index === damaged.position ? '{broken' : record,
      ),
    });
    if (name === 'read') return answer === null ? null : broken(answer as RecordPage);
    const loaded = answer as { readonly kind: string; readonly tail: RecordPage };
    if (name !== 'load' || loaded.kind !== 'found') return answer;
    return { ...loaded, snapshot: null, tail: broken(loaded.tail) };
  });
  return aPagefold({ store: watched, onWarning });
}

/** A runtime with one key for data, and, where named, one for labels. */
function withKey(store: Store, key: string, labels?: Buffer): Promise<Pagefold> {
  const keys = { [key]: randomBytes(32), ...(labels === undefined ? {} : { labels }) };
  const named = labels === undefined ? {} : { labels: 'labels' };
  const ring = createKeyRing({ keys, current: key, ...named });
  return aPagefold({ store: createEncryptedStore(store, ring) });
}

describe('a session with a damaged record', () => {
  test.each([1, 3])(
    'is erased when that is record %i, and its id is free again',
    async (position) => {
      const store = aStore();
      await talk((await aPagefold({ store })).session('s', { tenant: TENANT }), 2);
      const warnings: string[] = [];
      const pagefold = await withDamage(store, { sessionId: 's', position }, ({ code }) =>
        warnings.push(code),
      );
      const session = pagefold.session('s', { tenant: TENANT });
      await expect(session.getConversation()).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });

      const receipt = await session.erase();

      expect(receipt).toEqual({ sessions: 1, records: 5, artifacts: 0, unreadRecords: 1 });
      expect(warnings).toEqual(['UNREADABLE_REMOVED']);
      expect(await pagefold.tenantUsage(TENANT)).toMatchObject({ messages: 0 });
      expect(await (await aPagefold({ store })).session('s', { tenant: TENANT }).exists()).toBe(
        false,
      );
    },
  );

  test('is deleted, and its parent and its children know nothing of it any more', async () => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await intact.session('parent').userSays('hello');
    await talk(intact.session('s', { parentId: 'parent' }), 2);
    await intact.session('child', { parentId: 's' }).userSays('hello');
    const pagefold = await withDamage(store, { sessionId: 's', position: 2 });

    await pagefold.session('s').delete();

    expect(await intact.session('parent').family.childIds()).toEqual([]);
    expect(await intact.session('child').family.parentId()).toBeNull();
  });

  test('stays while a fork shares what of it can be read, and goes after it', async () => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await talk(intact.session('s'), 2);
    await intact.session('s').fork({ sessionId: 'fork', position: 2 });
    const pagefold = await withDamage(store, { sessionId: 's', position: 4 });

    await expect(pagefold.session('s').delete()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
    expect(await intact.session('fork').getConversation()).toHaveLength(1);
    const cascade = pagefold.session('s').delete({ children: 'cascade' });
    await expect(cascade).rejects.toThrow('remove its child fork first');
    await pagefold.session('fork').delete();
    await pagefold.session('s').delete();

    expect(await intact.session('fork').exists()).toBe(false);
    expect(await intact.session('s').exists()).toBe(false);
  });

  test('keeps its children when it is refused to go, as for a fork that is found after them', async () => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await talk(intact.session('s'), 2);
    await intact.session('child', { parentId: 's' }).userSays('hello');
    await intact.session('s').fork({ sessionId: 'fork', position: 2 });
    const before = (await intact.session('child').getSession()).version;
    const pagefold = await withDamage(store, { sessionId: 's', position: 4 });

    await expect(pagefold.session('s').delete()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });

    const child = await (await aPagefold({ store })).session('child').getSession();
    expect(child).toMatchObject({ parentId: 's', version: before });
  });

  test.each<[string, string, string]>([
    ['another child cannot be told', 'append', 'second'],
    ['the store does not remove it', 'remove', 's'],
  ])('gives its children back where %s', async (_, name, sessionId) => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await talk(intact.session('s'), 2);
    for (const id of ['first', 'second'])
      await intact.session(id, { parentId: 's' }).userSays('hello');
    let isDown = false;
    const down = aWatchedStore(store, (call) => {
      const isMeant = call.name === name && call.params.key?.sessionId === sessionId;
      return isDown && isMeant ? Promise.reject(linkDown()) : call.run();
    });
    const pagefold = await withDamage(down, { sessionId: 's', position: 4 });
    isDown = true;

    await expect(pagefold.session('s').delete()).rejects.toMatchObject({
      code: expect.any(String),
    });

    const after = await aPagefold({ store });
    for (const id of ['first', 'second'])
      expect(await after.session(id).family.parentId()).toBe('s');
    isDown = false;
    await pagefold.session('s').delete();
    for (const id of ['first', 'second'])
      expect(await after.session(id).family.parentId()).toBeNull();
  });

  test('names the children that it could not give back', async () => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await talk(intact.session('s'), 2);
    await intact.session('child', { parentId: 's' }).userSays('hello');
    let isDown = false;
    const down = aWatchedStore(store, (call) => {
      if (call.name === 'remove') isDown = true;
      return isDown && call.name !== 'head' ? Promise.reject(linkDown()) : call.run();
    });
    const warnings: string[] = [];
    const pagefold = await withDamage(down, { sessionId: 's', position: 4 }, ({ code }) =>
      warnings.push(code),
    );

    const deleting = pagefold.session('s').delete();
    await expect(deleting).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await expect(deleting).rejects.toThrow('without their parent that were below this one: child');
    expect(warnings).toContain('RESTORE_FAILED');
  });

  test('stays while a fork that cannot be read either shares what is damaged', async () => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await talk(intact.session('s'), 2);
    await intact.session('s').fork({ sessionId: 'fork' });
    const pagefold = await withDamage(store, { sessionId: 's', position: 3 });

    const refused = { code: 'INVALID_SESSION_OPERATION' };
    for (const children of ['detach', 'cascade'] as const)
      await expect(pagefold.session('s').erase({ children })).rejects.toMatchObject(refused);
    await pagefold.session('fork').erase();
    expect(await pagefold.session('s').erase()).toMatchObject({ sessions: 1 });

    expect(await intact.session('fork').exists()).toBe(false);
  });

  test('is that of the user who claimed it after its first message', async () => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await intact.session('s', { tenant: TENANT }).userSays('hello');
    await talk(intact.session('s', { tenant: TENANT, userId: 'ada' }), 2);
    const asEve = { tenant: TENANT, userId: 'eve' };
    for (const position of [3, 5]) {
      const pagefold = await withDamage(store, { sessionId: 's', position });
      const code = expect.stringMatching(/^(?:INVALID_SESSION_OPERATION|CORRUPT_RECORD)$/);
      await expect(pagefold.session('s', asEve).delete()).rejects.toMatchObject({ code });
    }

    expect(await intact.session('s', { tenant: TENANT, userId: 'ada' }).exists()).toBe(true);
  });

  test('of another user is left alone', async () => {
    const store = aStore();
    const ada = (await aPagefold({ store })).session('s', { tenant: TENANT, userId: 'ada' });
    await talk(ada, 2);
    const pagefold = await withDamage(store, { sessionId: 's', position: 3 });

    const asEve = pagefold.session('s', { tenant: TENANT, userId: 'eve' }).delete();
    await expect(asEve).rejects.toMatchObject({ code: 'INVALID_SESSION_OPERATION' });
    await pagefold.session('s', { tenant: TENANT, userId: 'ada' }).delete();

    expect(await ada.exists()).toBe(false);
  });

  test('does not take a session along that is below it and is itself damaged', async () => {
    const store = aStore();
    const intact = await aPagefold({ store });
    await intact.session('s').userSays('hello');
    await intact.session('child', { parentId: 's' }).userSays('hello');
    const pagefold = await withDamage(store, { sessionId: 'child', position: 2 });

    await expect(pagefold.session('s').delete({ children: 'cascade' })).rejects.toMatchObject({
      code: 'CORRUPT_RECORD',
    });
    expect(await intact.session('s').exists()).toBe(true);
    await pagefold.session('child').delete();
    await pagefold.session('s').delete({ children: 'cascade' });

    expect(await intact.session('s').exists()).toBe(false);
  });
});

describe('a session whose key was destroyed', () => {
  test('is deleted and erased one by one', async () => {
    const store = aStore();
    const before = await withKey(store, 'old');
    for (const id of ['deleted', 'erased', 'left']) await before.session(id).userSays('secret');
    const pagefold = await withKey(store, 'new');

    await pagefold.session('deleted').delete();
    const receipt = await pagefold.session('erased').erase();

    expect(receipt).toEqual({ sessions: 1, records: 2, artifacts: 0, unreadRecords: 2 });
    expect(
      (await store.list({ tenant: 'default', order: 'created', limit: 9 })).heads,
    ).toHaveLength(1);
  });

  test('goes for its user only where the list tells whose it is', async () => {
    const store = aStore();
    const labels = randomBytes(32);
    const before = await withKey(store, 'old', labels);
    await before.session('s', { userId: 'ada' }).userSays('secret');
    const pagefold = await withKey(store, 'new', labels);

    await expect(pagefold.session('s', { userId: 'eve' }).delete()).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
    });
    await pagefold.session('s', { userId: 'ada' }).delete();

    expect((await store.list({ tenant: 'default', order: 'created', limit: 9 })).heads).toEqual([]);
  });
});
