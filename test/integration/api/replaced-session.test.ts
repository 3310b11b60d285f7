import { describe, expect, test } from 'vitest';
import type { SessionHead, SessionManager, Store } from '../../../src/index.ts';
import { InfiniteConversationManager } from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aStoreWith, isAppendTo, type StoreCall } from './a-watched-store.ts';

const NOT_FOUND = { code: 'SESSION_NOT_FOUND' };

/** One call of each way in which a manager reaches a session. */
const CALLS: readonly (readonly [string, (session: SessionManager) => Promise<unknown>])[] = [
  ['userSays', (session) => session.userSays('still me')],
  ['getConversation', (session) => session.getConversation()],
  ['getMessagesForLlm', (session) => session.getMessagesForLlm()],
  ['getStats', (session) => session.getStats()],
  ['getSession', (session) => session.getSession()],
  ['export', (session) => collect(session.export())],
  ['fork', (session) => session.fork()],
  ['delete', (session) => session.delete({ children: 'cascade' })],
  ['erase', (session) => session.erase()],
  ['setTimeToLive', (session) => session.setTimeToLive(0)],
  ['events.list', (session) => collect(session.events.list())],
  ['events.find', (session) => session.events.find('e-1')],
  ['events.usageBySource', (session) => session.events.usageBySource()],
  ['events.changeMetadata', (session) => session.events.changeMetadata('e-1', { remove: ['a'] })],
  ['events.correctUsage', (session) => session.events.correctUsage('e-1', { promptTokens: 1 })],
  ['family.addChild', (session) => session.family.addChild('other')],
  ['family.removeChild', (session) => session.family.removeChild('child')],
];

/** Those that look at the session first, and read its log after that. */
const READING = CALLS.filter(([name]) =>
  /^(?:get(?:Conversation|Messages|Session)|export|fork|delete|erase|events)/.test(name),
);

/** Somebody else's session takes the id of one that goes. */
async function replace(store: Store): Promise<void> {
  const pagefold = await aPagefold({ store });
  await pagefold.session('s').delete();
  const session = pagefold.session('s', { userId: 'bob' });
  await session.userSays('I am Bob', { eventId: 'e-1' });
  await session.family.addChild('child');
}

/** All that a store tells of a session. */
async function seenOf(store: Store, sessionId: string): Promise<SessionHead> {
  const head = await store.head({ key: { tenant: 'default', sessionId } });
  if (head === null) throw new TypeError('the session is not there');
  return head;
}

describe('a session that took the id of another one', () => {
  test.each(CALLS)('is not reached by %s of a manager that knew that one', async (_name, call) => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    for (const id of ['other', 'child']) await pagefold.session(id).userSays('x');
    const session = pagefold.session('s');
    await session.userSays('hello', { eventId: 'e-1' });
    await replace(store);
    const before = await pagefold.session('s').getSession();

    await expect(call(session)).rejects.toMatchObject(NOT_FOUND);

    expect(await pagefold.session('s').getSession()).toEqual(before);
  });

  test.each(READING)('is not reached by %s that begins while it comes', async (_name, call) => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    for (const id of ['other', 'child']) await pagefold.session(id).userSays('x');
    await pagefold.session('s').userSays('hello', { eventId: 'e-1' });
    const isMeant = (seen: { readonly name: string }): boolean => seen.name === 'read';
    const slow = aStoreWith(store, { isMeant, before: () => replace(store) });
    const session = (await aPagefold({ store: slow })).session('s');
    await session.exists();

    const answer = await call(session).catch((error: unknown) => error);

    expect(JSON.stringify(answer) ?? '').not.toContain('Bob');
    expect(JSON.stringify(await pagefold.session('s').getSession())).toContain('I am Bob');
  });

  test.each<[string, string, (session: SessionManager) => Promise<unknown>]>([
    ['setTimeToLive', 'setTimeToLive', (session) => session.setTimeToLive(60_000)],
    ['family.addChild', 'append', (session) => session.family.addChild('other')],
    ['family.removeChild', 'append', (session) => session.family.removeChild('child')],
  ])('is not changed by %s when it comes right before the write', async (_name, write, call) => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    for (const id of ['other', 'child']) await pagefold.session(id).userSays('x');
    await pagefold.session('s').userSays('hello');
    await pagefold.session('s').family.addChild('child');
    const isMeant = ({ name, params }: StoreCall): boolean =>
      name === write && params.key?.sessionId === 's';
    let before: unknown;
    const slow = aStoreWith(store, {
      isMeant,
      before: async () => {
        await replace(store);
        before = await seenOf(store, 's');
      },
    });
    const session = (await aPagefold({ store: slow })).session('s');
    await session.exists();

    await expect(call(session)).rejects.toMatchObject(NOT_FOUND);

    expect(before).toBeDefined();
    expect(await seenOf(store, 's')).toEqual(before);
    expect(await pagefold.session('other').family.parentId()).toBeNull();
  });

  test('is not moved below a parent that was to get the one before it', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    for (const id of ['s', 'parent']) await pagefold.session(id).userSays('x');
    const slow = aStoreWith(store, { isMeant: isAppendTo('s'), before: () => replace(store) });
    const parent = (await aPagefold({ store: slow })).session('parent');

    await expect(parent.family.addChild('s')).rejects.toMatchObject(NOT_FOUND);

    expect(await pagefold.session('s').family.parentId()).toBeNull();
    expect(await pagefold.session('parent').family.childIds()).toEqual([]);
  });

  test('does not live longer for a fork of the one before it', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    await pagefold.session('s').userSays('hello');
    await pagefold.session('s').fork({ sessionId: 'fork' });
    const slow = aStoreWith(store, {
      isMeant: ({ name }) => name === 'setTimeToLive',
      before: async () => {
        await store.remove({ key: { tenant: 'default', sessionId: 's' } });
        await (await aPagefold({ store })).session('s').userSays('I am Bob');
      },
    });
    const other = (await aPagefold({ store: slow })).session('fork');

    await other.setTimeToLive(30 * 86_400_000).catch(() => undefined);

    const { expiresAtMs } = await seenOf(store, 's');
    expect(expiresAtMs).toBeLessThan(Date.now() + 2 * 86_400_000);
  });

  test('is not told to who reads a conversation while it comes', async () => {
    const store = aStore();
    await (await aPagefold({ store })).session('s').userSays('hello');
    const isMeant = (seen: { readonly name: string }): boolean => seen.name === 'read';
    for (const read of [
      (manager: InfiniteConversationManager) => manager.getFullConversationHistory('s'),
      (manager: InfiniteConversationManager) => manager.buildContextForLlm('s'),
      (manager: InfiniteConversationManager) => manager.getSessionChain('s'),
    ]) {
      // In order: each finds another session under the id.
      const slow = aStoreWith(store, { isMeant, before: () => replace(store) });
      const manager = new InfiniteConversationManager({ store: slow });
      await expect(read(manager)).rejects.toMatchObject(NOT_FOUND);
    }
  });
});
