import { describe, expect, onTestFinished, test } from 'vitest';
import {
  closeDefaultRuntime,
  createMemoryStore,
  InvalidInput,
  SessionManager,
  SessionNotFound,
} from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a new session', () => {
  test('C-94: takes every option of a constructor call and needs none of them', async () => {
    onTestFinished(() => closeDefaultRuntime());
    const store = aStore();
    const bare = new SessionManager();
    const full = new SessionManager({
      sessionId: 'support-1',
      tenant: 'acme',
      userId: 'u-7',
      systemPrompt: 'You help.',
      parentId: null,
      metadata: { channel: 'web' },
      store,
      infiniteContext: true,
      tokenThreshold: 500,
      maxTurnsPerSegment: 6,
      defaultModel: 'gpt-4o',
      summarize: () => 'short',
    });

    await full.userSays('hello');

    expect(bare.isInfinite).toBe(false);
    expect(full).toMatchObject({
      sessionId: 'support-1',
      tenant: 'acme',
      systemPrompt: 'You help.',
      isInfinite: true,
    });
    expect(await store.head({ key: { tenant: 'acme', sessionId: 'support-1' } })).toMatchObject({
      labels: { userId: 'u-7', properties: { channel: 'web', user_id: 'u-7' } },
    });
    expect((await full.getStats()).tokensByModel).toHaveProperty(['gpt-4o']);
  });

  test('C-95: has an id that stays the same before, during and after its first use', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session();
    const before = session.sessionId;

    const returned = await session.userSays('hello');

    expect(before).toMatch(UUID);
    expect([returned, session.sessionId, (await session.getStats()).sessionId]).toEqual([
      before,
      before,
      before,
    ]);
  });

  test('C-7: gets a UUID of version 4 when no id is given, another one each time', async () => {
    const pagefold = await aPagefold();
    const ids = Array.from({ length: 10 }, () => pagefold.session().sessionId);

    expect(ids.every((id) => UUID.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(10);
  });

  test('C-96: is created once by five calls at once, which are recorded in the order of the calls', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('race');

    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => session.userSays(text)));

    const lines = await collect(session.export());
    const created = lines.filter((line) => line.includes('session-created'));
    expect(created).toHaveLength(1);
    expect((await session.getConversation()).map((turn) => turn.content)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(session.isNew).toBe(true);
  });

  test('C-96: keeps the order of calls of different kinds', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('mixed');

    await Promise.all([
      session.setState('step', 1),
      session.userSays('a', { timeoutMs: 5000 }),
      session.updateSystemPrompt('Be brief.'),
      session.userSays('b'),
      session.setProperty('plan', 'pro'),
      session.toolUsed({ toolName: 'clock' }),
    ]);

    const types = (await collect(session.export()))
      .slice(1)
      .map((line) => /\\"type\\":\\"([a-z-]+)\\"/.exec(line)?.[1]);
    expect(types).toEqual([
      'session-created',
      'values-changed',
      'event-recorded',
      'system-prompt-changed',
      'event-recorded',
      'properties-changed',
      'event-recorded',
    ]);
  });

  test('C-98: is made by a write under an id that nobody used', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('fresh');

    await session.userSays('hello');

    expect(await pagefold.session('fresh').exists()).toBe(true);
  });

  test.each([
    ['exists', false],
    ['getStats', { totalEvents: 0, totalMessages: 0, totalTokens: 0, costUsd: '0' }],
    ['getConversation', []],
    ['getProperties', { plan: 'pro' }],
    ['getSessionChain', ['ghost']],
    ['getMessagesForLlm', [{ role: 'system', content: 'You help.' }]],
  ] as const)(
    'W-62: C-99: %s answers with emptiness and creates nothing',
    async (method, expected) => {
      const pagefold = await aPagefold();
      const session = pagefold.session('ghost', {
        systemPrompt: 'You help.',
        metadata: { plan: 'pro' },
      });

      expect(await session[method]()).toMatchObject(expected as object);
      expect(await pagefold.listSessions()).toMatchObject({ heads: [] });
      expect(session.isNew).toBe(true);
    },
  );

  test('W-62: other reads answer with emptiness too and create nothing', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('ghost');

    const answers = await Promise.all([
      session.runs.list(),
      session.runs.active(),
      session.family.ancestors(),
      session.family.descendants(),
      session.family.childIds(),
      session.family.parentId(),
      session.events.find('none'),
      session.events.usageBySource(),
      collect(session.events),
      session.getState('none', 'fallback'),
      session.hasState('none'),
    ]);

    expect(answers).toEqual([[], null, [], [], [], null, null, {}, [], 'fallback', false]);
    await expect(session.getSession()).rejects.toThrow(SessionNotFound);
    expect(await pagefold.listSessions()).toMatchObject({ heads: [] });
  });

  test('C-100: says whether it is new and infinite and what its prompt is', async () => {
    const pagefold = await aPagefold();
    const first = pagefold.session('s', { systemPrompt: 'A', infiniteContext: true });
    expect([first.isNew, first.isInfinite, first.systemPrompt]).toEqual([true, true, 'A']);
    await first.userSays('hello');

    const second = pagefold.session('s');
    expect([second.isNew, second.isInfinite, second.systemPrompt]).toEqual([true, false, null]);
    await second.exists();

    expect([first.isNew, second.isNew, second.systemPrompt]).toEqual([true, false, 'A']);
  });

  test('C-101: keeps metadata as properties, and the explicit prompt beats the one in metadata', async () => {
    const pagefold = await aPagefold();
    const metadata = { system_prompt: 'from metadata', team: 'red' };
    const explicit = pagefold.session('a', { metadata, systemPrompt: 'explicit' });
    const implied = pagefold.session('b', { metadata });

    await Promise.all([explicit.userSays('x'), implied.userSays('x')]);

    expect(await explicit.getProperties()).toEqual({ team: 'red' });
    expect([explicit.systemPrompt, implied.systemPrompt]).toEqual(['explicit', 'from metadata']);
    expect((await implied.getMessagesForLlm())[0]).toEqual({
      role: 'system',
      content: 'from metadata',
    });
  });

  test('W-64: takes any property name and never changes the map of the caller', async () => {
    const pagefold = await aPagefold();
    const metadata = Object.freeze({
      created_at: 'yesterday',
      updated_at: 'today',
      properties: Object.freeze({ nested: true }),
      ['__proto__']: { polluted: true },
    });
    const session = pagefold.session('names', { metadata });

    await session.updateSystemPrompt('P');
    await session.userSays('hello');

    const properties = await session.getProperties();
    expect(Object.entries(properties)).toEqual(Object.entries(metadata));
    expect(Object.getPrototypeOf(properties)).toBe(Object.prototype);
    expect((await session.getSession()).metadata.createdAtMs).toBeTypeOf('number');
  });

  test.each([
    [{ sessionId: '' }, 'options.sessionId'],
    [{ sessionId: 'x'.repeat(257) }, 'options.sessionId'],
    [{ tenant: 'a\u0000b' }, 'options.tenant'],
    [{ tokenThreshold: 0 }, 'options.tokenThreshold'],
    [{ maxTurnsPerSegment: 1.5 }, 'options.maxTurnsPerSegment'],
    [{ metadata: { deep: [() => 1] } }, 'options.metadata.<key 0>[0]'],
    [{ systemPrompt: 5 }, 'options.systemPrompt'],
    [{ summarize: 'gpt-4o' }, 'options.summarize'],
    [{ store: 'memory' }, 'options.store'],
    [{ sesionId: 'typo' }, 'options.sesionId'],
  ])('names the option that is wrong in %o', (options, field) => {
    expect(() => new SessionManager(options as object)).toThrow(InvalidInput);
    expect(() => new SessionManager(options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }) as Error,
    );
  });

  test('does no input or output before its first use', () => {
    const store = createMemoryStore();
    onTestFinished(() => store.close());
    const asleep = new Proxy(store, {
      get: (_target, name) => {
        throw new Error(`asked for ${String(name)}`);
      },
    });

    expect(() => new SessionManager({ store: asleep, sessionId: 's' })).not.toThrow();
  });
});
