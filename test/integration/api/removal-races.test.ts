import { describe, expect, test } from 'vitest';
import { openPagefold, type Pagefold, StorageError, type Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';

/** Passes every call on, but lets somebody act around the first removal, or erasure. */
function aroundFirstRemoval(
  store: Store,
  act: (removal: () => Promise<unknown>) => Promise<unknown>,
): Store {
  let isDone = false;
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if ((name !== 'remove' && name !== 'erase') || isDone) return value.bind(target);
      return (params: never) => {
        isDone = true;
        return act(() => Reflect.apply(value, target, [params]));
      };
    },
  });
}

function linkDown(): StorageError {
  return new StorageError({ operation: 'remove', backend: 'test', cause: new Error('link down') });
}

/** A tree of sessions, each written as `parent/child`. */
async function grow(pagefold: Pagefold, links: readonly string[]): Promise<void> {
  for (const link of links) {
    const [parentId = '', childId = ''] = link.split('/');
    // In order: a parent comes before its children.
    if (!(await pagefold.session(parentId).exists()))
      await pagefold.session(parentId).userSays('x');
    await pagefold.session(childId, { parentId }).userSays('x');
  }
}

/** Deletes a session of a tree while something else happens around the first removal. */
async function deleteWhile(params: {
  readonly tree: readonly string[];
  readonly target: string;
  readonly children: 'detach' | 'cascade';
  readonly act: (other: Pagefold, removal: () => Promise<unknown>) => Promise<unknown>;
}): Promise<{ readonly other: Pagefold; readonly outcome: PromiseSettledResult<void> }> {
  const store = aStore();
  const other = await aPagefold({ store });
  await grow(other, params.tree);
  await other.session('elsewhere').userSays('x');
  const watched = aroundFirstRemoval(store, (removal) => params.act(other, removal));
  const pagefold = await openPagefold({ store: watched, tokens: 'estimate' });
  const { target, children } = params;
  const [outcome] = await Promise.allSettled([pagefold.session(target).delete({ children })]);
  await pagefold.close();
  return { other, outcome };
}

async function idsIn(pagefold: Pagefold): Promise<readonly string[]> {
  const { heads } = await pagefold.listSessions();
  return heads.map(({ key }) => key.sessionId).toSorted();
}

describe('a session that is moved while a cascade is under way', () => {
  test('C-63: stays when it is a child', async () => {
    const { other } = await deleteWhile({
      tree: ['p/a', 'p/b'],
      target: 'p',
      children: 'cascade',
      act: async (others, removal) => {
        await others.session('elsewhere').family.addChild('a');
        return removal();
      },
    });

    expect(await idsIn(other)).toEqual(['a', 'elsewhere']);
    expect(await other.session('a').family.parentId()).toBe('elsewhere');
  });

  test('C-63: stays with everything below it', async () => {
    const { other } = await deleteWhile({
      tree: ['p/m', 'm/g1', 'm/g2'],
      target: 'p',
      children: 'cascade',
      act: async (others, removal) => {
        await others.session('elsewhere').family.addChild('m');
        return removal();
      },
    });

    expect(await idsIn(other)).toEqual(['elsewhere', 'g1', 'm']);
    expect(await other.session('g1').family.parentId()).toBe('m');
  });

  test('C-63: goes when it only moved within the tree', async () => {
    const { other } = await deleteWhile({
      tree: ['p/a', 'p/b', 'p/c'],
      target: 'p',
      children: 'cascade',
      act: async (others, removal) => {
        await others.session('a').family.addChild('b');
        return removal();
      },
    });

    expect(await idsIn(other)).toEqual(['elsewhere']);
  });
});

describe('a child of a session that is being deleted', () => {
  test('W-17: names no parent that is gone when it was linked again meanwhile', async () => {
    const { other, outcome } = await deleteWhile({
      tree: ['p/a'],
      target: 'p',
      children: 'detach',
      act: async (others, removal) => {
        await others.session('p').family.addChild('a');
        return removal();
      },
    });

    expect(outcome.status).toBe('fulfilled');
    expect(await idsIn(other)).toEqual(['a', 'elsewhere']);
    expect(await other.session('a').family.parentId()).toBeNull();
  });

  test('keeps a parent that it was given meanwhile', async () => {
    const { other } = await deleteWhile({
      tree: ['p/a'],
      target: 'p',
      children: 'detach',
      act: async (others, removal) => {
        await others.session('elsewhere').family.addChild('a');
        return removal();
      },
    });

    expect(await other.session('a').family.parentId()).toBe('elsewhere');
    expect(await other.session('elsewhere').family.childIds()).toEqual(['a']);
  });
});

describe('a store that fails to remove', () => {
  test.each(['detach', 'cascade'] as const)(
    'C-63: leaves the links as they were (%s)',
    async (children) => {
      const { other, outcome } = await deleteWhile({
        tree: children === 'detach' ? ['root/p', 'p/a', 'p/b'] : ['root/p'],
        target: 'p',
        children,
        act: () => Promise.reject(linkDown()),
      });

      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_ERROR' } });
      expect(await other.session('root').family.childIds()).toEqual(['p']);
      const childIds = await other.session('p').family.childIds();
      expect(childIds).toEqual(children === 'detach' ? ['a', 'b'] : []);
      for (const id of childIds) expect(await other.session(id).family.parentId()).toBe('p');
    },
  );

  test('links nothing to a session that went although the store answered with an error', async () => {
    const { other, outcome } = await deleteWhile({
      tree: ['root/p', 'p/a'],
      target: 'p',
      children: 'detach',
      act: async (_, removal) => {
        await removal();
        throw linkDown();
      },
    });

    expect(outcome.status).toBe('rejected');
    expect(await idsIn(other)).toEqual(['a', 'elsewhere', 'root']);
    expect(await other.session('root').family.childIds()).toEqual([]);
    expect(await other.session('a').family.parentId()).toBeNull();
  });
});

test('the erasure of a user takes forks that are made meanwhile, and leaves plain children', async () => {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('mine', { userId: 'u' }).userSays('secret');
  await other.session('child', { parentId: 'mine' }).userSays('x');
  const watched = aroundFirstRemoval(store, async (removal) => {
    await other.session('mine').fork({ sessionId: 'fork', metadata: { userId: 'v' } });
    return removal();
  });
  const pagefold = await openPagefold({ store: watched, tokens: 'estimate' });

  const receipt = await pagefold.erase({ tenant: 'default', userId: 'u' });
  await pagefold.close();

  expect(receipt).toMatchObject({ sessions: 2 });
  expect(await idsIn(other)).toEqual(['child']);
  expect(await other.session('child').family.parentId()).toBeNull();
});
