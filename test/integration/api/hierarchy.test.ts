import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { InvalidSessionOperation, type Pagefold, SessionNotFound } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';

/** Sessions that exist, each with its parent where one is named. */
async function aTree(
  pagefold: Pagefold,
  parents: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const [sessionId, parentId] of Object.entries(parents)) {
    // In order: a parent has to be there before its child.
    await pagefold.session(sessionId, { parentId }).userSays('hello');
  }
}

async function idsOf(
  relatives: Promise<readonly { readonly sessionId: string }[]>,
): Promise<string[]> {
  return (await relatives).map(({ sessionId }) => sessionId);
}

describe('a parent given to the constructor', () => {
  test('C-56: is told of its child once, however many calls there are', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { parent: null });
    const child = pagefold.session('child', { parentId: 'parent' });

    await Promise.all(['a', 'b', 'c'].map((text) => child.userSays(text)));
    await pagefold.session('child', { parentId: 'parent' }).userSays('d');

    expect(await pagefold.session('parent').family.childIds()).toEqual(['child']);
    expect(await child.family.parentId()).toBe('parent');
    expect((await pagefold.session('parent').getSession()).childIds).toEqual(['child']);
    expect((await pagefold.stats()).store.outboxEntries).toBe(0);
  });

  test('C-56: keeps two children of one parent apart', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { parent: null, left: 'parent', right: 'parent' });

    await pagefold.session('left').userSays('only here');

    expect(await pagefold.session('right').getConversation()).toHaveLength(1);
    expect(await pagefold.session('parent').family.childIds()).toEqual(['left', 'right']);
  });

  test('cannot be the session itself', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { s: null });

    await expect(pagefold.session('t', { parentId: 't' }).userSays('x')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    expect(await pagefold.session('t').exists()).toBe(false);
  });
});

describe('addChild and removeChild', () => {
  test('W-17: C-58: keep both sides, without duplicates', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { parent: null, child: null });
    const [parent, child] = [pagefold.session('parent'), pagefold.session('child')];

    await parent.family.addChild('child');
    await parent.family.addChild('child');
    expect([await parent.family.childIds(), await child.family.parentId()]).toEqual([
      ['child'],
      'parent',
    ]);

    await parent.family.removeChild('child');
    await parent.family.removeChild('child');
    expect([await parent.family.childIds(), await child.family.parentId()]).toEqual([[], null]);
    expect((await pagefold.stats()).store.outboxEntries).toBe(0);
  });

  test('W-17: C-58: move a child of somebody else, on all three sides', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { old: null, new: null, child: 'old' });

    await pagefold.session('new').family.addChild('child');

    expect(await pagefold.session('old').family.childIds()).toEqual([]);
    expect(await pagefold.session('new').family.childIds()).toEqual(['child']);
    expect(await pagefold.session('child').family.parentId()).toBe('new');
  });

  test('leave the child of somebody else alone', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { parent: null, other: null, child: 'parent' });

    await pagefold.session('other').family.removeChild('child');

    expect(await pagefold.session('child').family.parentId()).toBe('parent');
    expect(await pagefold.session('parent').family.childIds()).toEqual(['child']);
  });

  test('need both sessions to exist', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { s: null });

    await expect(pagefold.session('s').family.addChild('nobody')).rejects.toThrow(SessionNotFound);
    await expect(pagefold.session('nobody').family.addChild('s')).rejects.toThrow(SessionNotFound);
    await expect(pagefold.session('s').family.addChild('')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'sessionId',
    });
  });

  test('do not reach into another tenant', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('mine', { tenant: 'a' }).userSays('x');
    await pagefold.session('theirs', { tenant: 'b' }).userSays('x');

    await expect(
      pagefold.session('mine', { tenant: 'a' }).family.addChild('theirs'),
    ).rejects.toThrow(SessionNotFound);
  });
});

describe('ancestors and descendants', () => {
  test('C-59: ancestors come nearest first', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { root: null, middle: 'root', leaf: 'middle' });

    expect(await idsOf(pagefold.session('leaf').family.ancestors())).toEqual(['middle', 'root']);
    expect(await idsOf(pagefold.session('root').family.ancestors())).toEqual([]);
  });

  test('C-60: descendants come depth first, later children before earlier ones', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { R: null, A: 'R', A1: 'A', A2: 'A', B: 'R' });

    expect(await idsOf(pagefold.session('R').family.descendants())).toEqual(['B', 'A', 'A2', 'A1']);
  });

  test('W-33: are told without their content', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('root', { metadata: { team: 'red' } }).userSays('secret words');
    await aTree(pagefold, { leaf: 'root' });

    const [root] = await pagefold.session('leaf').family.ancestors();

    expect(root).toEqual({
      sessionId: 'root',
      parentId: null,
      childIds: ['leaf'],
      fork: null,
      properties: { team: 'red' },
      createdAtMs: expect.any(Number) as number,
    });
  });

  test('C-61: members that are gone without a word are skipped', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    await aTree(pagefold, { root: null, a: 'root', b: 'root', leaf: 'b' });

    await store.remove({ key: { tenant: 'default', sessionId: 'a' } });
    expect(await idsOf(pagefold.session('root').family.descendants())).toEqual(['b', 'leaf']);

    await store.remove({ key: { tenant: 'default', sessionId: 'b' } });
    expect(await idsOf(pagefold.session('leaf').family.ancestors())).toEqual([]);
    expect(await idsOf(pagefold.session('root').family.descendants())).toEqual([]);
  });

  test('C-61: another session that took the id of a parent that expired is no ancestor', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { root: null, parent: 'root', child: 'parent' });
    await pagefold.session('parent').setTimeToLive(20);
    await setTimeout(60);
    await pagefold.session('parent', { userId: 'other', parentId: 'root' }).userSays('mine');

    const child = pagefold.session('child');
    expect(await idsOf(child.family.ancestors())).toEqual([]);
    expect(await child.family.parentId()).toBe('parent');
    expect(await idsOf(pagefold.session('parent').family.ancestors())).toEqual(['root']);
  });
});

describe('a circle of parents', () => {
  test('W-32: C-62: is refused, of any length', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { a: null, b: 'a', c: 'b' });

    for (const [parent, child] of [
      ['a', 'a'],
      ['b', 'a'],
      ['c', 'a'],
    ] as const) {
      await expect(
        pagefold.session(parent).family.addChild(child),
        `${child} under ${parent}`,
      ).rejects.toMatchObject({
        code: 'INVALID_SESSION_OPERATION',
        operation: 'addChild',
        reason: 'a session cannot be its own ancestor',
      });
    }
    expect(await pagefold.session('a').family.parentId()).toBeNull();
  });

  test('W-32: is not made by two links at once either', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { a: null, b: null });

    const results = await Promise.allSettled([
      pagefold.session('a').family.addChild('b'),
      pagefold.session('b').family.addChild('a'),
    ]);

    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(InvalidSessionOperation);
    const parents = await Promise.all(
      ['a', 'b'].map((id) => pagefold.session(id).family.parentId()),
    );
    expect(parents.filter((parent) => parent !== null).length).toBeLessThanOrEqual(1);
  });

  test('W-32: that was forced into the store hangs nothing', async () => {
    const created = (sessionId: string, parentId: string): string =>
      `1${JSON.stringify({ type: 'session-created', atMs: 1, sessionId, lifeId: sessionId, tenant: 'default', parentId, fork: null, properties: {} })}`;
    const linked = (childId: string): string =>
      `1${JSON.stringify({ type: 'child-changed', atMs: 2, childId, isLinked: true, isFork: false })}`;
    const store = aStore();
    const forced = await aPagefold({ store });
    for (const [sessionId, other] of [
      ['x', 'y'],
      ['y', 'x'],
    ] as const) {
      await store.append({
        key: { tenant: 'default', sessionId },
        write: { writer: 'by-hand', operation: 1 },
        known: null,
        mode: 'expected',
        records: [created(sessionId, other), linked(other)],
        counters: {
          events: 0,
          messages: 0,
          toolCalls: 0,
          unpricedCalls: 0,
          tokens: 0,
          costPico: 0n,
        },
        timeToLive: { absoluteMs: null, slidingMs: null },
      });
    }

    expect(await idsOf(forced.session('x').family.ancestors())).toEqual(['y']);
    expect(await idsOf(forced.session('x').family.descendants())).toEqual(['y']);
    await forced.session('x').userSays('still works');
    await forced.session('x').delete({ children: 'cascade' });
    expect(await forced.listSessions()).toMatchObject({ heads: [] });
  });
});

test('a list of children that is behind tells nothing wrong and harms nobody', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await aTree(pagefold, { stale: null, real: null, child: 'real' });
  const record = { type: 'child-changed', atMs: 2, childId: 'child', isLinked: true, isFork: true };
  const key = { tenant: 'default', sessionId: 'stale' };
  const loaded = await store.load({ key });
  await store.append({
    key,
    write: { writer: 'by-hand', operation: 1 },
    known: loaded.kind === 'found' ? loaded.point : null,
    mode: 'any',
    records: [`1${JSON.stringify(record)}`],
    counters: { events: 0, messages: 0, toolCalls: 0, unpricedCalls: 0, tokens: 0, costPico: 0n },
  });

  expect(await pagefold.session('stale').family.childIds()).toEqual(['child']);
  expect(await idsOf(pagefold.session('stale').family.descendants())).toEqual([]);
  await pagefold.session('stale').delete();
  expect(await pagefold.session('child').family.parentId()).toBe('real');
});

describe('delete', () => {
  test('W-17: C-63: detaches children and leaves no link to the deleted session', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { root: null, middle: 'root', a: 'middle', b: 'middle' });

    await pagefold.session('middle').delete();

    expect(await pagefold.session('root').family.childIds()).toEqual([]);
    for (const id of ['a', 'b']) {
      expect(await pagefold.session(id).family.parentId()).toBeNull();
      expect(await pagefold.session(id).getConversation()).toHaveLength(1);
    }
  });

  test('C-63: takes everything below with it when asked to', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { root: null, middle: 'root', a: 'middle', a1: 'a', other: 'root' });

    await pagefold.session('middle').delete({ children: 'cascade' });

    const left = (await pagefold.listSessions()).heads.map((head) => head.key.sessionId);
    expect(left).toEqual(['root', 'other']);
    expect(await pagefold.session('root').family.childIds()).toEqual(['other']);
  });

  test('C-63: a child that moved away meanwhile is not touched', async () => {
    const pagefold = await aPagefold();
    await aTree(pagefold, { old: null, new: null, child: 'old' });
    await pagefold.session('new').family.addChild('child');

    await pagefold.session('old').delete({ children: 'cascade' });

    expect(await pagefold.session('child').family.parentId()).toBe('new');
  });
});
