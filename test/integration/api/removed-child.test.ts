import { expect, onTestFinished, test, vi } from 'vitest';
import { createRuntime } from '../../../src/runtime/runtime.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aWatchedStore, isAppendTo, linkDown } from './a-watched-store.ts';

const KEY = { tenant: 'default', sessionId: 'c' };

test('W-17: a removal of a child that stops half-way is finished by its reminder', async () => {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('p').userSays('x');
  await other.session('c', { parentId: 'p' }).userSays('x');
  const broken = aWatchedStore(store, async (call) => {
    if (isAppendTo('p')(call)) throw linkDown();
    return call.run();
  });
  const warnings: string[] = [];
  const pagefold = await aPagefold({
    store: broken,
    limits: { retryHorizonMs: 1 },
    onWarning: ({ code }) => warnings.push(code),
  });

  // The child is removed; the list of its parent follows.
  await pagefold.session('p').family.removeChild('c');
  expect(warnings).toEqual(['FOLLOW_UP_FAILED']);
  expect(await other.session('c').family.parentId()).toBeNull();
  expect(await other.session('p').family.childIds()).toEqual(['c']);

  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const runtime = createRuntime({ store, tokens: 'estimate' });
  await runtime.followUps.sweep();
  await runtime.close({ timeoutMs: 1000 });

  expect(await other.session('p').family.childIds()).toEqual([]);
  expect(await other.session('c').family.parentId()).toBeNull();
  expect((await store.stats()).outboxEntries).toBe(0);
});

test('W-17: a removal of a child that ends leaves no reminder behind', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await pagefold.session('p').userSays('x');
  await pagefold.session('c', { parentId: 'p' }).userSays('x');

  await pagefold.session('p').family.removeChild('c');

  expect((await store.stats()).outboxEntries).toBe(0);
});

test('W-17: a session whose parent is gone forgets it without a reminder that stays', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await pagefold.session('p').userSays('x');
  const session = pagefold.session('c', { parentId: 'p' });
  // The gate opens, and the parent goes before the session is there.
  await expect(session.runs.start('none')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  await pagefold.session('p').delete();

  await session.userSays('x');

  expect(await session.family.parentId()).toBeNull();
  expect(await store.dueOutbox({ dueBeforeMs: Date.now() + 60_000, limit: 10 })).toEqual([]);
  expect(await store.head({ key: KEY })).not.toBeNull();
});
