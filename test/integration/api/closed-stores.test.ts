import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closeDefaultRuntime, createMemoryStore, SessionManager } from '../../../src/index.ts';

/** By then the outbox of a store was looked at once more. */
const LOOK_MS = 20_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await closeDefaultRuntime();
});

describe('a store that was passed to a manager and then closed', () => {
  test('leaves nothing behind that goes on', async () => {
    const store = createMemoryStore();
    await new SessionManager({ store }).userSays('hello');
    expect(vi.getTimerCount()).toBeGreaterThan(0);

    await store.close();
    await vi.advanceTimersByTimeAsync(LOOK_MS);

    expect(vi.getTimerCount()).toBe(0);
  });

  test('does so at once where it is called again, which is refused each time', async () => {
    const store = createMemoryStore();
    const session = new SessionManager({ store, sessionId: 's' });
    await session.userSays('hello');
    await store.close();

    const calls = [() => session.userSays('again'), () => session.getSession()];
    for (const call of [...calls, ...calls]) {
      // In order: each one meets what the one before left.
      await expect(call()).rejects.toMatchObject({ code: 'CLOSED' });
      // Long before anything is looked at by itself; a busy machine takes a few turns to close.
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0), { interval: 1, timeout: 1000 });
    }
  });

  test('takes nothing from a store that is open', async () => {
    const [closed, open] = [createMemoryStore(), createMemoryStore()];
    const session = new SessionManager({ store: open, sessionId: 's' });
    await Promise.all([
      session.userSays('hello'),
      new SessionManager({ store: closed }).userSays('x'),
    ]);

    await closed.close();
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    await session.userSays('again');

    expect(await session.getConversation()).toHaveLength(2);
    await open.close();
  });
});
