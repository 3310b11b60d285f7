import { describe, expect, test } from 'vitest';
import { StorageError } from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aStoreWith } from './a-watched-store.ts';

describe('no session becomes its own ancestor', () => {
  test('by a fork under the id of an ancestor that has gone', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    await pagefold.session('plan').userSays('p');
    await pagefold.session('task', { parentId: 'plan' }).userSays('t');
    await pagefold.session('main').userSays('m');
    await store.remove({ key: { tenant: 'default', sessionId: 'plan' } });
    const other = await aPagefold({ store });
    await other.session('task').family.addChild('main');

    await expect(other.session('main').fork({ sessionId: 'plan' })).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      operation: 'fork',
    });

    expect(await other.session('plan').exists()).toBe(false);
  });

  test('by an import of a session that is above its parent by now', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    await pagefold.session('b').userSays('b');
    const first = pagefold.session('x');
    await first.userSays('x');
    await pagefold.session('b').family.addChild('x');
    const backup = await collect(first.export());
    await pagefold.session('b').family.removeChild('x');
    await first.family.addChild('b');
    await store.remove({ key: { tenant: 'default', sessionId: 'x' } });
    const other = await aPagefold({ store });

    await other.importSession(backup);

    const restored = other.session('x').family;
    expect(await restored.parentId()).toBeNull();
    expect(await restored.ancestors()).toEqual([]);
    expect(await other.session('b').family.parentId()).toBe('x');
  });
});

test('an import whose link cannot be made leaves the session, of which others may know, and makes it when it is repeated', async () => {
  const source = await aPagefold();
  await source.session('parent').userSays('p');
  const child = source.session('child', { parentId: 'parent' });
  await child.userSays('c');
  const backup = await collect(child.export());
  let appends = 0;
  let isDown = true;
  const store = aStoreWith(aStore(), {
    isMeant: ({ name }) => {
      appends += Number(name === 'append');
      return name === 'append' && appends > 2 && isDown;
    },
    before: () => {
      throw new StorageError({ operation: 'append', backend: 'memory' });
    },
  });
  const pagefold = await aPagefold({ store });
  await pagefold.session('parent').userSays('p');

  await expect(pagefold.importSession(backup)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
  const isThere = await pagefold.session('child').exists();
  const listed = await pagefold.session('parent').family.childIds();
  isDown = false;
  await expect(pagefold.importSession(backup)).rejects.toMatchObject({
    code: 'SESSION_ALREADY_EXISTS',
    data: { importedRecords: 2 },
  });

  expect([isThere, listed]).toEqual([true, []]);
  expect(await pagefold.session('parent').family.childIds()).toEqual(['child']);
});

test('an import ends its link to a parent that belongs to another user by now', async () => {
  const source = await aPagefold();
  await source.session('parent').userSays('p');
  const child = source.session('child', { parentId: 'parent', userId: 'ann' });
  await child.userSays('c');
  const backup = await collect(child.export());
  const pagefold = await aPagefold({ store: aStore() });
  await pagefold.session('parent', { userId: 'bob' }).userSays('p');

  await pagefold.importSession(backup);

  expect(await pagefold.session('child').family.parentId()).toBeNull();
  expect(await pagefold.session('parent').family.childIds()).toEqual([]);
  expect((await pagefold.stats()).store.outboxEntries).toBe(0);
});
