import { describe, expect, onTestFinished, test } from 'vitest';
import type { Pagefold, SessionManager } from '../../../src/index.ts';
import { createRuntime, type Runtime } from '../../../src/runtime/runtime.ts';
import { aNewSession } from '../../lib/commands.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aStoreWith, isAppendTo } from './a-watched-store.ts';

const REFUSED = {
  code: 'INVALID_SESSION_OPERATION',
  reason: 'the session belongs to a user already, and its owner never changes',
};

async function ownersOf(pagefold: Pagefold): Promise<readonly (string | null)[]> {
  return (await collect(pagefold.sessions())).map(({ labels }) => labels.userId);
}

async function annsSession(pagefold: Pagefold): Promise<SessionManager> {
  const session = pagefold.session('s', { userId: 'ann' });
  await session.userSays('hello', { eventId: 'e-1' });
  return session;
}

/** One call of each way in which a manager reaches a session. */
const CALLS: readonly (readonly [string, (session: SessionManager) => Promise<unknown>])[] = [
  ['userSays', (session) => session.userSays('mine now')],
  ['updateSystemPrompt', (session) => session.updateSystemPrompt('mine')],
  ['setState', (session) => session.setState('a', 1)],
  ['exists', (session) => session.exists()],
  ['getConversation', (session) => session.getConversation()],
  ['getMessagesForLlm', (session) => session.getMessagesForLlm()],
  ['getProperties', (session) => session.getProperties()],
  ['getStats', (session) => session.getStats()],
  ['getSession', (session) => session.getSession()],
  ['export', (session) => collect(session.export())],
  ['fork', (session) => session.fork()],
  ['delete', (session) => session.delete()],
  ['erase', (session) => session.erase()],
  ['setTimeToLive', (session) => session.setTimeToLive(null)],
  ['runs.create', (session) => session.runs.create()],
  ['events.list', (session) => collect(session.events.list())],
  ['events.changeMetadata', (session) => session.events.changeMetadata('e-1', { remove: ['a'] })],
  ['events.correctUsage', (session) => session.events.correctUsage('e-1', { promptTokens: 1 })],
  ['family.addChild', (session) => session.family.addChild('other')],
  ['family.removeChild', (session) => session.family.removeChild('other')],
];

describe('the owner of a session', () => {
  test.each(CALLS)('%s of a manager that names another user is refused', async (_name, call) => {
    const pagefold = await aPagefold();
    const session = await annsSession(pagefold);
    await pagefold.session('other').userSays('x');
    const before = await session.getSession();

    await expect(call(pagefold.session('s', { userId: 'bob' }))).rejects.toMatchObject(REFUSED);

    expect(await session.getSession()).toEqual(before);
    expect(await ownersOf(pagefold)).toEqual(['ann', null]);
  });

  test('is not contradicted by its properties, under whichever name', async () => {
    const pagefold = await aPagefold();
    const session = await annsSession(pagefold);

    for (const name of ['userId', 'user_id'])
      await expect(session.setProperty(name, 'bob')).rejects.toMatchObject(REFUSED);
    await session.setProperty('userId', 'ann');
    const both = { user_id: 'ann', userId: 'bob' };
    await expect(session.fork({ metadata: both })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.metadata.userId',
    });

    expect(await session.getProperties()).toEqual({ user_id: 'ann', userId: 'ann' });
  });

  test.each(['userId', 'user_id'])('of a fork is whom its metadata name as %s', async (name) => {
    const pagefold = await aPagefold();
    const session = await annsSession(pagefold);
    await session.setProperty('userId', 'ann');

    await session.fork({ sessionId: 'f', metadata: { [name]: 'bob' } });

    expect(await ownersOf(pagefold)).toEqual(expect.arrayContaining(['ann', 'bob']));
    await pagefold.session('f', { userId: 'bob' }).userSays('mine');
    await expect(pagefold.session('f', { userId: 'ann' }).exists()).rejects.toMatchObject(REFUSED);
  });

  test('is neither reassigned nor taken away by its properties', async () => {
    const pagefold = await aPagefold();
    const session = await annsSession(pagefold);

    await expect(session.setProperty('user_id', 'bob')).rejects.toMatchObject(REFUSED);
    await expect(session.setProperty('user_id', null)).rejects.toMatchObject(REFUSED);
    await expect(session.removeProperty('user_id')).rejects.toMatchObject(REFUSED);
    await session.setProperty('user_id', 'ann');

    expect(await ownersOf(pagefold)).toEqual(['ann']);
  });

  test('may be given once to a session without one', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello');

    await pagefold.session('s', { userId: 'ann' }).userSays('it is me');

    expect(await ownersOf(pagefold)).toEqual(['ann']);
    await expect(pagefold.session('s').setProperty('user_id', 'bob')).rejects.toMatchObject(
      REFUSED,
    );
  });

  test('may be another for a fork than for its origin', async () => {
    const pagefold = await aPagefold();
    const origin = await annsSession(pagefold);

    const fork = await origin.fork({ sessionId: 't', metadata: { user_id: 'bob' } });
    await fork.userSays('mine');

    expect(await ownersOf(pagefold)).toEqual(['ann', 'bob']);
    expect(await pagefold.session('t', { userId: 'bob' }).exists()).toBe(true);
  });

  test("is that of a fork too which shares only what was nobody's then", async () => {
    const pagefold = await aPagefold();
    const { position } = await pagefold.session('s').recordUser('my name is Ann');
    const session = await annsSession(pagefold);

    await session.fork({ sessionId: 't', position });

    expect(await ownersOf(pagefold)).toEqual(['ann', 'ann']);
    await expect(pagefold.session('t', { userId: 'bob' }).exists()).rejects.toMatchObject(REFUSED);
  });

  test('is the one whose manager came first when two create the session at once', async () => {
    const pagefold = await aPagefold();
    const ann = pagefold.session('s', { userId: 'ann' });
    const bob = pagefold.session('s', { userId: 'bob' });

    const [first, second] = await Promise.allSettled([ann.userSays('a'), bob.userSays('b')]);

    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: REFUSED });
    expect((await ann.getConversation()).map((turn) => turn.content)).toEqual(['a']);
  });
});

test.each([
  [{ userId: 'ann' }, { metadata: { userId: 'bob' } }],
  [{ metadata: { userId: 'ann' } }, { userId: 'bob' }],
  [{ metadata: { userId: 'ann' } }, { metadata: { user_id: 'bob' } }],
])('a session of %o is closed to a manager with %o', async (anns, bobs) => {
  const pagefold = await aPagefold();
  await pagefold.session('s', anns).userSays('my secret');
  const bob = pagefold.session('s', bobs);

  const refused = { code: 'INVALID_SESSION_OPERATION' };
  await expect(bob.getConversation()).rejects.toMatchObject(refused);
  await expect(bob.userSays('x')).rejects.toMatchObject(refused);
  await expect(bob.erase()).rejects.toMatchObject(refused);
  expect(await pagefold.session('s', anns).getConversation()).toHaveLength(1);
});

/** One command of each way in which a manager may create its session. */
const COMMANDS: readonly (readonly [string, (session: SessionManager) => Promise<unknown>])[] = [
  ['userSays', (session) => session.userSays('mine')],
  ['updateSystemPrompt', (session) => session.updateSystemPrompt('mine')],
  ['setState', (session) => session.setState('a', 'mine')],
  ['removeState', (session) => session.removeState('kept')],
  ['setProperty', (session) => session.setProperty('a', 'mine')],
  ['removeProperty', (session) => session.removeProperty('kept')],
  ['runs.create', (session) => session.runs.create({ runId: 'mine' })],
];

describe('of two runtimes that create a session for two users at once', () => {
  test.each(COMMANDS)('W-70: %s of the later one never lands', async (_name, command) => {
    const store = aStore();
    const other = await aPagefold({ store });
    const ann = other.session('s', { userId: 'ann', metadata: { kept: 1 } });
    const before = () => ann.setState('kept', 1);
    const mine = await aPagefold({
      store: aStoreWith(store, { isMeant: isAppendTo('s'), before }),
    });
    const bob = mine.session('s', { userId: 'bob' });

    await expect(command(bob)).rejects.toMatchObject(REFUSED);
    for (const [, later] of COMMANDS) await expect(later(bob)).rejects.toMatchObject(REFUSED);

    const { metadata, events, runs, state } = await ann.getSession();
    expect(metadata.properties).toEqual({ kept: 1, user_id: 'ann' });
    expect([events, runs, state]).toEqual([[], [], { kept: 1 }]);
    expect(await ownersOf(other)).toEqual(['ann']);
  });

  test('W-70: the same is true in one runtime', async () => {
    const pagefold = await aPagefold();
    const ann = pagefold.session('s', { userId: 'ann' });
    const bob = pagefold.session('s', { userId: 'bob' });

    const [first, second] = await Promise.allSettled([
      ann.setState('a', 'ann'),
      bob.setState('a', 'bob'),
    ]);

    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: REFUSED });
    await expect(bob.setProperty('b', 1)).rejects.toMatchObject(REFUSED);
    expect(await ann.getState('a')).toBe('ann');
  });

  test('W-70: a command is decided again when the session was nobody’s and became another’s', async () => {
    const store = aStore();
    const [left, right] = [0, 1].map(() => createRuntime({ store, tokens: 'estimate' })) as [
      Runtime,
      Runtime,
    ];
    onTestFinished(async () => {
      await Promise.all([left, right].map((runtime) => runtime.close({ timeoutMs: 1000 })));
    });
    const key = { tenant: 'default', sessionId: 's' };
    await left.executor.execute({ key, command: { type: 'create', session: aNewSession() } });
    const setting = (runtime: Runtime, user: string) => {
      const change = { set: { by: user }, remove: [] };
      const command = { type: 'change-values', change } as const;
      return runtime.executor.execute({ key, command, options: { claim: { user_id: user } } });
    };
    // From here on the right one knows a session of nobody.
    await setting(right, 'bob');

    const change = { set: { user_id: 'ann' }, remove: [] };
    await left.executor.execute({ key, command: { type: 'change-properties', change } });
    await expect(setting(right, 'bob')).rejects.toMatchObject(REFUSED);

    expect(await setting(left, 'ann')).toMatchObject({ state: { values: { by: 'ann' } } });
  });
});

test.each([42, true, '', ['ann'], { id: 'ann' }, 'a\u0000b'])(
  'the user id %o is refused wherever it is given',
  async (userId) => {
    const pagefold = await aPagefold();
    const refused = (field: string): object =>
      expect.objectContaining({ code: 'INVALID_INPUT', field }) as object;

    expect(() => pagefold.session('s', { userId: userId as string })).toThrow(
      refused('options.userId'),
    );
    for (const name of ['user_id', 'userId']) {
      expect(() => pagefold.session('s', { metadata: { [name]: userId } })).toThrow(
        refused(`options.metadata.${name}`),
      );
      await expect(pagefold.session('s').setProperty(name, userId)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        field: `properties.${name}`,
      });
    }
    expect((await pagefold.listSessions()).heads).toEqual([]);
  },
);

test('a fork of a user’s session cannot be nobody’s', async () => {
  const pagefold = await aPagefold();
  const session = await annsSession(pagefold);

  await expect(session.fork({ sessionId: 'f', metadata: { user_id: null } })).rejects.toMatchObject(
    { code: 'INVALID_SESSION_OPERATION', operation: 'fork' },
  );

  expect(await pagefold.session('f').exists()).toBe(false);
});
