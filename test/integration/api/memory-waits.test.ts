import { describe, expect, test } from 'vitest';
import type { SessionManager, Store, WaitOptions } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

interface Held {
  readonly session: SessionManager;
  /** From now on calls of this name wait; resolves once one does. */
  readonly hold: (name: string) => Promise<void>;
  readonly release: () => void;
}

/** A session over a store whose calls can be held up. */
async function aHeldSession(): Promise<Held> {
  let held: string | null = null;
  let arrived: () => void = () => undefined;
  let release: () => void = () => undefined;
  let released: Promise<void> = Promise.resolve();
  const store: Store = aWatchedStore(aStore(), async ({ name, run }) => {
    if (name !== held) return run();
    arrived();
    await released;
    return run();
  });
  const session = (await aPagefold({ store })).session('s');
  await talk(session, 3);
  return {
    session,
    hold: (name) => {
      held = name;
      released = new Promise((resolve) => (release = resolve));
      return new Promise((resolve) => (arrived = resolve));
    },
    release: () => {
      held = null;
      release();
    },
  };
}

const CALLS: readonly (readonly [
  string,
  (session: SessionManager, wait: WaitOptions) => unknown,
])[] = [
  ['buildContext', ({ memory }, wait) => memory.buildContext(wait)],
  ['fault', ({ memory }, wait) => memory.fault('msg_2', wait)],
  ['search', ({ memory }, wait) => memory.search('question', wait)],
  ['pin', ({ memory }, wait) => memory.pin('msg_2', wait)],
  ['unpin', ({ memory }, wait) => memory.unpin('msg_2', wait)],
  ['write', ({ memory }, wait) => memory.write({ content: 'x' }, wait)],
  ['pages', ({ memory }, wait) => memory.pages(wait)],
  ['stats', ({ memory }, wait) => memory.stats(wait)],
  ['contextAt', ({ memory }, wait) => memory.history.contextAt(2, wait)],
  ['diff', ({ memory }, wait) => memory.history.diff({ from: 2, to: 3 }, wait)],
  ['list', ({ memory }, wait) => collect(memory.history.list(wait))],
  [
    'callTool',
    ({ memory }, wait) =>
      memory.callTool({ name: 'search_pages', arguments: { query: 'question' } }, wait),
  ],
  ['getPage', ({ memory }, wait) => memory.forTool('t').getPage('msg_2', wait)],
  ['createPage', ({ memory }, wait) => memory.forTool('t').createPage({ content: 'x' }, wait)],
];

describe('a call of a memory', () => {
  test.for(CALLS)('%s is called off before it begins', async ([, call]) => {
    const { session } = await aHeldSession();
    const signal = AbortSignal.abort(new Error('no longer wanted'));

    await expect(call(session, { signal })).rejects.toMatchObject({
      code: 'ABORTED',
      cause: { message: 'no longer wanted' },
    });
    expect(await collect(session.memory.history.list())).toEqual([]);
  });

  test('is called off at once while a store does not answer, and records nothing afterwards', async () => {
    const { session, hold, release } = await aHeldSession();
    const controller = new AbortController();
    const waiting = hold('load');

    const call = session.memory.write({ content: 'x' }, { signal: controller.signal });
    await waiting;
    controller.abort();

    await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
    release();
    expect(await collect(session.memory.history.list())).toEqual([]);
  });

  test('gives up when its time is over', async () => {
    const { session, hold, release } = await aHeldSession();
    const waiting = hold('load');

    const call = session.memory.stats({ timeoutMs: 5 });
    await waiting;

    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    release();
  });

  test('does not say that nothing was recorded once that is not certain', async () => {
    const { session, hold, release } = await aHeldSession();
    const controller = new AbortController();
    const waiting = hold('append');

    const call = session.memory.write({ content: 'x' }, { signal: controller.signal });
    await waiting;
    controller.abort();

    await expect(call).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    release();
    expect(await collect(session.memory.history.list())).toHaveLength(1);
  });

  test('refuses options that it does not know', async () => {
    const { session } = await aHeldSession();
    const wrong = { signals: [] } as WaitOptions;

    await expect(session.memory.stats(wrong)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(session.memory.pin('msg_2', wrong)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
