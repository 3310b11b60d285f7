import { describe, expect, test } from 'vitest';
import { Overloaded, type Pagefold, type Store } from '../../../src/index.ts';
import { cutOffAfter, sweepLater } from './a-cut-off-store.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

/** A parent with two children, the first of them of another user. */
async function aFamily(): Promise<{ readonly store: Store; readonly other: Pagefold }> {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('p').userSays('x');
  await other.session('c1', { parentId: 'p', userId: 'u' }).userSays('x');
  await other.session('c2', { parentId: 'p' }).userSays('x');
  return { store, other };
}

/** Does something in families, cut off after ever more calls to the store until it is not. */
async function atEachCall(
  run: (pagefold: Pagefold) => Promise<unknown>,
  look: (family: { readonly store: Store; readonly other: Pagefold }) => Promise<void>,
): Promise<void> {
  for (let calls = 1; ; calls += 1) {
    const family = await aFamily();
    const { isCut } = await cutOffAfter(family.store, calls, run);
    await look(family);
    if (!isCut) return;
  }
}

describe('a removal that is cut off at any call', () => {
  test('W-17: C-63: leaves links that a sweep makes true on both sides', async () => {
    await atEachCall(
      (pagefold) => pagefold.session('p').delete(),
      async ({ store, other }) => {
        await sweepLater(store);

        const listed = (await other.session('p').exists())
          ? await other.session('p').family.childIds()
          : [];
        for (const id of ['c1', 'c2']) {
          const parentId = await other.session(id).family.parentId();
          expect([id, parentId]).toEqual([id, listed.includes(id) ? 'p' : null]);
        }
        expect((await store.stats()).outboxEntries).toBe(0);
      },
    );
  });

  test.each(['detach', 'cascade'] as const)(
    'W-17: C-63: can be repeated at once, and leaves no child that names it: %s',
    async (children) => {
      await atEachCall(
        (pagefold) => pagefold.session('p').delete({ children }),
        async ({ store, other }) => {
          if (await other.session('p').exists()) await other.session('p').delete({ children });
          await sweepLater(store);

          expect(await other.session('p').exists()).toBe(false);
          expect(await other.session('c1').family.parentId()).toBeNull();
          expect((await store.stats()).outboxEntries).toBe(0);
        },
      );
    },
  );

  test('W-17: C-63: leaves no session that is gone in the list of its parent', async () => {
    await atEachCall(
      (pagefold) => pagefold.session('c1').delete(),
      async ({ store, other }) => {
        await sweepLater(store);

        const left = (await other.session('c1').exists()) ? ['c1', 'c2'] : ['c2'];
        expect(await other.session('p').family.childIds()).toEqual(left);
        expect((await store.stats()).outboxEntries).toBe(0);
      },
    );
  });

  test('C-63: of all sessions of a user, leaves none of them in the list of another one', async () => {
    await atEachCall(
      (pagefold) => pagefold.erase({ tenant: 'default', userId: 'u' }),
      async ({ store, other }) => {
        await sweepLater(store);

        const left = (await other.session('c1').exists()) ? ['c1', 'c2'] : ['c2'];
        expect(await other.session('p').family.childIds()).toEqual(left);
        expect((await store.stats()).outboxEntries).toBe(0);
      },
    );
  });
});

test('W-17: C-63: sessions that go at once leave the list of their parent, however few calls it takes', async () => {
  const warnings: string[] = [];
  const pagefold = await aPagefold({
    limits: { sessionQueue: 4 },
    onWarning: ({ code }) => warnings.push(code),
  });
  const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
  await pagefold.session('p').userSays('x');
  for (const id of ids) await pagefold.session(id, { parentId: 'p' }).userSays('x');

  await Promise.all(ids.map((id) => pagefold.session(id).delete()));

  expect(await pagefold.session('p').family.childIds()).toEqual([]);
  expect(warnings).toEqual([]);
});

test('C-63: a session goes out of a store that has no room for a reminder', async () => {
  const { store, other } = await aFamily();
  const full = aWatchedStore(store, async ({ name, params, run }) => {
    if (name === 'settleOutbox' && params.mode === 'add')
      throw new Overloaded({ scope: 'store', reason: 'full', retryAfterMs: 60_000 });
    return run();
  });
  const warnings: string[] = [];
  const pagefold = await aPagefold({ store: full, onWarning: ({ code }) => warnings.push(code) });

  await pagefold.session('c1').delete();

  expect(await other.session('p').family.childIds()).toEqual(['c2']);
  expect(warnings).toEqual(['FOLLOW_UP_FAILED']);
});
