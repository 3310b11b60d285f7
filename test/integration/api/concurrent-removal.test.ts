import { expect, test } from 'vitest';
import { openPagefold, type Pagefold, PagefoldError, type Store } from '../../../src/index.ts';
import { aPagefold, aStore, talk } from './a-pagefold.ts';

const TRIES = 25;

/** Deletes a session and forks it at the same time; tells which of both won, or what is wrong. */
async function deleteAndFork(
  pagefold: Pagefold,
  id: string,
  how: 'delete' | 'erase',
): Promise<string> {
  await talk(pagefold.session(id), 2);
  const [removed, forked] = await Promise.allSettled([
    pagefold.session(id)[how](),
    pagefold.session(id).fork({ sessionId: `${id}-fork` }),
  ]);
  const fork = pagefold.session(`${id}-fork`);
  if (forked.status === 'rejected') {
    const isClean = isNotFound(forked.reason) && !(await fork.exists());
    return isClean ? 'removed' : `half a fork: ${forked.reason}`;
  }
  const messages = await fork.getConversation();
  return removed.status === 'rejected' && messages.length === 4 ? 'forked' : 'lost fork';
}

test.each(['delete', 'erase'] as const)(
  'W-17: %s and fork at the same time never lose the fork',
  async (how) => {
    const pagefold = await aPagefold();
    const outcomes: string[] = [];
    for (let round = 0; round < TRIES; round += 1) {
      outcomes.push(await deleteAndFork(pagefold, `s${round}`, how));
    }

    expect(outcomes.filter((outcome) => !['removed', 'forked'].includes(outcome))).toEqual([]);
  },
);

function isNotFound(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'SESSION_NOT_FOUND';
}

/** A store that lets somebody act right before a session is removed, once. */
function beforeRemoval(store: Store, act: () => Promise<unknown>): Store {
  let isDone = false;
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'remove' || isDone) return value.bind(target);
      return async (params: never) => {
        isDone = true;
        await act();
        return Reflect.apply(value, target, [params]);
      };
    },
  });
}

test('C-63: a refused deletion leaves the links of the session as they were', async () => {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('parent').userSays('x');
  await other.session('s', { parentId: 'parent' }).userSays('x');
  await other.session('child', { parentId: 's' }).userSays('x');
  const fork = () => other.session('s').fork({ sessionId: 'fork' });
  const pagefold = await openPagefold({ store: beforeRemoval(store, fork), tokens: 'estimate' });

  await expect(pagefold.session('s').delete()).rejects.toMatchObject({
    code: 'INVALID_SESSION_OPERATION',
  });
  await pagefold.close();

  expect(await other.session('parent').family.childIds()).toEqual(['s']);
  expect(await other.session('child').family.parentId()).toBe('s');
  expect(await other.session('fork').getConversation()).toHaveLength(1);
});

test('C-63: a deletion never takes a session that was created anew under the same id', async () => {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('s').userSays('old');
  const replace = async (): Promise<void> => {
    await other.session('s').delete();
    await other.session('s').userSays('new');
  };
  const pagefold = await openPagefold({ store: beforeRemoval(store, replace), tokens: 'estimate' });

  await pagefold.session('s').delete();
  await pagefold.close();

  expect(await other.session('s').getConversation()).toMatchObject([{ content: 'new' }]);
});

test('W-17: a cascade takes forks that are made meanwhile', async () => {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('s').userSays('x');
  const fork = () => other.session('s').fork({ sessionId: 'fork' });
  const pagefold = await openPagefold({ store: beforeRemoval(store, fork), tokens: 'estimate' });

  await pagefold.session('s').delete({ children: 'cascade' });
  await pagefold.close();

  expect(await other.listSessions()).toMatchObject({ heads: [] });
});

test('a deletion gives up when others never stop writing', async () => {
  const store = aStore();
  const other = await aPagefold({ store });
  await other.session('s').userSays('x');
  const busy = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'remove') return value.bind(target);
      return async (params: never) => {
        await other.session('s').userSays('more');
        return Reflect.apply(value, target, [params]);
      };
    },
  });
  const pagefold = await openPagefold({ store: busy, tokens: 'estimate' });

  await expect(pagefold.session('s').delete()).rejects.toMatchObject({ code: 'SESSION_CONFLICT' });
  await pagefold.close();

  expect(await other.session('s').exists()).toBe(true);
});
