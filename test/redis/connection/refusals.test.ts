import { expect, inject, onTestFinished, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';
import type { HistoryPoint, Store } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { type RefusingProxy, startRefusingProxy } from '../../lib/redis/refusing-proxy.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');

/** What servers say to a call that they do not begin with. */
const REFUSALS = [
  'LOADING Redis is loading the dataset in memory',
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  "READONLY You can't write against a read only replica.",
  'NOAUTH Authentication required.',
  "NOPERM this user has no permissions to run the 'evalsha' command",
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  'NOREPLICAS Not enough good replicas to write.',
  'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
  "OOM command not allowed when used memory > 'maxmemory'.",
  'ERR max number of clients reached',
] as const;

/** What a server says of a script that met something on the way, when it may have changed some of what it should. */
const STOPPED_ON_THE_WAY = [
  'ERR Error running script (call to f_1): @user_script:1: it met something',
  "NOPERM User default has no permissions to run the 'zadd' command script: 1f, on @user_script:9.",
] as const;

interface Setup {
  readonly proxy: RefusingProxy;
  /** A store behind the proxy. */
  readonly store: Store;
  /** The same one without it. */
  readonly direct: Store;
}

async function aSetup(): Promise<Setup> {
  const proxy = await startRefusingProxy(Number(new URL(url).port));
  onTestFinished(() => proxy.close());
  const namespace = aNamespace();
  const store = aRedisStore({ url: proxy.url, namespace });
  onTestFinished(() => store.close());
  const direct = aRedisStore({ url, namespace });
  onTestFinished(() => direct.close());
  return { proxy, store, direct };
}

function keyOf(index: number): ReturnType<typeof aKey> {
  return aKey({ sessionId: `s${index}` });
}

/** Begins sessions, and returns the next write of each. */
async function secondWrites({ store }: Setup, count: number) {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const first = await store.append(anAppend({ key: keyOf(index) }));
      const known: HistoryPoint | null = first.kind === 'ok' ? first.point : null;
      return anAppend({
        key: keyOf(index),
        known,
        write: { writer: 'writer-1', operation: 2 },
        records: ['1{"n":2}'],
      });
    }),
  );
}

async function codeOf(call: Promise<{ readonly kind: string }>): Promise<unknown> {
  try {
    return (await call).kind;
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
}

async function versions(store: Store, count: number): Promise<readonly unknown[]> {
  const heads = Array.from({ length: count }, (_, index) => store.head({ key: keyOf(index) }));
  return (await Promise.all(heads)).map((head) => head?.version);
}

async function logOf(store: Store, sessionId: string): Promise<string> {
  const key = aKey({ tenant: 'default', sessionId });
  const page = await store.read({ key, fromPosition: 1, limit: 100 });
  return page?.records.join('\n') ?? '';
}

test.each(REFUSALS.flatMap((words) => [1, 2, 5].map((count) => ({ words, count }))))(
  'of $count appends whose answer was lost nothing is said for certain when the server says "$words" next',
  async ({ words, count }) => {
    const setup = await aSetup();
    const writes = await secondWrites(setup, count);
    setup.proxy.cutAndRefuse(words);

    const told = await Promise.all(writes.map((write) => codeOf(setup.store.append(write))));
    expect(setup.proxy.refused).toBeGreaterThan(0);
    expect(await versions(setup.direct, count)).toEqual(Array(count).fill(2));
    expect(told).toEqual(Array(count).fill('UNKNOWN_OUTCOME'));

    setup.proxy.heal();
    const again = await Promise.all(writes.map((write) => codeOf(setup.store.append(write))));
    expect(again).toEqual(Array(count).fill('duplicate'));
  },
);

test.each(REFUSALS.flatMap((words) => STOPPED_ON_THE_WAY.map((first) => ({ words, first }))))(
  'of appends that are sent alone after "$first" nothing is said for certain when the server says "$words" next',
  async ({ words, first }) => {
    const setup = await aSetup();
    const writes = await secondWrites(setup, 3);
    // A client that is told of a replica sends again on its own.
    setup.proxy.refuseNext([first, ...Array.from({ length: 30 }, () => words)]);

    const told = await Promise.all(writes.map((write) => codeOf(setup.store.append(write))));
    expect(told).toEqual(Array(3).fill('UNKNOWN_OUTCOME'));
  },
);

test.each(REFUSALS)(
  'an append that was sent once is refused for certain with "%s"',
  async (words) => {
    const setup = await aSetup();
    const [write = anAppend()] = await secondWrites(setup, 1);
    setup.proxy.refuseNext([words]);

    const told = await codeOf(setup.store.append(write));
    expect(told).toBe(words.startsWith('OOM') ? 'OVERLOADED' : 'STORAGE_ERROR');
    expect(await versions(setup.direct, 1)).toEqual([1]);
  },
);

test('appends that come together on a full server are refused for certain, and those that it has are told', async () => {
  const setup = await aSetup();
  const [first = anAppend(), second = anAppend()] = await secondWrites(setup, 2);
  await setup.direct.append(first);
  setup.proxy.refuseNext([
    "OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:9.",
  ]);

  const told = await Promise.all([first, second].map((write) => codeOf(setup.store.append(write))));
  expect(told).toEqual(['duplicate', 'ok']);
});

test('who may not do what one of several appends needs is told so of that one, and the others are recorded', async () => {
  const setup = await aSetup();
  const writes = await secondWrites(setup, 2);
  const [, words] = STOPPED_ON_THE_WAY;
  setup.proxy.refuseNext([words, words]);

  const told = await Promise.all(writes.map((write) => codeOf(setup.store.append(write))));
  expect(new Set(told)).toEqual(new Set(['STORAGE_ERROR', 'ok']));
});

test.each(REFUSALS)(
  'what users said while the connection broke is recorded once when the server says "%s" for a while',
  async (words) => {
    const setup = await aSetup();
    await using pagefold = await openPagefold({ store: setup.store, tokens: 'estimate' });
    const ids = ['a', 'b', 'c'];
    const sessions = ids.map((id) => pagefold.session(id));
    await Promise.all(sessions.map((session) => session.userSays('hello')));
    setup.proxy.cutAndRefuse(words);

    const saying = Promise.all(sessions.map((session) => session.userSays('one pizza')));
    await expect.poll(() => setup.proxy.refused).toBeGreaterThan(3);
    setup.proxy.heal();
    await saying;
    const logs = await Promise.all(ids.map((id) => logOf(setup.direct, id)));
    expect(logs.map((log) => log.split('one pizza').length - 1)).toEqual([1, 1, 1]);
  },
);
