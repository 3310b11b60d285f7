import { describe, expect, test } from 'vitest';
import { type RecordedEvent, SessionNotFound } from '../../../src/index.ts';
import { aPagefold, collect, talk } from './a-pagefold.ts';

describe('recording', () => {
  test('C-103: userSays keeps the metadata it is given', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    const { eventId } = await session.recordUser('hello', {
      metadata: { message: 'a name that is taken elsewhere', tags: ['a'] },
    });

    expect(await session.events.find(eventId)).toMatchObject({
      message: 'hello',
      source: 'user',
      type: 'message',
      metadata: { message: 'a name that is taken elsewhere', tags: ['a'] },
    });
  });

  test('C-104: aiResponds keeps model and provider, which metadata may override', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    const plain = await session.recordAnswer('a', { model: 'gpt-4o', provider: 'openai' });
    const unnamed = await session.recordAnswer('b');
    const overridden = await session.recordAnswer('c', {
      model: 'gpt-4o',
      metadata: { model: 'alias', extra: 1 },
    });

    const metadata = async (id: string): Promise<unknown> =>
      (await session.events.find(id))?.metadata;
    expect(await metadata(plain.eventId)).toEqual({ model: 'gpt-4o', provider: 'openai' });
    expect(await metadata(unnamed.eventId)).toEqual({ model: 'unknown', provider: 'unknown' });
    expect(await metadata(overridden.eventId)).toEqual({
      model: 'alias',
      provider: 'unknown',
      extra: 1,
    });
  });

  test('W-57: C-105: toolUsed keeps arguments, result, error and whether it worked', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    const good = await session.recordTool({
      toolName: 'add',
      arguments: { a: 5, b: 3 },
      result: 8,
      callId: 'call-1',
    });
    const bad = await session.recordTool({ toolName: 'add', error: 'overflow' });

    const message = async (id: string): Promise<unknown> =>
      (await session.events.find(id))?.message;
    expect(await message(good.eventId)).toEqual({
      tool: 'add',
      arguments: { a: 5, b: 3 },
      result: 8,
      error: null,
      success: true,
      callId: 'call-1',
    });
    expect(await message(bad.eventId)).toEqual({
      tool: 'add',
      arguments: null,
      result: null,
      error: 'overflow',
      success: false,
    });
  });

  test('C-106: W-38: toolUsed is linked to the message it serves and counted', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const question = await session.recordUser('What is 5 + 3?');
    const early = await session.recordTool({ toolName: 'look_up', result: 'nothing' });
    const answer = await session.recordAnswer('', {
      model: 'gpt-4o-mini',
      toolCalls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } }],
    });
    const late = await session.recordTool({ toolName: 'add', result: 8, callId: 'c1' });

    const events = new Map((await collect(session.events)).map((event) => [event.id, event]));
    expect(events.get(early.eventId)?.parentEventId).toBe(question.eventId);
    expect(events.get(late.eventId)?.parentEventId).toBe(answer.eventId);
    expect(events.get(late.eventId)?.contentTokens).toBeGreaterThan(0);
    expect((await session.getStats()).toolCalls).toBe(2);
    const roles = (await session.getMessagesForLlm()).map((message) => message.role);
    expect(roles).toEqual(['user', 'assistant', 'tool', 'assistant', 'tool']);
  });

  test('C-107: records empty messages', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await session.userSays('');
    await session.aiResponds('');

    expect(await session.getConversation()).toMatchObject([
      { role: 'user', content: '' },
      { role: 'assistant', content: '' },
    ]);
    expect((await session.getStats()).totalTokens).toBe(0);
  });

  test.each([null, 0, false, 7, ['a', { b: null }], { content: 'inside', name: 'Ann' }])(
    'C-22: records %j as a message and gives it back as it was',
    async (message) => {
      const pagefold = await aPagefold();
      const session = pagefold.session('s');

      const { eventId } = await session.recordUser(message);

      expect((await session.events.find(eventId))?.message).toEqual(message);
    },
  );

  test('keeps special characters, line breaks and long texts whole', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const texts = ['tab\tnew\nline "quotes" \\ \u0000', '🎉👩‍👩‍👧 日本語 עברית', 'x'.repeat(10_000)];

    for (const text of texts) await session.userSays(text);

    expect((await session.getConversation()).map((turn) => turn.content)).toEqual(texts);
  });

  test('C-117: keeps every event of many calls at once, in the order of the calls', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        index % 2 === 0 ? session.userSays(`u${index}`) : session.aiResponds(`a${index}`),
      ),
    );

    const contents = (await session.getConversation()).map((turn) => turn.content);
    expect(contents).toEqual(
      Array.from({ length: 100 }, (_, index) => `${index % 2 === 0 ? 'u' : 'a'}${index}`),
    );
    expect(await session.getStats()).toMatchObject({ userMessages: 50, aiMessages: 50 });
  });

  test.each([
    ['a function', () => 1, 'message'],
    ['undefined', undefined, 'message'],
    ['a bigint inside', { amounts: [1n] }, 'message.<key 0>[0]'],
    ['not a number', { n: Number.NaN }, 'message.<key 0>'],
  ])('W-08: C-118: refuses %s and damages nothing', async (_name, value, field) => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 1);

    await expect(session.userSays(value)).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
    await talk(session, 1, 2);

    expect(await session.getConversation()).toHaveLength(4);
  });

  test('W-08: C-118: names the field of a bad option, and the error quotes no content', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['options.metadata.<key 0>', () => session.userSays('secret words', { metadata: cyclic })],
      ['options.timeoutMs', () => session.userSays('secret words', { timeoutMs: -1 })],
      ['options.eventId', () => session.userSays('secret words', { eventId: '' })],
      ['options.costUsd', () => session.aiResponds('secret words', { costUsd: -1 })],
      ['options.costUsd', () => session.aiResponds('secret words', { costUsd: '-0.01' })],
      ['options.usage', () => session.aiResponds('secret words', { usage: { nothing: 'known' } })],
      ['use.result', () => session.toolUsed({ toolName: 't', result: () => 1 })],
      ['use.toolName', () => session.toolUsed({ toolName: '' })],
      ['options.usage', () => session.aiResponds('secret words', { usage: 'secret' })],
      [
        'options.apiFlavor',
        () => session.aiResponds('secret words', { usage: {}, apiFlavor: 'no' }),
      ],
      ['value', () => session.setState('k', Symbol('s'))],
      ['name', () => session.setProperty('', 1)],
      ['name', () => session.removeState(5 as unknown as string)],
    ];

    for (const [field, call] of calls) {
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'INVALID_INPUT', field });
      expect(String(error)).not.toContain('secret');
    }
    expect(await session.exists()).toBe(false);
  });
});

describe('a receipt', () => {
  test('tells where an event is', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'P' });

    const first = await session.recordUser('a', { eventId: 'event-a' });
    const second = await session.recordAnswer('b');

    expect(first).toEqual({
      sessionId: 's',
      eventId: 'event-a',
      position: 3,
      segment: 1,
      isRepeated: false,
    });
    expect(second).toMatchObject({ position: 4, segment: 1 });
    expect(await collect(session.events)).toMatchObject([
      { id: 'event-a', position: 3 },
      { id: second.eventId, position: 4 },
    ] satisfies Partial<RecordedEvent>[]);
  });
});

describe('idempotencyKey', () => {
  test('W-09: records a repeated call once and tells of the first one', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const first = await session.recordUser('hello', { idempotencyKey: 'k' });

    const second = await pagefold.session('s').recordUser('hello', { idempotencyKey: 'k' });

    expect(second).toEqual({ ...first, isRepeated: true });
    expect(await session.getConversation()).toHaveLength(1);
  });

  test('W-09: holds for calls at once, from several runtimes', async () => {
    const pagefold = await aPagefold();
    const sessions = Array.from({ length: 5 }, () => pagefold.session('s'));

    const receipts = await Promise.all(
      sessions.map((session) => session.recordUser('hello', { idempotencyKey: 'k' })),
    );

    expect(receipts.filter((receipt) => !receipt.isRepeated)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => receipt.eventId)).size).toBe(1);
    expect(await sessions[0]!.getConversation()).toHaveLength(1);
  });

  test('W-67: an event id of the caller is such a key, so no id appears twice', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await session.userSays('first', { eventId: 'e-1' });
    const again = await session.recordUser('first', { eventId: 'e-1' });
    const other = session.recordUser('second', { eventId: 'e-1' });

    expect(again).toMatchObject({ eventId: 'e-1', isRepeated: true });
    await expect(other).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      retryable: false,
      message: expect.stringContaining('was used for another event') as unknown,
    });
    expect((await collect(session.events)).map((event) => event.message)).toEqual(['first']);
  });

  test('W-67: a repeated call may name the entries of its content in another order', async () => {
    const session = (await aPagefold()).session('s');
    const key = { idempotencyKey: 'k' };
    await session.toolUsed({ toolName: 't', arguments: { a: 1, b: [{ c: 2, d: 3 }] }, ...key });

    const again = await session.recordTool({
      toolName: 't',
      arguments: { b: [{ d: 3, c: 2 }], a: 1 },
      ...key,
    });
    const other = session.recordTool({
      toolName: 't',
      arguments: { a: 1, b: [{ c: 3, d: 2 }] },
      ...key,
    });

    expect(again.isRepeated).toBe(true);
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

describe('signal and timeoutMs', () => {
  test('records nothing when the signal was aborted before', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const signal = AbortSignal.abort();

    await expect(session.userSays('x', { signal })).rejects.toMatchObject({ code: 'ABORTED' });
    await session.userSays('y');
    await expect(session.userSays('x', { signal })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(session.toolUsed({ toolName: 't', signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });

    expect((await session.getConversation()).map((turn) => turn.content)).toEqual(['y']);
  });

  test('lets one caller give up without harming the others that wait for the same', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const controller = new AbortController();

    const given = session.userSays('given up', { signal: controller.signal });
    const kept = session.userSays('kept', { timeoutMs: 10_000 });
    controller.abort();

    await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(kept).resolves.toBe('s');
    expect(await session.getConversation()).toHaveLength(1);
  });
});

test('a write to a session that another manager deleted is refused, and it stays deleted', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  await session.userSays('hello');

  await pagefold.session('s').delete();

  await expect(session.userSays('anybody there?')).rejects.toThrow(SessionNotFound);
  expect(await pagefold.session('s').exists()).toBe(false);
});
