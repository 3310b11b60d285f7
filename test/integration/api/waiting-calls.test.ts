import { describe, expect, test } from 'vitest';
import { Overloaded } from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

/** A store that holds calls of one name back from when it is told to until it is told to go on. */
function aHoldingStore(name: string) {
  let gate: Promise<void> | null = null;
  let open = (): void => undefined;
  const store = aWatchedStore(aStore(), async (call) => {
    if (call.name === name) await gate;
    return call.run();
  });
  return {
    store,
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    letGo: () => open(),
  };
}

describe('calls that wait until their session is found', () => {
  test('count for the bounds of the tenant, however many managers there are', async () => {
    const { store, hold, letGo } = aHoldingStore('load');
    const pagefold = await aPagefold({ store, limits: { tenantQueue: 10 } });
    hold();

    const calls = ['a', 'b'].flatMap((id) => {
      const session = pagefold.session(id);
      return Array.from({ length: 8 }, (_, index) => session.userSays(`message ${index}`));
    });
    const outcomes = Promise.allSettled(calls);
    await expect(pagefold.session('c').userSays('x')).rejects.toBeInstanceOf(Overloaded);
    letGo();

    const refused = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(6);
  });

  test('count with what they hold, the first of each included', async () => {
    const { store, hold, letGo } = aHoldingStore('load');
    const pagefold = await aPagefold({ store, limits: { shardQueueBytes: 2500 } });
    hold();

    const text = 'x'.repeat(1000);
    const calls = Promise.all(['a', 'b'].map((id) => pagefold.session(id).userSays(text)));
    await expect(pagefold.session('c').userSays(text)).rejects.toMatchObject({ scope: 'shard' });
    letGo();

    expect(await calls).toEqual(['a', 'b']);
  });

  test('count together in all runtimes of a process', async () => {
    const { store, hold, letGo } = aHoldingStore('load');
    const limits = { processQueueBytes: 2500 };
    const pagefold = await aPagefold({ store, limits });
    const other = await aPagefold({ limits });
    hold();

    const text = 'x'.repeat(1000);
    const calls = Promise.all(['a', 'b'].map((id) => pagefold.session(id).userSays(text)));
    const late = other.session('c');
    await expect(late.userSays(text)).rejects.toMatchObject({ scope: 'process' });
    letGo();

    expect(await calls).toEqual(['a', 'b']);
    await expect(late.userSays(text)).resolves.toBe('c');
  });
});

describe('a call whose commit is recorded', () => {
  test('is answered when its time is over, whatever the store still does for a fork', async () => {
    const { store, hold, letGo } = aHoldingStore('head');
    const pagefold = await aPagefold({ store });
    await pagefold.session('s').userSays('hello');
    await pagefold.session('s').fork({ sessionId: 'f' });
    const fork = pagefold.session('f');
    hold();

    await fork.userSays('to the fork', { timeoutMs: 50 });
    letGo();

    expect(await fork.getConversation()).toHaveLength(2);
  });

  test('is answered when its signal is aborted', async () => {
    const { store, hold, letGo } = aHoldingStore('settleOutbox');
    const pagefold = await aPagefold({ store });
    await pagefold.session('parent').userSays('hello');
    const abort = new AbortController();
    hold();

    const call = pagefold
      .session('child', { parentId: 'parent' })
      .userSays('hello', { signal: abort.signal });
    await expect.poll(() => pagefold.session('parent').family.childIds()).toEqual(['child']);
    abort.abort();

    expect(await call).toBe('child');
    letGo();
  });
});

describe('a call right behind the first write', () => {
  test('finds what that write has created', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('child').userSays('hello');

    const session = pagefold.session('s');
    const written = session.userSays('hello', { eventId: 'e' });
    const [lines, stored] = await Promise.all([
      collect(session.export()),
      session.getSession(),
      session.events.correctUsage('e', { promptTokens: 3 }),
      session.events.changeMetadata('e', { set: { a: 1 } }),
      session.family.addChild('child'),
    ]);
    await written;

    expect(lines.length).toBeGreaterThan(1);
    expect(stored.id).toBe('s');
  });
});
