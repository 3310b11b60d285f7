import { describe, expect, test } from 'vitest';
import { type ImportResult, type Pagefold, PagefoldError, type Store } from '../../../src/index.ts';
import { cutOffAfter, sweepLater } from './a-cut-off-store.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aStoreWith, aWatchedStore, isAppendTo, linkDown } from './a-watched-store.ts';

/** More records than one append of an import holds. */
const EXCHANGES = 150;

/** Exports of a parent and of its child, which is long, with 300 messages. */
async function exported(): Promise<Readonly<Record<'p' | 's', readonly string[]>>> {
  const source = await aPagefold();
  await source.session('p').userSays('x');
  const session = source.session('s', { parentId: 'p' });
  await talk(session, EXCHANGES);
  const p = await collect(source.session('p').export());
  return { p, s: await collect(session.export()) };
}

/** Imports a session with a link that breaks after the first append. */
async function halfImported(store: Store, lines: readonly string[]): Promise<void> {
  for (let calls = 1; ; calls += 1) {
    // In order: until the first append gets through.
    await cutOffAfter(store, calls, (pagefold) => pagefold.importSession(lines));
    if ((await store.stats()).sessions !== 0) return;
  }
}

async function messagesIn(pagefold: Pagefold): Promise<number> {
  return (await pagefold.session('s').getConversation()).length;
}

describe('an import that is cut off', () => {
  test('can be repeated whenever that was, and its parent knows of it then', async () => {
    const lines = await exported();
    for (let calls = 1, isCut = true; isCut; calls += 1) {
      const store = aStore();
      const other = await aPagefold({ store });
      await other.importSession(lines.p);
      ({ isCut } = await cutOffAfter(store, calls, (pagefold) => pagefold.importSession(lines.s)));

      const outcome = await other.importSession(lines.s).catch((error: unknown) => error);

      const records = 2 * EXCHANGES + 1;
      expect([
        { records },
        { code: 'SESSION_ALREADY_EXISTS', data: { importedRecords: records } },
      ]).toContainEqual(
        PagefoldError.isInstance(outcome)
          ? { code: outcome.code, data: { importedRecords: outcome.data['importedRecords'] } }
          : { records: (outcome as ImportResult).records },
      );
      expect(await messagesIn(other)).toBe(2 * EXCHANGES);
      expect((await other.tenantUsage()).messages).toBe(2 * EXCHANGES + 1);
      expect(await other.session('p').family.childIds()).toEqual(['s']);
      expect((await store.stats()).outboxEntries).toBe(0);
    }
  });

  test('leaves a reminder, without which its origin could go', async () => {
    const source = await aPagefold();
    await source.session('o').userSays('x');
    await (await source.session('o').fork({ sessionId: 'f' })).userSays('y');
    const origin = await collect(source.session('o').export());
    const fork = await collect(source.session('f').export());
    for (let calls = 1, isCut = true; isCut; calls += 1) {
      const store = aStore();
      const other = await aPagefold({ store });
      await other.importSession(origin);
      ({ isCut } = await cutOffAfter(store, calls, (pagefold) => pagefold.importSession(fork)));
      await sweepLater(store);

      const isThere = (await store.head({ key: { tenant: 'default', sessionId: 'f' } })) !== null;
      expect(await other.session('o').family.childIds()).toEqual(isThere ? ['f'] : []);
      expect((await store.stats()).outboxEntries).toBe(0);
    }
  });

  test('is not gone on with where others have written to it', async () => {
    const { s } = await exported();
    const store = aStore();
    const other = await aPagefold({ store });
    await halfImported(store, s);
    await other.session('s').userSays('Somebody else is here.');
    const before = await messagesIn(other);

    await expect(other.importSession(s)).rejects.toMatchObject({
      code: 'SESSION_ALREADY_EXISTS',
      data: { sessionId: 's' },
    });

    expect(await messagesIn(other)).toBe(before);
  });

  test('is begun anew where the session was taken from a parent that is not there', async () => {
    const { s } = await exported();
    const store = aStore();
    const other = await aPagefold({ store });
    await halfImported(store, s);
    await sweepLater(store);
    expect(await other.session('s').family.parentId()).toBeNull();

    await other.importSession(s);

    expect(await messagesIn(other)).toBe(2 * EXCHANGES);
    expect((await other.tenantUsage()).messages).toBe(2 * EXCHANGES);
  });
});

test('a whole session is not the beginning of a later export of it', async () => {
  const source = await aPagefold();
  await talk(source.session('s'), 2);
  const earlier = await collect(source.session('s').export());
  await talk(source.session('s'), EXCHANGES);
  const later = await collect(source.session('s').export());
  const pagefold = await aPagefold();
  await pagefold.importSession(earlier);

  await expect(pagefold.importSession(later)).rejects.toMatchObject({
    code: 'SESSION_ALREADY_EXISTS',
    data: { sessionId: 's' },
  });

  expect(await messagesIn(pagefold)).toBe(4);
});

describe('two imports of the same session at once', () => {
  /**
   * The second process imports all of it while the first one is between its appends, whose calls of one kind fail from then on.
   */
  async function overtaken(
    failing: 'append' | 'load' | null,
  ): Promise<{ readonly other: Pagefold; readonly code: string | null }> {
    const { s: lines } = await exported();
    const store = aStore();
    const other = await aPagefold({ store });
    let appends = 0;
    const slow = aWatchedStore(store, async (call) => {
      appends += Number(isAppendTo('s')(call));
      if (appends === 2 && call.name === 'append') await other.importSession(lines);
      if (appends >= 2 && call.name === failing) throw linkDown();
      return call.run();
    });
    const pagefold = await aPagefold({ store: slow });
    const [first] = await Promise.allSettled([pagefold.importSession(lines)]);
    const code = first.status === 'fulfilled' ? null : (first.reason as PagefoldError).code;
    return { other, code };
  }

  test('bring it together, once', async () => {
    const { other, code } = await overtaken(null);

    expect(code).toBeNull();
    expect(await messagesIn(other)).toBe(2 * EXCHANGES);
    expect((await other.tenantUsage()).messages).toBe(2 * EXCHANGES);
  });

  test.each(['append', 'load'] as const)(
    'do not take back what the other one brought when they fail: %s',
    async (failing) => {
      const { other, code } = await overtaken(failing);

      expect(code).toBe('UNKNOWN_OUTCOME');
      expect(await messagesIn(other)).toBe(2 * EXCHANGES);
    },
  );
});

test('an import that fails half-way leaves a session of which somebody made a fork meanwhile', async () => {
  const { s } = await exported();
  const store = aStore();
  const other = await aPagefold({ store });
  let appends = 0;
  const broken = aStoreWith(store, {
    isMeant: (call) => isAppendTo('s')(call) && (appends += 1) === 2,
    before: async () => {
      await (await other.session('s').fork({ sessionId: 'f' })).userSays('y');
      throw linkDown();
    },
  });
  const pagefold = await aPagefold({ store: broken });

  await expect(pagefold.importSession(s)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });

  expect((await other.session('f').getConversation()).at(-1)?.content).toBe('y');
});
