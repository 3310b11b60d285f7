import { expect, test } from 'vitest';
import type { Pagefold } from '../../../src/index.ts';
import { aPagefold, aStore, talk } from './a-pagefold.ts';
import { aStoreWith, linkDown, type StoreCall } from './a-watched-store.ts';

const DAY_MS = 86_400_000;
const CENTURY_MS = 3_155_760_000_000;

async function endOf(pagefold: Pagefold, sessionId: string): Promise<number> {
  const { heads } = await pagefold.listSessions({ sessionIdPrefix: sessionId });
  const head = heads.find(({ key }) => key.sessionId === sessionId);
  return head!.expiresAtMs ?? Infinity;
}

test('C-76: a longer life of a fork makes its origins live longer at once', async () => {
  const pagefold = await aPagefold();
  await talk(pagefold.session('a'), 1);
  const middle = await pagefold.session('a').fork({ sessionId: 'b' });
  await middle.userSays('on');
  const fork = await middle.fork({ sessionId: 'c' });
  await fork.userSays('and on');

  await fork.setTimeToLive(30 * DAY_MS);

  const end = await endOf(pagefold, 'c');
  expect(await endOf(pagefold, 'b')).toBeGreaterThanOrEqual(end);
  expect(await endOf(pagefold, 'a')).toBeGreaterThanOrEqual(end);
  await fork.setTimeToLive(null);
  expect([await endOf(pagefold, 'a'), await endOf(pagefold, 'b')]).toEqual([Infinity, Infinity]);
});

test('C-76: a longer life of a fork that fails once its origins have theirs is of unknown outcome', async () => {
  const memory = aStore();
  const pagefold = await aPagefold({ store: memory });
  await talk(pagefold.session('a'), 1);
  const fork = await pagefold.session('a').fork({ sessionId: 'b' });
  await fork.userSays('on');
  const isMeant = ({ name, params }: StoreCall): boolean =>
    name === 'setTimeToLive' && params.key?.sessionId === 'b';
  const store = aStoreWith(memory, { isMeant, before: () => Promise.reject(linkDown()) });
  const failing = (await aPagefold({ store })).session('b');

  const change = failing.setTimeToLive(null);

  await expect(change).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    cause: { code: 'STORAGE_ERROR' },
  });
  expect(await endOf(pagefold, 'a')).toBe(Infinity);
  await failing.setTimeToLive(null);
  expect(await endOf(pagefold, 'b')).toBe(Infinity);
});

test('C-76: an origin that would expire first lives as long as a fork from the fork on', async () => {
  const pagefold = await aPagefold();
  await talk(pagefold.session('a'), 1);
  await pagefold.session('a').setTimeToLive(60_000);

  await pagefold.session('a').fork({ sessionId: 'b' });

  expect(await endOf(pagefold, 'a')).toBeGreaterThanOrEqual(await endOf(pagefold, 'b'));
});

test('C-76: an origin needs a quarter more life than its fork, which looks after it four times', async () => {
  const pagefold = await aPagefold();
  const origin = pagefold.session('a');
  await talk(origin, 1);
  const fork = await origin.fork({ sessionId: 'b' });
  await fork.setTimeToLive(40 * DAY_MS);

  await expect(origin.setTimeToLive(49 * DAY_MS)).rejects.toMatchObject({
    code: 'INVALID_SESSION_OPERATION',
    operation: 'setTimeToLive',
  });
  expect(await endOf(pagefold, 'a')).toBeGreaterThanOrEqual(Date.now() + 49 * DAY_MS);
  await origin.setTimeToLive(51 * DAY_MS);

  expect(await endOf(pagefold, 'a')).toBeGreaterThan(Date.now() + 50 * DAY_MS);
});

test('C-76: an origin outlives a fork that is made while its life is shortened', async () => {
  const store = aStore();
  const other = await aPagefold({ store, timeToLive: { slidingMs: DAY_MS } });
  await talk(other.session('a'), 1);
  const before = () => other.session('a').fork({ sessionId: 'b' });
  const isMeant = ({ name }: { readonly name: string }) => name === 'setTimeToLive';
  const pagefold = await aPagefold({ store: aStoreWith(store, { isMeant, before }) });

  await pagefold.session('a').setTimeToLive(60_000);

  const end = await endOf(other, 'b');
  expect(end).toBeGreaterThan(Date.now() + DAY_MS - 60_000);
  expect(await endOf(other, 'a')).toBeGreaterThanOrEqual(end);
  expect(await endOf(other, 'a')).toBeLessThan(Date.now() + 2 * DAY_MS);
});

test('C-76: an absolute limit stays when the sliding time is set', async () => {
  const pagefold = await aPagefold({ timeToLive: { absoluteMs: DAY_MS, slidingMs: 60_000 } });
  const session = pagefold.session('s');
  await session.userSays('x');
  const startMs = Date.now();

  await session.setTimeToLive(7 * DAY_MS);
  expect(await endOf(pagefold, 's')).toBeLessThanOrEqual(startMs + DAY_MS);
  await session.setTimeToLive(null);

  expect(await endOf(pagefold, 's')).toBeLessThanOrEqual(startMs + DAY_MS);
});

test('C-76: an absolute limit of an origin moves no further than its fork needs', async () => {
  const pagefold = await aPagefold({ timeToLive: { absoluteMs: DAY_MS, slidingMs: null } });
  await talk(pagefold.session('a'), 1);
  const fork = await pagefold.session('a').fork({ sessionId: 'b' });
  await fork.userSays('on');

  expect(await endOf(pagefold, 'a')).toBeLessThanOrEqual(Date.now() + 1.25 * DAY_MS + 1000);
});

test.each([30 * DAY_MS, null])(
  'C-76: an origin moves no further than the absolute limit of a fork that is given %s ms to live',
  async (slidingMs) => {
    const store = aStore();
    const short = await aPagefold({ store, timeToLive: { absoluteMs: DAY_MS, slidingMs: 60_000 } });
    await talk(short.session('a'), 1);
    const limited = await aPagefold({ store, timeToLive: { absoluteMs: 2 * DAY_MS } });
    const fork = await limited.session('a').fork({ sessionId: 'b' });
    await fork.setTimeToLive(60_000);

    await fork.setTimeToLive(slidingMs);
    await fork.userSays('on');

    expect(await endOf(limited, 'b')).toBeGreaterThan(Date.now() + DAY_MS);
    const end = await endOf(limited, 'b');
    expect(await endOf(limited, 'a')).toBeGreaterThanOrEqual(end);
    expect(await endOf(limited, 'a')).toBeLessThan(end + 60_000);
  },
);

test('W-15: times beyond a century are refused', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  await session.userSays('x');

  const refused = { code: 'INVALID_INPUT' };
  await expect(session.setTimeToLive(CENTURY_MS + 1)).rejects.toMatchObject(refused);
  await expect(session.userSays('x', { timeoutMs: CENTURY_MS + 1 })).rejects.toMatchObject(refused);
  await expect(aPagefold({ limits: { retryHorizonMs: CENTURY_MS + 1 } })).rejects.toMatchObject(
    refused,
  );
  expect(await session.getConversation()).toHaveLength(1);
});

test('a call with a time limit of weeks is not given up at once', async () => {
  const pagefold = await aPagefold();

  expect(await pagefold.session('s').userSays('x', { timeoutMs: 3e9 })).toBe('s');
});

test('C-76: an ordinary session under the id of a fork that is gone does not hold its origin', async () => {
  const pagefold = await aPagefold();
  const origin = pagefold.session('a');
  await talk(origin, 1);
  const fork = await origin.fork({ sessionId: 'f' });
  await fork.setTimeToLive(0);
  await pagefold.session('f').userSays('something else');

  await origin.setTimeToLive(60_000);

  expect(await endOf(pagefold, 'a')).toBeLessThanOrEqual(Date.now() + 61_000);
});
