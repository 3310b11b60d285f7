import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Pagefold, SessionHead } from '../../../src/index.ts';
import { openPagefold } from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
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

/** The lines of a session to which one message was said, with the life that was set for it, if any. */
async function exported(source: Pagefold, slidingMs?: number | null): Promise<readonly string[]> {
  const session = source.session('s');
  await session.userSays('keep this');
  if (slidingMs !== undefined) await session.setTimeToLive(slidingMs);
  return collect(session.export());
}

/** How long the only session has to live; null for ever. */
async function lifeIn(pagefold: Pagefold): Promise<number | null> {
  const { heads } = await pagefold.listSessions();
  const end = heads[0]?.expiresAtMs ?? null;
  return end === null ? null : end - Date.now();
}

describe('the time to live of an imported session', () => {
  test('W-73, C-76: a session that was set to live for ever does so after its import', async () => {
    const lines = await exported(await aPagefold(), null);
    const target = await aPagefold({ timeToLive: { slidingMs: MINUTE_MS } });
    await target.importSession(lines);

    pass(365 * DAY_MS);

    expect(await target.session('s').exists()).toBe(true);
    expect(await lifeIn(target)).toBeNull();
    expect(await collect(target.session('s').export())).toEqual(lines);
  });

  test('C-76: a session that was limited to a minute does not live for a day after its import', async () => {
    const lines = await exported(await aPagefold(), MINUTE_MS);
    const target = await aPagefold();
    pass(HOUR_MS);
    await target.importSession(lines);

    expect(await lifeIn(target)).toBe(MINUTE_MS);
    pass(MINUTE_MS / 2);
    await target.session('s').userSays('and this');
    expect(await lifeIn(target)).toBe(MINUTE_MS);
    pass(MINUTE_MS);
    expect(await target.session('s').exists()).toBe(false);
  });

  test('a session to which nothing was set lives as all others where it is imported', async () => {
    const timeToLive = { slidingMs: HOUR_MS, absoluteMs: 2 * HOUR_MS };
    const lines = await exported(await aPagefold({ timeToLive }));
    const target = await aPagefold();
    await target.importSession(lines);

    expect(lines[0]).not.toContain('timeToLive');
    expect(await lifeIn(target)).toBe(DAY_MS);
  });

  test('a limit to the whole life of all sessions holds for imported ones too', async () => {
    const lines = await exported(await aPagefold(), null);
    const target = await aPagefold({ timeToLive: { absoluteMs: HOUR_MS } });
    await target.importSession(lines);

    expect(await lifeIn(target)).toBe(HOUR_MS);
  });

  test('a limit to the whole life that a runtime does not know as its own comes along, counted from the import', async () => {
    const store = aStore();
    const earlier = await openPagefold({ store, timeToLive: { absoluteMs: HOUR_MS } });
    await earlier.session('s').userSays('keep this');
    await earlier.close();
    pass(HOUR_MS / 2);
    const later = await aPagefold({ store });
    const target = await aPagefold();
    await target.importSession(later.session('s').export());

    expect(await lifeIn(target)).toBe(HOUR_MS);
  });

  test('an import may give it another life', async () => {
    const lines = await exported(await aPagefold(), null);
    const target = await aPagefold();
    await target.importSession(lines, { timeToLive: { slidingMs: HOUR_MS } });

    expect(await lifeIn(target)).toBe(HOUR_MS);
    await expect(
      target.importSession(lines, { timeToLive: { slidingMs: 0 } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'target.timeToLive.slidingMs' });
  });

  test('exports of earlier versions, which tell no life, are imported as before', async () => {
    const [header = '', ...records] = await exported(await aPagefold(), null);
    const { timeToLive, ...earlier } = JSON.parse(header) as { readonly timeToLive: unknown };
    const target = await aPagefold();
    await target.importSession([JSON.stringify(earlier), ...records]);

    expect(timeToLive).toEqual({ slidingMs: null });
    expect(await lifeIn(target)).toBe(DAY_MS);
  });

  test('a store that does not tell the sliding part tells at least that there is none', async () => {
    const silent = aWatchedStore(aStore(), async ({ name, run }) => {
      const answer = await run();
      return name === 'head' ? { ...(answer as SessionHead), slidingMs: undefined } : answer;
    });
    const source = await aPagefold({ store: silent });
    const limited = await exported(source, MINUTE_MS);
    const endless = await exported(source, null);

    expect(JSON.parse(limited[0] ?? '')).not.toHaveProperty('timeToLive');
    expect(JSON.parse(endless[0] ?? '')).toMatchObject({ timeToLive: { slidingMs: null } });
  });

  test('an origin and its fork that live for ever come back as such, and the fork can be read', async () => {
    const source = await aPagefold();
    const origin = source.session('origin');
    await origin.userSays('one');
    const fork = await origin.fork({ sessionId: 'fork' });
    await fork.userSays('two');
    await fork.setTimeToLive(null);
    const target = await aPagefold();
    for (const session of [origin, fork]) {
      // In order: a fork is restored where its origin is.
      await target.importSession(session.export());
    }

    pass(365 * DAY_MS);

    expect(await target.session('fork').getConversation()).toHaveLength(2);
  });

  test('listings tell when a session came to be where it is, the session when it began', async () => {
    const source = await aPagefold();
    const lines = await exported(source);
    const beganAtMs = Date.now();
    pass(HOUR_MS);
    const target = await aPagefold();
    await target.importSession(lines);

    const { heads } = await target.listSessions();
    const { metadata } = await target.session('s').getSession();
    expect([heads[0]?.createdAtMs, metadata.createdAtMs]).toEqual([beganAtMs + HOUR_MS, beganAtMs]);
  });
});
