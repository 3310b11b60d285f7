import { describe, expect, test } from 'vitest';
import { MAX_CHILDREN } from '../../../src/domain/session-state.ts';
import type { Pagefold, Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';

const TENANT = 'default';
const NOTHING = { events: 0, messages: 0, toolCalls: 0, unpricedCalls: 0, tokens: 0, costPico: 0n };
const BATCH = 250;

/** A session with as many children as it may have, each of them there, beside one with a child. */
async function withFullParent(): Promise<{ readonly store: Store; readonly pagefold: Pagefold }> {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await pagefold.session('full').userSays('x');
  await pagefold.session('p').userSays('x');
  await pagefold.session('child', { parentId: 'p' }).userSays('x');
  for (let from = 0; from < MAX_CHILDREN; from += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, index) => `c${from + index}`);
    // In order: each batch follows the one before.
    await append(store, 'full', ids.map(linkTo));
    await Promise.all(ids.map((id) => append(store, id, [creationOf(id)])));
  }
  return { store, pagefold };
}

function linkTo(childId: string): object {
  return { type: 'child-changed', atMs: 1, childId, isLinked: true, isFork: false };
}

function creationOf(sessionId: string): object {
  const created = { type: 'session-created', atMs: 1, sessionId, lifeId: `life of ${sessionId}` };
  return { ...created, tenant: TENANT, parentId: 'full', fork: null, properties: {} };
}

async function append(store: Store, sessionId: string, events: readonly object[]): Promise<void> {
  const key = { tenant: TENANT, sessionId };
  const loaded = await store.load({ key });
  const known = loaded.kind === 'found' ? loaded.point : null;
  const result = await store.append({
    key,
    write: { writer: 'by-hand', operation: (known?.version ?? 0) + 1 },
    known,
    mode: 'expected',
    timeToLive: { absoluteMs: null, slidingMs: null },
    records: events.map((event) => `1${JSON.stringify(event)}`),
    counters: NOTHING,
  });
  expect(result.kind).toBe('ok');
}

describe('a parent whose list is full', () => {
  const REFUSED = {
    code: 'INVALID_SESSION_OPERATION',
    reason: `a session has at most ${MAX_CHILDREN} children`,
  };

  test('W-17: takes no further child, and nothing changes', async () => {
    const { store, pagefold } = await withFullParent();
    const before = (await store.stats()).records;

    await expect(pagefold.session('full').family.addChild('child')).rejects.toMatchObject(REFUSED);
    const session = pagefold.session('new', { parentId: 'full' });
    await expect(session.userSays('x')).rejects.toMatchObject(REFUSED);
    await expect(pagefold.session('full').fork({ sessionId: 'fork' })).rejects.toMatchObject(
      REFUSED,
    );

    expect(await store.stats()).toMatchObject({ records: before, outboxEntries: 0 });
    expect(await pagefold.session('child').family.parentId()).toBe('p');
    expect(await pagefold.session('p').family.childIds()).toEqual(['child']);
    expect(await session.exists()).toBe(false);
  });

  test('W-17: forgets children that are gone when there has to be room', async () => {
    const { store, pagefold } = await withFullParent();
    const { family } = pagefold.session('full');
    for (const sessionId of ['c300', 'c9999'])
      await store.remove({ key: { tenant: TENANT, sessionId } });

    await pagefold.session('new', { parentId: 'full' }).userSays('x');
    expect(await family.childIds()).not.toContain('c300');
    await family.addChild('child');
    await expect(pagefold.session('full').fork()).rejects.toMatchObject(REFUSED);

    const childIds = await family.childIds();
    expect(childIds).toHaveLength(MAX_CHILDREN);
    expect(childIds.slice(-2)).toEqual(['new', 'child']);
    expect(childIds).not.toContain('c9999');
    expect(await pagefold.session('p').family.childIds()).toEqual([]);
  });

  test('W-17: still takes a session that is created anew under an id in its list', async () => {
    const { store, pagefold } = await withFullParent();
    await store.remove({ key: { tenant: TENANT, sessionId: 'c7' } });

    await pagefold.session('c7', { parentId: 'full' }).userSays('x');

    expect(await pagefold.session('c7').family.parentId()).toBe('full');
    expect(await pagefold.session('full').family.childIds()).toHaveLength(MAX_CHILDREN);
  });
});
