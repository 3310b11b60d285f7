import { describe, expect, test } from 'vitest';
import {
  PagefoldError,
  SessionManagerError,
  StorageError,
  type Store,
} from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';

type Method = 'append' | 'load' | 'read';

/** A store that fails as long as it is told to, before anything happened. */
function brittle(store: Store): {
  readonly store: Store;
  readonly fail: (methods: readonly Method[]) => void;
} {
  let failing: readonly Method[] = [];
  const guarded = (method: Method) => (params: never) => {
    if (!failing.includes(method)) return store[method](params);
    return Promise.reject(
      new StorageError({ operation: method, backend: 'test', cause: new Error('link down') }),
    );
  };
  const wrapped = new Proxy(store, {
    get: (target, name) => {
      if (name === 'append' || name === 'load' || name === 'read') return guarded(name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    store: wrapped,
    fail: (methods) => {
      failing = methods;
    },
  };
}

describe('a store that fails', () => {
  test('W-10: C-79: makes a read fail, and never an empty session in place of the real one', async () => {
    const { store, fail } = brittle(aStore());
    const pagefold = await aPagefold({ store });
    await talk(pagefold.session('s'), 2);
    const other = await aPagefold({ store });
    const session = other.session('s', { systemPrompt: 'New.', metadata: { a: 1 } });

    fail(['load', 'read']);
    for (const call of [
      () => session.userSays('x'),
      () => session.getStats(),
      () => session.getConversation(),
      () => session.exists(),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
    fail([]);
    await session.userSays('question 3');

    expect((await session.getConversation()).map((turn) => turn.content)).toEqual([
      'question 1',
      'answer 1',
      'question 2',
      'answer 2',
      'question 3',
    ]);
    expect(session.isNew).toBe(false);
  });

  test('W-09: records nothing when a write fails for certain, so that a retry records it once', async () => {
    const { store, fail } = brittle(aStore());
    const pagefold = await aPagefold({ store });
    const session = pagefold.session('s');
    await session.userSays('first');

    fail(['append']);
    await expect(session.userSays('second')).rejects.toBeInstanceOf(StorageError);
    expect(await session.getConversation()).toHaveLength(1);
    fail([]);
    await session.userSays('second');

    expect((await session.getConversation()).map((turn) => turn.content)).toEqual([
      'first',
      'second',
    ]);
    expect(await session.getStats()).toMatchObject({ totalEvents: 2 });
  });

  test('W-63: C-37: fails with a StorageError of ours that keeps the cause', async () => {
    const { store, fail } = brittle(aStore());
    const pagefold = await aPagefold({ store });
    fail(['append']);

    const error: unknown = await pagefold
      .session('s')
      .userSays('x')
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(StorageError);
    expect(error).toBeInstanceOf(SessionManagerError);
    expect(PagefoldError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'STORAGE_ERROR',
      retryable: true,
      operation: 'append',
      backend: 'test',
      cause: expect.objectContaining({ message: 'link down' }) as Error,
    });
  });

  test('W-02: C-64: C-69: is used for everything: segments, parents, children and summaries too', async () => {
    const inner = aStore();
    const pagefold = await aPagefold({ store: inner, summarize: () => 'short' });
    const options = { infiniteContext: true, maxTurnsPerSegment: 2 };
    const session = pagefold.session('s', options);
    await talk(session, 3);
    await pagefold.session('child', { parentId: 's' }).userSays('hello');
    await pagefold.flush();

    const heads = (await inner.list({ tenant: 'default', order: 'created', limit: 10 })).heads;
    expect(heads.map((head) => [head.key.sessionId, head.counters.messages])).toEqual([
      ['s', 6],
      ['child', 1],
    ]);
    const lines = await collect(session.export());
    expect(lines.filter((line) => line.includes('summary-applied'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('child-changed'))).toHaveLength(1);
  });
});

test('W-14: a deletion that fails is reported, and the session is still there', async () => {
  const inner = aStore();
  let isFailing = true;
  const store = new Proxy(inner, {
    get: (target, name) => {
      if (name === 'remove' && isFailing)
        return () => Promise.reject(new StorageError({ operation: 'remove', backend: 'test' }));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const pagefold = await aPagefold({ store });
  const session = pagefold.session('s');
  await session.userSays('hello');

  await expect(session.delete()).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
  expect(await session.getConversation()).toHaveLength(1);
  isFailing = false;
  await session.delete();

  expect(await session.exists()).toBe(false);
});

test('a store that hangs does not hold a call beyond its deadline, and nothing is recorded', async () => {
  const inner = aStore();
  let isHanging = true;
  const store = new Proxy(inner, {
    get: (target, name) => {
      if (name === 'load' && isHanging) return () => new Promise(() => undefined);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const pagefold = await aPagefold({ store });
  const session = pagefold.session('s');

  await expect(session.userSays('x', { timeoutMs: 5 })).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  });
  const controller = new AbortController();
  const call = session.userSays('y', { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' });

  isHanging = false;
  expect(await inner.head({ key: { tenant: 'default', sessionId: 's' } })).toBeNull();
  await pagefold.close({ timeoutMs: 0 });
});
