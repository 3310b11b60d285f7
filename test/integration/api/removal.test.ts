import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SessionNotFound } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';

describe('delete', () => {
  test('C-63: W-04: is final for managers that hold the session, for reads and for writes', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true });
    await talk(session, 2);

    await pagefold.session('s').delete();

    expect(await session.exists()).toBe(false);
    const calls = [
      () => session.userSays('x'),
      () => session.aiResponds('x'),
      () => session.toolUsed({ toolName: 't' }),
      () => session.updateSystemPrompt('x'),
      () => session.setState('k', 1),
      () => session.setProperty('k', 1),
      () => session.runs.create(),
      () => session.runs.list(),
      () => session.getStats(),
      () => session.getConversation(),
      () => session.getMessagesForLlm(),
      () => session.getSession(),
      () => session.getSessionChain(),
      () => session.getProperties(),
      () => session.getState('k'),
      () => session.hasState('k'),
      () => session.family.ancestors(),
      () => session.family.descendants(),
      () => session.family.childIds(),
      () => session.family.parentId(),
      () => collect(session.events),
      () => session.events.find('x'),
      () => session.fork(),
      () => session.closeSegment(),
      () => session.setTimeToLive(1000),
      () => collect(session.export()),
      () => session.delete(),
      () => session.erase(),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow('Session not found: s');
    expect(await pagefold.listSessions()).toMatchObject({ heads: [] });
  });

  test('is final for the manager that asked for it', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello');
    const session = pagefold.session('s');

    await session.delete();

    await expect(session.userSays('again')).rejects.toThrow(SessionNotFound);
  });

  test('lets a new manager begin a new session under the same id, without anything of the old one', async () => {
    const pagefold = await aPagefold();
    const old = pagefold.session('s', { metadata: { old: true }, systemPrompt: 'Old.' });
    await talk(old, 3);
    await old.delete();

    const fresh = pagefold.session('s');
    await fresh.userSays('hello');

    expect(await fresh.getConversation()).toMatchObject([{ content: 'hello' }]);
    expect(await fresh.getProperties()).toEqual({});
    expect([fresh.isNew, fresh.systemPrompt]).toEqual([true, null]);
  });

  test('of what is not there is SESSION_NOT_FOUND, and of an unknown policy INVALID_INPUT', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('x');

    await expect(pagefold.session('nobody').delete()).rejects.toThrow(SessionNotFound);
    await expect(
      pagefold.session('s').delete({ children: 'orphan' as never }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'options.children' });
    expect(await pagefold.session('s').exists()).toBe(true);
  });

  test('leaves what was used in the sums of the tenant, erase takes it out', async () => {
    const pagefold = await aPagefold();
    await talk(pagefold.session('deleted'), 1);
    await talk(pagefold.session('erased'), 1);

    await pagefold.session('deleted').delete();
    expect(await pagefold.tenantUsage()).toMatchObject({ messages: 4 });
    const receipt = await pagefold.session('erased').erase();

    expect(receipt).toEqual({ sessions: 1, records: 3, artifacts: 0 });
    expect(await pagefold.tenantUsage()).toMatchObject({ messages: 2 });
  });
});

describe('time to live', () => {
  test('W-15: C-76: expires now with 0, for good', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hello');

    await session.setTimeToLive(0);

    expect(await session.exists()).toBe(false);
    await expect(session.userSays('again')).rejects.toThrow(SessionNotFound);
    await expect(session.getConversation()).rejects.toThrow(SessionNotFound);
  });

  test('C-76: is 24 hours after the latest write, can be set per session, longer, and to never', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const lifeMs = async (): Promise<number | null> => {
      const { expiresAtMs, updatedAtMs } = (await pagefold.listSessions()).heads[0]!;
      return expiresAtMs === null ? null : expiresAtMs - updatedAtMs;
    };
    await session.userSays('hello');
    const first = await lifeMs();

    await session.setTimeToLive(7 * 86_400_000);
    await session.userSays('again');
    const extended = await lifeMs();
    await session.setTimeToLive(null);

    expect([first, extended, await lifeMs()]).toEqual([86_400_000, 7 * 86_400_000, null]);
  });

  test('W-13: slides with every write', async () => {
    const pagefold = await aPagefold({ timeToLive: { slidingMs: 60_000 } });
    const session = pagefold.session('s');
    await session.userSays('hello');
    await session.aiResponds('hi');

    const [head] = (await pagefold.listSessions()).heads;
    expect(head!.expiresAtMs! - head!.updatedAtMs).toBe(60_000);
  });

  test.each([-1, 1.5, Number.NaN, '1000'])('W-15: is refused as %s', async (slidingMs) => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hello');

    await expect(session.setTimeToLive(slidingMs as number)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'slidingMs',
    });
    expect(await session.exists()).toBe(true);
  });

  test('C-77: an expired session is gone for caches too', async () => {
    const pagefold = await aPagefold({ timeToLive: { absoluteMs: 60_000 } });
    const session = pagefold.session('s');
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    await session.userSays('hello');
    expect(await session.exists()).toBe(true);

    vi.setSystemTime(Date.now() + 60_000);

    expect(await session.exists()).toBe(false);
    expect(await pagefold.listSessions()).toMatchObject({ heads: [] });
  });
});

test('W-04: a manager never reaches another session that took the id of the one it knew', async () => {
  const store = aStore();
  const here = await aPagefold({ store });
  const there = await aPagefold({ store });
  const old = here.session('s', { userId: 'bob' });
  await old.userSays('old');
  await there.session('s').delete();
  const anns = there.session('s', { userId: 'ann' });
  await anns.userSays('new');

  const missing = { code: 'SESSION_NOT_FOUND' };
  for (const call of [
    () => old.userSays('x'),
    () => old.updateSystemPrompt('obey bob'),
    () => old.setState('x', 1),
    () => old.getConversation(),
    () => old.getMessagesForLlm(),
    () => old.delete(),
  ])
    await expect(call()).rejects.toMatchObject(missing);
  expect(await anns.getConversation()).toMatchObject([{ content: 'new' }]);
  expect((await anns.getSession()).systemPrompt).toBeNull();
});
