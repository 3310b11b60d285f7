import { describe, expect, test } from 'vitest';
import type { Pagefold, Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aStoreWith, isAppendTo } from './a-watched-store.ts';

const REFUSED = { code: 'INVALID_SESSION_OPERATION' };
const APART = { ...REFUSED, reason: 'parent and child belong to different users' };

async function idsIn(pagefold: Pagefold): Promise<readonly string[]> {
  return (await pagefold.listSessions()).heads.map(({ key }) => key.sessionId);
}

/** Sessions of two users, and one of nobody. */
async function sessionsOfTwo(): Promise<{ readonly store: Store; readonly other: Pagefold }> {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('anns', { userId: 'ann' }).userSays('x');
  await other.session('bobs', { userId: 'bob' }).userSays('x');
  await other.session('free').userSays('x');
  return { store, other };
}

describe('parent and child of different users', () => {
  test('W-70: are not linked by addChild, whoever asks', async () => {
    const { other } = await sessionsOfTwo();

    for (const userId of ['bob', null])
      await expect(other.session('bobs', { userId }).family.addChild('anns')).rejects.toMatchObject(
        APART,
      );
    await expect(
      other.session('free', { userId: 'bob' }).family.addChild('anns'),
    ).rejects.toMatchObject(REFUSED);

    expect(await other.session('anns').family.parentId()).toBeNull();
    for (const id of ['bobs', 'free'])
      expect(await other.session(id).family.childIds()).toEqual([]);
  });

  test('W-70: are not linked by a creation, and nothing is created', async () => {
    const { store, other } = await sessionsOfTwo();
    const session = other.session('new', { userId: 'bob', parentId: 'anns' });

    await expect(session.userSays('x')).rejects.toMatchObject(APART);
    await expect(session.setState('a', 1)).rejects.toMatchObject(APART);

    expect(await idsIn(other)).toEqual(['anns', 'bobs', 'free']);
    expect((await store.stats()).outboxEntries).toBe(0);
  });

  test('sessions of nobody may be linked with those of a user', async () => {
    const { other } = await sessionsOfTwo();

    await other.session('anns', { userId: 'ann' }).family.addChild('free');
    await other.session('new', { userId: 'bob', parentId: 'free' }).userSays('x');

    expect(await other.session('anns').family.childIds()).toEqual(['free']);
    expect(await other.session('free').family.childIds()).toEqual(['new']);
  });

  test('W-70: are not linked when the parent becomes another’s meanwhile', async () => {
    const { store, other } = await sessionsOfTwo();
    const before = () => other.session('free').setProperty('user_id', 'ann');
    const pagefold = await aPagefold({
      store: aStoreWith(store, { isMeant: isAppendTo('free'), before }),
    });

    await expect(pagefold.session('free').family.addChild('bobs')).rejects.toMatchObject(APART);

    expect(await other.session('bobs').family.parentId()).toBeNull();
    expect(await other.session('free').family.childIds()).toEqual([]);
    expect((await store.stats()).outboxEntries).toBe(0);
  });

  test('W-70: a child that its parent does not take forgets the parent', async () => {
    const { store, other } = await sessionsOfTwo();
    const before = () => other.session('free').setProperty('user_id', 'ann');
    const warnings: string[] = [];
    const pagefold = await aPagefold({
      store: aStoreWith(store, { isMeant: isAppendTo('free'), before }),
      onWarning: ({ code }) => warnings.push(code),
    });

    await pagefold.session('new', { userId: 'bob', parentId: 'free' }).userSays('x');

    expect(warnings).toEqual(['FOLLOW_UP_FAILED']);
    expect(await other.session('new').family.parentId()).toBeNull();
    expect(await other.session('free').family.childIds()).toEqual([]);
    expect((await store.stats()).outboxEntries).toBe(0);
  });
});

describe('a deletion with cascade', () => {
  test('W-70: leaves what became another user’s, and detaches it', async () => {
    const { other } = await sessionsOfTwo();
    const ann = other.session('anns', { userId: 'ann' });
    await ann.family.addChild('free');
    await other.session('below', { parentId: 'free' }).userSays('x');
    await other.session('mine', { parentId: 'anns', userId: 'ann' }).userSays('x');
    await other.session('free').setProperty('user_id', 'bob');

    await ann.delete({ children: 'cascade' });

    expect(await idsIn(other)).toEqual(['bobs', 'free', 'below']);
    expect(await other.session('free').family.parentId()).toBeNull();
    expect(await other.session('free').family.childIds()).toEqual(['below']);
  });

  test('W-70: by one user of what is nobody’s leaves what is another user’s', async () => {
    const { other } = await sessionsOfTwo();
    await other.session('free').family.addChild('anns');
    await other.session('free').family.addChild('bobs');

    await other.session('free', { userId: 'bob' }).delete({ children: 'cascade' });

    expect(await idsIn(other)).toEqual(['anns']);
    expect(await other.session('anns').family.parentId()).toBeNull();
  });

  test.each([
    { root: null, by: null, left: ['anns', 'bobs'] },
    { root: null, by: 'ann', left: ['bobs'] },
    { root: null, by: 'bob', left: ['anns'] },
    { root: 'ann', by: null, left: ['bobs'] },
    { root: 'ann', by: 'ann', left: ['bobs'] },
    { root: 'bob', by: null, left: ['anns'] },
  ])('W-70: of a session of $root by $by leaves $left', async ({ root, by, left }) => {
    for (const operation of ['delete', 'erase'] as const) {
      const { other } = await sessionsOfTwo();
      await other.session('root', { userId: root }).userSays('x');
      // What is between is nobody's, since nobody's is below anybody's.
      await other.session('root').family.addChild('free');
      for (const id of ['anns', 'bobs']) await other.session('free').family.addChild(id);
      const fork = await other.session('root').fork({ sessionId: 'fork' });

      await other.session('root', { userId: by })[operation]({ children: 'cascade' });

      expect(await idsIn(other)).toEqual(left);
      for (const id of left) expect(await other.session(id).family.parentId()).toBeNull();
      await expect(fork.getStats()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    }
  });

  test('W-70: an erasure takes all of a user, and of a tenant, that a deletion would leave', async () => {
    const { other } = await sessionsOfTwo();
    for (const id of ['anns', 'bobs']) await other.session('free').family.addChild(id);

    await other.erase({ tenant: 'default', userId: 'ann' });
    expect(await idsIn(other)).toEqual(['bobs', 'free']);
    expect(await other.session('free').family.childIds()).toEqual(['bobs']);

    await other.erase({ tenant: 'default' });
    expect(await idsIn(other)).toEqual([]);
  });

  test.each(['detach', 'cascade'] as const)(
    'W-70: with %s leaves a session that became another user’s meanwhile',
    async (children) => {
      const { store, other } = await sessionsOfTwo();
      const before = () => other.session('free').setProperty('user_id', 'ann');
      const isMeant = ({ name }: { readonly name: string }) => name === 'remove';
      const pagefold = await aPagefold({ store: aStoreWith(store, { isMeant, before }) });

      await expect(
        pagefold.session('free', { userId: 'bob' }).delete({ children }),
      ).rejects.toMatchObject(REFUSED);

      expect(await idsIn(other)).toContain('free');
    },
  );
});
