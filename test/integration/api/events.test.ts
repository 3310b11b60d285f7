import { describe, expect, test } from 'vitest';
import { eventTree, parseSession, sessionToJson } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';

describe('the state map', () => {
  test('C-8: sets, gets with a fallback, knows and removes entries, across managers', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await session.setState('basket', { items: ['apple'], total: null });
    await session.setState('nothing', null);
    const other = pagefold.session('s');

    expect(await other.getState('basket')).toEqual({ items: ['apple'], total: null });
    expect(await other.getState('missing')).toBeNull();
    expect(await other.getState('missing', 'fallback')).toBe('fallback');
    expect(await other.getState('nothing', 'fallback')).toBeNull();
    expect([await other.hasState('nothing'), await other.hasState('missing')]).toEqual([
      true,
      false,
    ]);
    await other.removeState('basket');
    await other.removeState('missing');
    expect(await session.hasState('basket')).toBe(false);
  });

  test('takes names that objects have of themselves', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    expect(await session.hasState('toString')).toBe(false);

    await session.setState('__proto__', { polluted: true });
    await session.setState('constructor', 1);

    expect(await session.getState('__proto__')).toEqual({ polluted: true });
    expect(await session.getState('constructor')).toBe(1);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('properties', () => {
  test('C-23: are set and removed, refresh the time of change, and listings find them', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { metadata: { plan: 'free' } });
    await session.userSays('hello');
    const before = (await session.getSession()).metadata;

    await session.setProperty('plan', 'pro');
    await session.setProperty('seats', 5);
    await session.removeProperty('missing');

    const after = (await session.getSession()).metadata;
    expect(after.properties).toEqual({ plan: 'pro', seats: 5 });
    expect(after.updatedAtMs).toBeGreaterThanOrEqual(before.updatedAtMs);
    expect(await collect(pagefold.sessions({ metadata: { plan: 'pro', seats: 5 } }))).toHaveLength(
      1,
    );
    expect(await collect(pagefold.sessions({ metadata: { plan: 'free' } }))).toHaveLength(0);
    await session.removeProperty('plan');
    expect(await session.getProperties()).toEqual({ seats: 5 });
  });

  test('C-82: the user comes from the options or from the property user_id', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('a', { userId: 'u-1' }).userSays('x');
    await pagefold.session('b', { metadata: { user_id: 'u-1' } }).userSays('x');
    await pagefold.session('c').userSays('x');

    const found = await collect(pagefold.sessions({ userId: 'u-1' }));

    expect(found.map(({ key }) => key.sessionId)).toEqual(['a', 'b']);
  });
});

describe('events', () => {
  test('C-12: have all their parts, and times in UTC', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const before = Date.now();
    await session.userSays('hello', { taskId: 'run-1', metadata: { a: 1 } });

    const [event] = await collect(session.events);

    expect(event).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      message: 'hello',
      timestampMs: expect.any(Number) as number,
      source: 'user',
      type: 'message',
      metadata: { a: 1 },
      parentEventId: null,
      taskId: 'run-1',
      tokenUsage: expect.objectContaining({ completionTokens: 0 }) as object,
      contentTokens: expect.any(Number) as number,
      billing: null,
      position: 2,
      segment: 1,
    });
    expect(event!.timestampMs).toBeGreaterThanOrEqual(before);
  });

  test('C-13: carry the tokens of their content, on the side of who spoke', async () => {
    const pagefold = await aPagefold({ tokens: 'exact' });
    const session = pagefold.session('s');
    await session.userSays('Hello!');
    await session.aiResponds('Hi there!', { model: 'gpt-4o-mini' });

    const usages = (await collect(session.events)).map(({ tokenUsage }) => tokenUsage);
    expect(usages).toMatchObject([
      { promptTokens: 2, completionTokens: 0, totalTokens: 2, model: 'gpt-4o-mini' },
      { promptTokens: 0, completionTokens: 3, totalTokens: 3, model: 'gpt-4o-mini' },
    ]);
  });

  test('are gone through in order, filtered by position and type', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 2);
    await session.toolUsed({ toolName: 't', result: 1 });

    const all = await collect(session.events);
    const tools = await collect(session.events.list({ types: ['tool_call'] }));
    const middle = await collect(session.events.list({ fromPosition: 3, toPosition: 4 }));

    expect(all.map(({ position }) => position)).toEqual([2, 3, 4, 5, 6]);
    expect(tools.map(({ type }) => type)).toEqual(['tool_call']);
    expect(middle.map(({ message }) => message)).toEqual(['answer 1', 'question 2']);
    await expect(
      collect(session.events.list({ types: ['nonsense' as never] })),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'filter.types[0]' });
  });

  test('C-18: change their metadata, which the next reading shows', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { eventId } = await session.recordUser('hello', { metadata: { a: 1, b: 2 } });

    await session.events.changeMetadata(eventId, { set: { c: 3 }, remove: ['a', 'missing'] });

    expect((await session.events.find(eventId))?.metadata).toEqual({ b: 2, c: 3 });
    await expect(session.events.changeMetadata('nobody', {})).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'eventId',
    });
    await expect(
      session.events.changeMetadata(eventId, { remove: [5 as never] }),
    ).rejects.toMatchObject({ field: 'change.remove[0]' });
    expect(await session.getSession()).toBeDefined();
  });

  test('C-20: make a tree of messages and the tool calls that serve them', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const question = await session.recordUser('What is 5 + 3?');
    await session.toolUsed({ toolName: 'add', result: 8 });

    const [root] = eventTree(await session.getSession());

    expect(root?.event.id).toBe(question.eventId);
    expect(root?.children.map(({ event }) => event.type)).toEqual(['tool_call']);
  });

  test('C-6: C-31: the whole session is plain data that survives writing and reading', async () => {
    const pagefold = await aPagefold({ store: aStore() });
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
    await talk(session, 3);
    await session.setState('a', [1]);
    await session.runs.create({ metadata: { goal: 'x' } });

    const read = await session.getSession();
    const written = JSON.stringify(sessionToJson(read));

    expect(parseSession(JSON.parse(written))).toEqual(read);
    expect(Object.keys(read).toSorted()).toEqual([
      'childIds',
      'events',
      'fork',
      'id',
      'metadata',
      'parentId',
      'runs',
      'segments',
      'state',
      'systemPrompt',
      'taskIds',
      'tenant',
      'tokenSummary',
      'version',
    ]);
  });
});
