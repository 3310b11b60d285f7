import { expect, onTestFinished, test } from 'vitest';
import {
  closeDefaultRuntime,
  InfiniteConversationManager,
  type SessionManager,
} from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';

const READS: readonly (readonly [string, (session: SessionManager) => Promise<unknown>])[] = [
  ['getSession', (session) => session.getSession()],
  ['events', (session) => collect(session.events)],
  ['events.list', (session) => collect(session.events.list({ fromPosition: 2 }))],
  ['events.usageBySource', (session) => session.events.usageBySource()],
  ['events.usageByRun', (session) => session.events.usageByRun()],
  ['export', (session) => collect(session.export())],
  ['getConversation', (session) => session.getConversation()],
  ['getStats', (session) => session.getStats()],
];

test.each(READS)(
  '%s holds nothing that was written after it was asked for',
  async (_name, read) => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('first');
    const alone = await read(session);

    const [asked] = await Promise.all([read(session), session.userSays('later')]);

    expect(asked).toEqual(alone);
    expect(await read(session)).not.toEqual(alone);
  },
);

test('so does what a conversation manager tells of one', async () => {
  onTestFinished(() => closeDefaultRuntime());
  const store = aStore();
  const sessionId = 's';
  await (await aPagefold({ store })).session(sessionId).setState('made', true);
  const manager = new InfiniteConversationManager({ store });
  const message = { sessionId, source: 'user' } as const;
  await manager.processMessage({ ...message, message: 'first' });

  const [history, chain] = await Promise.all([
    manager.getFullConversationHistory(sessionId),
    manager.getSessionChain(sessionId),
    manager.processMessage({ ...message, message: 'later' }),
  ]);

  expect(history).toHaveLength(1);
  expect(chain).toMatchObject([{ messages: 1 }]);
});
