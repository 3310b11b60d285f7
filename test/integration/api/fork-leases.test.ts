import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Pagefold, SessionManager } from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** When sessions expire, by id. */
async function ends(pagefold: Pagefold): Promise<Readonly<Record<string, number>>> {
  const heads = await collect(pagefold.sessions());
  return Object.fromEntries(
    heads.map(({ key, expiresAtMs }) => [key.sessionId, expiresAtMs ?? Infinity]),
  );
}

async function countOf(fork: SessionManager): Promise<number> {
  return (await fork.getConversation()).length;
}

test('C-76: an origin outlives a fork that lives on because sessions name it their parent', async () => {
  const pagefold = await aPagefold({ timeToLive: { slidingMs: DAY_MS } });
  const chat = pagefold.session('chat');
  await chat.userSays('Plan a trip.');
  const branch = await chat.fork({ sessionId: 'branch' });
  await branch.userSays('Make it three days.');

  for (const sessionId of ['hotels', 'trains', 'meals']) {
    pass(0.6 * DAY_MS);
    await pagefold.session(sessionId, { parentId: 'branch' }).userSays('find some');
  }
  pass(0.9 * DAY_MS);

  const end = await ends(pagefold);
  expect(end['chat']).toBeGreaterThanOrEqual(end['branch']!);
  expect(await countOf(branch)).toBe(2);
});

test('C-76: an origin outlives a fork whose children leave it', async () => {
  const pagefold = await aPagefold({ timeToLive: { slidingMs: DAY_MS } });
  const chat = pagefold.session('chat');
  await chat.userSays('Plan a trip.');
  const branch = await chat.fork({ sessionId: 'branch' });
  const child = pagefold.session('child', { parentId: 'branch' });
  await child.userSays('find hotels');

  pass(0.9 * DAY_MS);
  await child.delete();
  pass(0.9 * DAY_MS);

  expect(await countOf(branch)).toBe(1);
});

test('C-76: an origin outlives a fork whose summary comes late', async () => {
  let write: (text: string) => void = () => undefined;
  const summary = new Promise<string>((resolve) => (write = resolve));
  const pagefold = await aPagefold({ timeToLive: { slidingMs: DAY_MS } });
  const chat = pagefold.session('chat', { infiniteContext: true, summarize: () => summary });
  await chat.userSays('Plan a trip.');
  const branch = await chat.fork({ sessionId: 'branch' });
  for (let turn = 0; turn < 4; turn += 1) {
    // In order: a conversation.
    await branch.userSays(
      `Make it ${turn} days, with many museums, no long walks and late breakfasts.`,
    );
    await branch.aiResponds(
      'There are several museums that open late, and all of them have lifts.',
    );
  }
  await branch.closeSegment();

  pass(0.9 * DAY_MS);
  write('A trip with museums.');
  await branch.flush();
  pass(0.9 * DAY_MS);

  expect(await countOf(branch)).toBe(9);
});

test('C-76: the origin of a fork that is itself a fork outlives it with every further fork', async () => {
  const pagefold = await aPagefold({ timeToLive: { slidingMs: DAY_MS } });
  const first = pagefold.session('first');
  await first.userSays('one');
  const second = await first.fork({ sessionId: 'second' });
  await second.setTimeToLive(10 * DAY_MS);

  pass(9 * DAY_MS);
  const third = await second.fork({ sessionId: 'third' });
  await third.setTimeToLive(HOUR_MS);
  pass(9 * DAY_MS);

  expect(await countOf(second)).toBe(1);
});

test('C-76: the origin of a fork that is restored outlives it', async () => {
  const source = await aPagefold();
  const origin = source.session('origin');
  await origin.userSays('one');
  const fork = await origin.fork({ sessionId: 'fork' });
  await fork.userSays('two');
  const further = await fork.fork({ sessionId: 'further' });
  await further.userSays('three');
  const backups = await Promise.all([origin, fork, further].map((each) => collect(each.export())));

  const pagefold = await aPagefold({ timeToLive: { absoluteMs: DAY_MS, slidingMs: null } });
  for (const backup of backups) {
    await pagefold.importSession(backup);
    pass(0.6 * DAY_MS);
  }
  pass(0.3 * DAY_MS);

  expect(await countOf(pagefold.session('further'))).toBe(3);
});

test('a copy of a session is restored though a fork of the session is not readable any more', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  const origin = pagefold.session('origin');
  await origin.userSays('one');
  await origin.fork({ sessionId: 'fork' });
  const backup = await collect(origin.export());
  // Behind the back of everybody who would see to it that it stays.
  await store.remove({ key: { tenant: 'default', sessionId: 'origin' } });
  const other = await aPagefold({ store });
  await expect(other.session('fork').getConversation()).rejects.toMatchObject({
    code: 'SESSION_NOT_FOUND',
  });

  await other.importSession(backup, { sessionId: 'copy' });

  expect(await countOf(other.session('copy'))).toBe(1);
  expect(await other.session('copy').family.childIds()).toEqual([]);
});
