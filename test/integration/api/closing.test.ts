import { expect, onTestFinished, test } from 'vitest';
import {
  closeDefaultRuntime,
  InfiniteConversationManager,
  openPagefold,
  type RuntimeWarning,
  type Store,
} from '../../../src/index.ts';
import { createWarn } from '../../../src/runtime/warnings.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';

/** A store whose reads never answer once it is told so. */
function aStuckStore(): {
  readonly store: Store;
  readonly reading: Promise<void>;
  readonly stick: () => void;
} {
  const inner = aStore();
  let isStuck = false;
  let tell = (): void => undefined;
  const reading = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const store = new Proxy(inner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'read') return value.bind(target);
      return (params: never) => {
        if (!isStuck) return Reflect.apply(value, target, [params]);
        tell();
        return new Promise(() => undefined);
      };
    },
  });
  return { store, reading, stick: () => void (isStuck = true) };
}

test('W-07: closing ends at its deadline while a summary waits for a store that never answers', async () => {
  const { store, reading, stick } = aStuckStore();
  const pagefold = await openPagefold({ store, tokens: 'estimate', summarize: () => 'short' });
  const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
  await session.userSays('What are the seven wonders of the ancient world?');
  await session.aiResponds('The pyramid, the gardens and five more.');
  stick();
  await session.userSays('And where?');
  await reading;

  const startMs = Date.now();
  await pagefold.close({ timeoutMs: 50 });

  expect(Date.now() - startMs).toBeLessThan(5000);
});

test('a runtime that closes takes no more calls, while background work goes on', async () => {
  let finish = (): void => undefined;
  const summary = new Promise<string>((resolve) => {
    finish = () => resolve('short');
  });
  onTestFinished(() => finish());
  const pagefold = await openPagefold({ tokens: 'estimate', summarize: () => summary });
  const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
  await session.userSays('What are the seven wonders of the ancient world?');
  await session.aiResponds('The pyramid, the gardens and five more.');
  await session.userSays('And where?');

  const closing = pagefold.close({ timeoutMs: 100 });

  await expect(session.userSays('late')).rejects.toMatchObject({ code: 'CLOSED' });
  await closing;
});

test.each([
  ['a new session', 'new'],
  ['a session that is there', 'old'],
])('closing waits for calls that were made just before it on %s', async (_name, sessionId) => {
  const store = aStore();
  const pagefold = await openPagefold({ store, tokens: 'estimate' });
  await pagefold.session('old').userSays('hello');
  const session = pagefold.session(sessionId, { systemPrompt: 'P', metadata: { a: 1 } });
  const conversations = new InfiniteConversationManager({ store });

  const calls = [
    session.userSays('first'),
    session.setState('a', 1),
    session.aiResponds('second'),
    session.getStats(),
  ];
  await pagefold.close();

  await expect(Promise.all(calls)).resolves.toHaveLength(4);
  await expect(session.userSays('late')).rejects.toMatchObject({ code: 'CLOSED' });
  const after = (await aPagefold({ store })).session(sessionId);
  const said = (await after.getConversation()).map((turn) => turn.content);
  expect(said.slice(-2)).toEqual(['first', 'second']);
  expect(await after.getProperties()).toEqual({ a: 1 });
  const message = { sessionId, message: 'third', source: 'user' } as const;
  const processed = conversations.processMessage(message);
  await closeDefaultRuntime();
  await expect(processed).resolves.toBe(sessionId);
});

test('closing lets an operation go on whose session is still to be looked up', async () => {
  const pagefold = await openPagefold({ tokens: 'estimate' });
  await pagefold.session('s', { metadata: { a: 1 } }).userSays('hello', { eventId: 'e' });
  const session = pagefold.session('s', { metadata: { a: 2 } });

  const changed = session.events.changeMetadata('e', { set: { b: 1 } });
  await pagefold.close();

  await expect(changed).resolves.toBeUndefined();
});

test('a call on a session that is still to be looked up is refused after closing', async () => {
  const pagefold = await openPagefold({ tokens: 'estimate' });
  const session = pagefold.session('s');
  const closing = pagefold.close();

  await expect(session.userSays('late')).rejects.toMatchObject({ code: 'CLOSED' });
  await closing;
});

test.each([-1, Number.NaN, 4e12, '5'])('a close timeout of %s is refused', async (timeoutMs) => {
  const pagefold = await aPagefold();

  await expect(pagefold.close({ timeoutMs: timeoutMs as number })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field: 'options.timeoutMs',
  });
  expect(await pagefold.session('s').userSays('x')).toBe('s');
});

test('a warning tells the kind of an error of others, never its words', () => {
  const warnings: RuntimeWarning[] = [];
  const warn = createWarn((warning) => warnings.push(warning));
  const secret = Object.assign(new TypeError('my password is 1234'), { code: 'ECONNRESET' });
  const odd = Object.assign(new Error('x'), { name: 'my password', code: 'is 1234' });

  warn('A', secret);
  warn('A', odd);
  warn('A', 'my password');

  expect(warnings.map(({ message }) => message)).toEqual([
    'TypeError (ECONNRESET)',
    'Error',
    'failed',
  ]);
});

test.each(['delete', 'fork', 'addChild', 'erase'] as const)(
  'closing waits for the whole of an operation of several calls: %s',
  async (operation) => {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('parent').userSays('x');
    await other.session('s', { parentId: 'parent' }).userSays('x');
    for (const id of ['a', 'b', 'c']) await other.session(id, { parentId: 's' }).userSays('x');
    await other.session('free').userSays('x');
    const pagefold = await openPagefold({ store, tokens: 'estimate' });
    const session = pagefold.session('s');
    const operations = {
      delete: () => session.delete(),
      erase: () => session.erase({ children: 'cascade' }),
      fork: () => session.fork({ sessionId: 'fork' }),
      addChild: () => session.family.addChild('free'),
    };

    const underWay = operations[operation]();
    await pagefold.close();
    await underWay;

    await expect(operations[operation]()).rejects.toMatchObject({ code: 'CLOSED' });
    const isGone = operation === 'delete' || operation === 'erase';
    expect(await other.session('s').exists()).toBe(!isGone);
    expect(await other.session('parent').family.childIds()).toEqual(isGone ? [] : ['s']);
    const childIds = isGone ? [] : await other.session('s').family.childIds();
    const joined = { delete: [], erase: [], fork: ['fork'], addChild: ['free'] }[operation];
    expect(childIds).toEqual(isGone ? [] : ['a', 'b', 'c', ...joined]);
  },
);

test('a closed runtime answers no read, whoever owns its store', async () => {
  const store = aStore();
  for (const own of [{}, { store }]) {
    // In order: one runtime at a time.
    const pagefold = await openPagefold({ ...own, tokens: 'estimate' });
    const session = pagefold.session('s');
    await session.userSays('hello', { eventId: 'e' });
    await pagefold.close();

    const reads: readonly (() => Promise<unknown>)[] = [
      () => session.exists(),
      () => session.getSession(),
      () => session.getConversation(),
      () => session.getStats(),
      () => session.events.find('e'),
      () => session.family.childIds(),
      () => collect(session.export()),
      () => collect(session.events),
      () => collect(pagefold.sessions()),
      async () => pagefold.session('s').getSession(),
      () => pagefold.listSessions(),
      () => pagefold.tenantUsage(),
      () => pagefold.stats(),
    ];
    for (const read of reads) await expect(read()).rejects.toMatchObject({ code: 'CLOSED' });
  }
  expect(await (await aPagefold({ store })).session('s').getConversation()).toHaveLength(1);
});
