import { expect, test } from 'vitest';
import type { Pagefold, Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aStoreWith } from './a-watched-store.ts';

const PIECE = 100;

/**
 * A chain of sessions below one another, `a0` above `a1` and so on. It is made in pieces that are joined from the lowest on,
 * since each link is checked against all that is above it.
 */
async function chain(pagefold: Pagefold, length: number): Promise<void> {
  for (let depth = 0; depth < length; depth += 1) {
    const parentId = depth % PIECE === 0 ? null : `a${depth - 1}`;
    // In order: a parent comes before its child.
    await pagefold.session(`a${depth}`, { parentId }).setState('is', 'here');
  }
  for (let depth = Math.floor((length - 1) / PIECE) * PIECE; depth > 0; depth -= PIECE)
    await pagefold.session(`a${depth - 1}`).family.addChild(`a${depth}`);
}

async function idsIn(store: Store): Promise<readonly string[]> {
  const { heads } = await store.list({ tenant: 'default', order: 'created', limit: 1000 });
  return heads.map(({ key }) => key.sessionId);
}

test('C-62: a session that has as many ancestors as it may have gets no child of any kind', async () => {
  const pagefold = await aPagefold();
  await chain(pagefold, 1001);
  await pagefold.session('free').userSays('x');
  const refused = {
    code: 'INVALID_SESSION_OPERATION',
    reason: 'at most 1000 ancestors are allowed',
  };

  await expect(pagefold.session('new', { parentId: 'a1000' }).userSays('x')).rejects.toMatchObject({
    ...refused,
    operation: 'create',
  });
  await expect(pagefold.session('a1000').family.addChild('free')).rejects.toMatchObject({
    ...refused,
    operation: 'addChild',
  });

  expect(await pagefold.session('new').exists()).toBe(false);
  expect(await pagefold.session('free').family.parentId()).toBeNull();
});

test('C-63: a tree deeper than any chain of creations goes as a whole', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await chain(pagefold, 1100);

  await pagefold.session('a0').delete({ children: 'cascade' });

  expect(await idsIn(store)).toEqual([]);
});

test('C-63: what others move out of a deep tree stays, but for a few of its deepest', async () => {
  const store = aStore();
  const other = await aPagefold({ store });
  await chain(other, 100);
  await other.session('elsewhere').userSays('x');
  let removals = 0;
  const pagefold = await aPagefold({
    store: aStoreWith(store, {
      isMeant: ({ name }) => name === 'remove' && (removals += 1) === 10,
      before: () => other.session('elsewhere').family.addChild('a5'),
    }),
  });

  await pagefold.session('a0').delete({ children: 'cascade' });

  const left = await idsIn(store);
  expect(left).toContain('a5');
  expect(left).not.toContain('a4');
  expect(await other.session('a5').family.parentId()).toBe('elsewhere');
  // Ten were gone, and an eighth of the path may go before it is asked again.
  expect(left.length).toBeGreaterThanOrEqual(100 - 5 - 10 - 12);
  const ids = await other.session('a5').family.descendants();
  expect(ids).toHaveLength(left.length - 2);
});
