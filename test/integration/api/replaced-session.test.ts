import { describe, expect, test } from 'vitest';
import type { SessionManager, Store } from '../../../src/index.ts';
import { InfiniteConversationManager } from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aStoreWith } from './a-watched-store.ts';

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
