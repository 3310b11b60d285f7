import { describe, expect, test } from 'vitest';
import { openPagefold, type Pagefold, type Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aStoreWith, aWatchedStore, isAppendTo } from './a-watched-store.ts';

/** Two runtimes on one store: what one does is interrupted by what the other does. */
interface Two {
  readonly store: Store;
  readonly other: Pagefold;
  /** Opens the one that is interrupted. */
  readonly interrupted: (moment: Parameters<typeof aStoreWith>[1]) => Promise<Pagefold>;
  /** Parent and children of a session, as the other sees them. */
  readonly linksOf: (sessionId: string) => Promise<readonly [string | null, readonly string[]]>;
}

/** Sessions with their parents, in the order in which they are created. */
async function two(parents: Readonly<Record<string, string | null>>): Promise<Two> {
  const store = aStore();
  const other = await aPagefold({ store });
  for (const [sessionId, parentId] of Object.entries(parents)) {
    // In order: a parent comes before its children.
    await other.session(sessionId, { parentId }).userSays('x');
  }
  return {
    store,
    other,
    interrupted: (moment) => aPagefold({ store: aStoreWith(store, moment) }),
    linksOf: async (sessionId) => {
      const { family } = other.session(sessionId);
      return [await family.parentId(), await family.childIds()];
    },
  };
}

describe('addChild', () => {
  test('W-17: takes the child out of the list of the parent that another addChild gave it meanwhile', async () => {
    const { other, interrupted, linksOf } = await two({ a: null, b: null, q: null, c: 'q' });
    const mine = await interrupted({
      isMeant: isAppendTo('c'),
      before: () => other.session('b').family.addChild('c'),
    });

    await mine.session('a').family.addChild('c');

    expect(await linksOf('c')).toEqual(['a', []]);
    expect(await linksOf('a')).toEqual([null, ['c']]);
    expect(await linksOf('b')).toEqual([null, []]);
    expect(await linksOf('q')).toEqual([null, []]);
  });

  test('W-17: lists nothing when the child moved on before the list was written', async () => {
    const { other, interrupted, linksOf } = await two({ a: null, b: null, c: null });
    const mine = await interrupted({
      isMeant: isAppendTo('a'),
      before: () => other.session('b').family.addChild('c'),
    });

    await mine.session('a').family.addChild('c');

    expect(await linksOf('c')).toEqual(['b', []]);
    expect(await linksOf('a')).toEqual([null, []]);
    expect(await linksOf('b')).toEqual([null, ['c']]);
  });

  test('W-17: fails when the parent goes meanwhile, and the child keeps the one it had', async () => {
    const { other, interrupted, linksOf } = await two({ p: null, q: null, c: 'q' });
    const mine = await interrupted({
      isMeant: isAppendTo('c'),
      after: () => other.session('p').delete(),
    });

    await expect(mine.session('p').family.addChild('c')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
      data: { sessionId: 'p' },
    });

    expect(await linksOf('c')).toEqual(['q', []]);
    expect(await linksOf('q')).toEqual([null, ['c']]);
  });

  test('W-17: gives back the parent that was replaced, not the one that was seen first', async () => {
    const { other, interrupted, linksOf } = await two({ p: null, q: null, r: null, c: 'q' });
    const mine = await interrupted({
      isMeant: isAppendTo('c'),
      before: () => other.session('r').family.addChild('c'),
      after: () => other.session('p').delete(),
    });

    await expect(mine.session('p').family.addChild('c')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });

    expect(await linksOf('c')).toEqual(['r', []]);
    expect(await linksOf('r')).toEqual([null, ['c']]);
    expect(await linksOf('q')).toEqual([null, []]);
  });

  test('W-32: gives back no parent that is below the child by now', async () => {
    const { other, interrupted, linksOf } = await two({ p: null, q: null, c: 'q' });
    const mine = await interrupted({
      isMeant: isAppendTo('c'),
      after: async () => {
        await other.session('c').family.addChild('q');
        await other.session('p').delete();
      },
    });

    await expect(mine.session('p').family.addChild('c')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });

    expect(await linksOf('c')).toEqual([null, ['q']]);
    expect(await linksOf('q')).toEqual(['c', []]);
  });

  test('gives up when others never stop moving the child', async () => {
    const { store, other, linksOf } = await two({ a: null, b: null, p: null, c: null });
    let turns = 0;
    const busy = aWatchedStore(store, async (call) => {
      if (isAppendTo('c')(call))
        await other.session((turns += 1) % 2 === 0 ? 'a' : 'b').family.addChild('c');
      return call.run();
    });
    const mine = await openPagefold({ store: busy, tokens: 'estimate' });

    await expect(mine.session('p').family.addChild('c')).rejects.toMatchObject({
      code: 'SESSION_CONFLICT',
    });
    await mine.close();

    const [parentId] = await linksOf('c');
    expect(await linksOf(String(parentId))).toEqual([null, ['c']]);
    expect(await linksOf('p')).toEqual([null, []]);
  });
});

describe('removeChild', () => {
  test('W-17: leaves a link alone that was made again meanwhile', async () => {
    const { other, interrupted, linksOf } = await two({ b: null, e: 'b' });
    const mine = await interrupted({
      isMeant: isAppendTo('e'),
      after: () => other.session('b').family.addChild('e'),
    });

    await mine.session('b').family.removeChild('e');

    expect(await linksOf('e')).toEqual(['b', []]);
    expect(await linksOf('b')).toEqual([null, ['e']]);
  });

  test('W-17: is done when the child goes meanwhile', async () => {
    const { other, interrupted, linksOf } = await two({ b: null, e: 'b' });
    const mine = await interrupted({
      isMeant: isAppendTo('e'),
      before: () => other.session('e').delete(),
    });

    await mine.session('b').family.removeChild('e');

    expect(await linksOf('b')).toEqual([null, []]);
  });
});

describe('deleting a session', () => {
  test('W-17: is not kept from it by a child that goes meanwhile', async () => {
    const { other, interrupted } = await two({ p: null, k: 'p' });
    const mine = await interrupted({
      isMeant: isAppendTo('k'),
      before: () => other.session('k').delete(),
    });

    await mine.session('p').delete();

    expect((await other.listSessions()).heads).toEqual([]);
  });

  test('W-17: is not kept from it by a parent that goes meanwhile', async () => {
    const { other, interrupted, linksOf } = await two({ p: null, k: 'p' });
    const mine = await interrupted({
      isMeant: isAppendTo('p'),
      before: () => other.session('p').delete(),
    });

    await mine.session('k').delete();

    expect((await other.listSessions()).heads).toEqual([]);
    await expect(linksOf('k')).resolves.toEqual([null, []]);
  });

  test('W-17: takes it out of a list that it was put in at the last moment', async () => {
    const { store, other, interrupted, linksOf } = await two({ p: null, k: 'p' });
    const mine = await interrupted({
      isMeant: ({ name }) => name === 'remove',
      before: () => other.session('p').family.addChild('k'),
    });

    await mine.session('k').delete();

    expect(await linksOf('p')).toEqual([null, []]);
    expect((await store.stats()).outboxEntries).toBe(0);
  });
});

describe('creating a session', () => {
  test('W-32: is refused under a parent that names its id as an ancestor', async () => {
    const { store, other } = await two({ c: null, p: 'c' });
    await store.remove({ key: { tenant: 'default', sessionId: 'c' } });

    await expect(other.session('c', { parentId: 'p' }).userSays('x')).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      operation: 'create',
      reason: 'a session cannot be its own ancestor',
    });

    expect(await other.session('c').exists()).toBe(false);
  });
});
