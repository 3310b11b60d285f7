import { describe, expect, test } from 'vitest';
import { openPagefold, type Pagefold, type Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aWatchedStore, linkDown, type StoreCall } from './a-watched-store.ts';

/** A store with sessions, each with its parent; forks are written as `origin*`. */
async function planted(
  parents: Readonly<Record<string, string | null>>,
): Promise<{ readonly store: Store; readonly other: Pagefold }> {
  const store = aStore();
  const other = await aPagefold({ store });
  for (const [sessionId, parentId] of Object.entries(parents)) {
    // In order: a parent comes before its children.
    if (parentId?.endsWith('*') === true)
      await other.session(parentId.slice(0, -1)).fork({ sessionId });
    else await other.session(sessionId, { parentId }).userSays('x');
  }
  return { store, other };
}

/** Runs something in a runtime whose calls to the store are watched. */
async function through(
  store: Store,
  around: (call: StoreCall) => Promise<unknown>,
  run: (pagefold: Pagefold) => Promise<unknown>,
): Promise<{ readonly code: string; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const pagefold = await openPagefold({
    store: aWatchedStore(store, around),
    tokens: 'estimate',
    onWarning: ({ code }) => warnings.push(code),
  });
  const [outcome] = await Promise.allSettled([run(pagefold)]);
  await pagefold.close();
  const { code } =
    outcome.status === 'rejected'
      ? (outcome.reason as { readonly code: string })
      : { code: 'none' };
  return { code, warnings };
}

async function parentsOf(
  pagefold: Pagefold,
  ids: readonly string[],
): Promise<Readonly<Record<string, string | null>>> {
  const entries = ids.map(
    async (id) => [id, await pagefold.session(id).family.parentId()] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

describe('a removal that fails', () => {
  test('C-63: gives the other children back when one has gone meanwhile', async () => {
    const { store, other } = await planted({ p: null, c1: 'p', c2: 'p', c3: 'p' });

    const { code, warnings } = await through(
      store,
      async ({ name, run }) => {
        if (name !== 'remove') return run();
        await other.session('c1').delete();
        throw linkDown();
      },
      (pagefold) => pagefold.session('p').delete(),
    );

    expect([code, warnings]).toEqual(['STORAGE_ERROR', []]);
    expect(await other.session('p').family.childIds()).toEqual(['c2', 'c3']);
    expect(await parentsOf(other, ['c2', 'c3'])).toEqual({ c2: 'p', c3: 'p' });
  });

  test('C-63: gives the other children back when one cannot be written to', async () => {
    const { store, other } = await planted({ p: null, c1: 'p', c2: 'p', c3: 'p' });
    let isRemoving = false;

    const { code, warnings } = await through(
      store,
      async ({ name, params, run }) => {
        isRemoving ||= name === 'remove';
        if (name === 'remove') throw linkDown();
        if (isRemoving && name === 'append' && params.key?.sessionId === 'c2') throw linkDown();
        return run();
      },
      (pagefold) => pagefold.session('p').delete(),
    );

    expect([code, warnings]).toEqual(['UNKNOWN_OUTCOME', ['RESTORE_FAILED']]);
    expect(await other.session('p').family.childIds()).toEqual(['c1', 'c3']);
    expect(await parentsOf(other, ['c1', 'c2', 'c3'])).toEqual({ c1: 'p', c2: null, c3: 'p' });
  });

  test('W-32: gives no child back that is above the session by now', async () => {
    const { store, other } = await planted({ p: null, c: 'p', d: 'p' });

    await through(
      store,
      async ({ name, run }) => {
        if (name !== 'remove') return run();
        await other.session('c').family.addChild('p');
        throw linkDown();
      },
      (pagefold) => pagefold.session('p').delete(),
    );

    expect(await parentsOf(other, ['p', 'c', 'd'])).toEqual({ p: 'c', c: null, d: 'p' });
    expect(await other.session('p').family.childIds()).toEqual(['d']);
    expect(await other.session('c').family.childIds()).toEqual(['p']);
  });

  test('C-63: gives back the children of every session of the tree', async () => {
    const { store, other } = await planted({ s: null, f: 's*', kid: 'f', kid2: 's' });
    await other.session('s').setProperty('user_id', 'u');

    const { code } = await through(
      store,
      ({ name, run }) => (name === 'erase' ? Promise.reject(linkDown()) : run()),
      async (pagefold) => pagefold.erase({ tenant: 'default', userId: 'u' }),
    );

    expect(code).toBe('STORAGE_ERROR');
    expect(await parentsOf(other, ['kid', 'kid2'])).toEqual({ kid: 'f', kid2: 's' });
  });

  test('C-63: leaves no session that is gone in a list when it stops half way', async () => {
    const { store, other } = await planted({ p: null, a: 'p', b: 'p', a1: 'a' });
    let removals = 0;

    const { code } = await through(
      store,
      ({ name, run }) => {
        if (name === 'remove' && (removals += 1) > 1) return Promise.reject(linkDown());
        return run();
      },
      (pagefold) => pagefold.session('p').delete({ children: 'cascade' }),
    );

    expect(code).toBe('STORAGE_ERROR');
    expect(await other.session('p').family.childIds()).toEqual(['a']);
    expect(await other.session('a').family.childIds()).toEqual(['a1']);
    expect(await parentsOf(other, ['a', 'a1'])).toEqual({ a: 'p', a1: 'a' });
  });

  test('C-63: gives the children back while the runtime closes', async () => {
    const { store, other } = await planted({ p: null, c1: 'p', c2: 'p', c3: 'p' });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let closing: Promise<void> = Promise.resolve();
    let isHeld = false;

    const { code, warnings } = await through(
      store,
      async ({ name, params, run }) => {
        if (!isHeld && name === 'append' && params.key?.sessionId === 'c3') {
          isHeld = true;
          await held;
        }
        return run();
      },
      async (pagefold) => {
        const deletion = pagefold.session('p').delete();
        while (!isHeld) await new Promise((resolve) => setImmediate(resolve));
        closing = pagefold.close({ timeoutMs: 2000 });
        // Single calls are turned away once operations have had their part of the time.
        await untilRefused(pagefold);
        release();
        await deletion;
      },
    );
    await closing;

    expect([code, warnings]).toEqual(['CLOSED', []]);
    expect(await other.session('p').family.childIds()).toEqual(['c1', 'c2', 'c3']);
    expect(await parentsOf(other, ['c1', 'c2', 'c3'])).toEqual({ c1: 'p', c2: 'p', c3: 'p' });
  });
});

async function untilRefused(pagefold: Pagefold): Promise<void> {
  const probe = pagefold.session('probe');
  for (;;) {
    const [outcome] = await Promise.allSettled([probe.exists()]);
    if (outcome.status === 'rejected') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
