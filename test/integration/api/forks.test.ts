import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Pagefold, type SessionManager, SessionNotFound } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aWatchedStore, linkDown } from './a-watched-store.ts';

async function contents(session: SessionManager): Promise<readonly unknown[]> {
  return (await session.getConversation()).map((turn) => turn.content);
}

describe('a fork', () => {
  test('C-136: W-29: shares the history up to a position and goes its own way from there', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await origin.userSays('question 1');
    const { position } = await origin.recordAnswer('answer 1');
    await talk(origin, 1, 2);

    const fork = await origin.fork({ position });
    await fork.userSays('another question');
    await origin.userSays('question 3');

    expect(await contents(fork)).toEqual(['question 1', 'answer 1', 'another question']);
    expect(await contents(origin)).toEqual([
      'question 1',
      'answer 1',
      'question 2',
      'answer 2',
      'question 3',
    ]);
  });

  test('copies nothing: the store holds its own records alone', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    const origin = pagefold.session('origin');
    await talk(origin, 100);
    const before = (await store.stats()).records!;

    const fork = await origin.fork();
    await fork.userSays('on my own');

    // The link in the origin, the beginning of the fork, and its message.
    expect((await store.stats()).records).toBe(before + 3);
    expect(await contents(fork)).toHaveLength(201);
  });

  test('of a fork sees through both, also in a runtime that starts later', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    const origin = pagefold.session('origin', { systemPrompt: 'P' });
    await talk(origin, 1);
    const first = await origin.fork({ sessionId: 'first' });
    await talk(first, 1, 2);
    const second = await first.fork({ sessionId: 'second' });
    await talk(second, 1, 3);
    const expected = [1, 2, 3].flatMap((number) => [`question ${number}`, `answer ${number}`]);

    const later = (await aPagefold({ store })).session('second');

    expect(await contents(second)).toEqual(expected);
    expect(await contents(later)).toEqual(expected);
    expect((await later.getMessagesForLlm())[0]).toEqual({ role: 'system', content: 'P' });
    expect((await later.family.ancestors()).map(({ sessionId }) => sessionId)).toEqual([
      'first',
      'origin',
    ]);
  });

  test('may begin in the middle of a closed segment and keeps the segments before it', async () => {
    const pagefold = await aPagefold();
    const options = { infiniteContext: true, maxTurnsPerSegment: 4 };
    const origin = pagefold.session('origin', options);
    await talk(origin, 6);
    const event = (await collect(origin.events)).find(({ message }) => message === 'answer 3')!;

    const fork = await origin.fork({ position: event.position });
    await talk(fork, 1, 4);

    expect(await contents(fork)).toHaveLength(8);
    expect(await fork.getSessionChain()).toEqual([`${fork.sessionId}/1`, `${fork.sessionId}/2`]);
    expect(fork.isInfinite).toBe(true);
    const read = await fork.getSession();
    expect(read.segments.map(({ messages }) => messages)).toEqual([4, 4]);
  });

  test('counts the shared messages, but what they cost stays with the origin', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    const answer = { model: 'm', costUsd: '0.5' };
    await origin.userSays('question');
    await origin.aiResponds('answer', answer);
    const shared = await origin.getStats();

    const fork = await origin.fork();
    await fork.userSays('another');
    await fork.aiResponds('answer', answer);

    const stats = await fork.getStats();
    expect(stats).toMatchObject({ totalMessages: 4, costUsd: '0.5', pricedCalls: 1 });
    expect(stats.totalTokens).toBeGreaterThan(shared.totalTokens);
    expect(await origin.getStats()).toMatchObject({ totalMessages: 2, costUsd: '0.5' });
    expect(await pagefold.tenantUsage()).toMatchObject({ messages: 4, costUsd: '1' });
    expect((await fork.getSession()).tokenSummary.totalEstimatedCostUsd).toBe('0.5');
  });

  test('has the properties of the origin with its own laid over, and its own state from there', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin', { userId: 'u-1', metadata: { a: 1, b: 1 } });
    await origin.setState('step', 1);

    const fork = await origin.fork({ metadata: { b: 2 } });
    await fork.setState('step', 2);

    expect(await fork.getProperties()).toEqual({ a: 1, b: 2, user_id: 'u-1' });
    expect(await origin.getState('step')).toBe(1);
    const found = await collect(pagefold.sessions({ userId: 'u-1' }));
    expect(found.map(({ key }) => key.sessionId)).toEqual(['origin', fork.sessionId]);
  });

  test('C-136: is told apart from a plain child', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await origin.userSays('hello');
    await pagefold.session('plain', { parentId: 'origin' }).userSays('hi');
    await origin.fork({ sessionId: 'fork' });

    const descendants = await origin.family.descendants();

    expect(descendants.map(({ sessionId, fork }) => [sessionId, fork])).toEqual([
      ['fork', { sessionId: 'origin', position: 3 }],
      ['plain', null],
    ]);
  });

  test('needs a position that is there and an id that is free', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await origin.userSays('hello');

    await expect(origin.fork({ position: 99 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'options.position: expected at most 2, the latest position of this session',
    });
    await expect(origin.fork({ position: 0 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.position',
    });
    await expect(origin.fork({ sessionId: 'origin' })).rejects.toMatchObject({
      code: 'SESSION_ALREADY_EXISTS',
    });
    await expect(pagefold.session('nobody').fork()).rejects.toThrow(SessionNotFound);
    expect((await pagefold.listSessions()).heads).toHaveLength(1);
  });
});

describe('the origin of a fork', () => {
  test('W-17: is not deleted under its forks', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await talk(origin, 1);
    const fork = await origin.fork();

    for (const operation of ['delete', 'erase'] as const) {
      await expect(origin[operation]()).rejects.toMatchObject({
        code: 'INVALID_SESSION_OPERATION',
        operation,
        sessionId: 'origin',
      });
    }
    expect(await contents(fork)).toHaveLength(2);
    expect(await contents(origin)).toHaveLength(2);
  });

  test('goes together with them, or alone once they are gone', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await talk(origin, 1);
    const fork = await origin.fork();
    const second = await fork.fork();
    await second.userSays('hello');

    await fork.erase({ children: 'cascade' });
    await origin.delete();

    expect((await pagefold.listSessions()).heads).toEqual([]);
    await expect(second.userSays('x')).rejects.toThrow(SessionNotFound);
  });

  test('keeps its forks: they cannot be taken away or moved', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await origin.userSays('hello');
    await pagefold.session('other').userSays('hello');
    const fork = await origin.fork();

    for (const [call, operation] of [
      [() => origin.family.removeChild(fork.sessionId), 'removeChild'],
      [() => pagefold.session('other').family.addChild(fork.sessionId), 'addChild'],
    ] as const) {
      await expect(call()).rejects.toMatchObject({
        code: 'INVALID_SESSION_OPERATION',
        operation,
        reason: 'a fork stays with the session whose history it shares',
      });
    }
    await origin.family.addChild(fork.sessionId);
    expect(await origin.family.childIds()).toEqual([fork.sessionId]);
  });

  test('may be deleted when its fork has expired', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await origin.userSays('hello');
    const fork = await origin.fork();
    await fork.setTimeToLive(0);

    await origin.delete();

    expect((await pagefold.listSessions()).heads).toEqual([]);
  });

  test('lives as long as its forks are written to', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const pagefold = await aPagefold({ timeToLive: { slidingMs: 10_000 } });
    const origin = pagefold.session('origin');
    await talk(origin, 1);
    const first = await origin.fork();
    const second = await first.fork();

    for (let step = 0; step < 10; step += 1) {
      vi.setSystemTime(Date.now() + 6000);
      // In order: time passes between the messages.
      await second.userSays('still here');
    }

    expect(await contents(second)).toHaveLength(12);
    expect(await contents(pagefold.session('origin'))).toHaveLength(2);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await pagefold.listSessions()).toMatchObject({ heads: [] });
  });

  test('cannot be told to expire before its forks', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    await origin.userSays('hello');
    const fork = await origin.fork();

    await expect(origin.setTimeToLive(0)).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      operation: 'setTimeToLive',
    });
    await fork.setTimeToLive(60_000);
    // Whoever writes to the fork elsewhere relies on what was granted before.
    await expect(origin.setTimeToLive(120_000)).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
    expect(await contents(fork)).toEqual(['hello']);
    await fork.delete();
    await origin.setTimeToLive(120_000);

    expect((await pagefold.listSessions()).heads[0]?.expiresAtMs).toBeLessThanOrEqual(
      Date.now() + 120_000,
    );
  });

  test('keeps the corrections of what it was billed to itself', async () => {
    const pagefold = await aPagefold();
    const origin = pagefold.session('origin');
    const { eventId } = await origin.recordAnswer('answer', { model: 'gpt-4o-mini' });
    const fork = await origin.fork();

    await expect(fork.events.correctUsage(eventId, { completionTokens: 5 })).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      operation: 'events.correctUsage',
    });
  });
});

describe('a fork that its origin could not be told of', () => {
  /** Forks a session while its log cannot be written to. */
  async function failingFork(
    meanwhile: (pagefold: Pagefold) => Promise<unknown>,
    code = 'STORAGE_ERROR',
  ): Promise<Pagefold> {
    const store = aStore();
    const other = await aPagefold({ store });
    await other.session('origin').userSays('hello');
    const brittle = aWatchedStore(store, async ({ name, params, run }) => {
      if (name !== 'append' || params.key?.sessionId !== 'origin') return run();
      await meanwhile(other);
      throw linkDown();
    });
    const pagefold = await aPagefold({ store: brittle });
    await expect(pagefold.session('origin').fork({ sessionId: 'f' })).rejects.toMatchObject({
      code,
    });
    return other;
  }

  test('W-17: is taken back', async () => {
    const other = await failingFork(async () => undefined);

    expect(await other.session('f').exists()).toBe(false);
    expect(await other.session('origin').family.childIds()).toEqual([]);
  });

  test('W-17: stays when others have written to it, with what they wrote', async () => {
    const write = (pagefold: Pagefold) => pagefold.session('f').userSays('mine');
    const other = await failingFork(write, 'UNKNOWN_OUTCOME');

    expect(await contents(other.session('f'))).toContain('mine');
  });

  test('W-17: is of unknown outcome when it cannot be taken back either', async () => {
    const store = aStore();
    let isDown = false;
    const brittle = aWatchedStore(store, async ({ name, params, run }) => {
      if (isDown) throw linkDown();
      const result = await run();
      isDown = name === 'append' && params.key?.sessionId === 'f';
      return result;
    });
    const pagefold = await aPagefold({ store: brittle, limits: { retryHorizonMs: 1 } });
    await pagefold.session('origin').userSays('hello');
    await expect(pagefold.session('origin').fork({ sessionId: 'f' })).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      retryable: false,
      cause: { code: 'STORAGE_ERROR' },
    });
    isDown = false;
    expect(await pagefold.session('f').exists()).toBe(true);
  });
});
