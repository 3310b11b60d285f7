import { describe, expect, test, vi } from 'vitest';
import {
  createMemoryStore,
  openPagefold,
  type Pagefold,
  SessionAwareToolProcessor,
  type SessionManager,
} from '../../../src/index.ts';

const NAMES = ['bob', 'eve', 'kim'];

/** Calls of the same tool, in the form of a provider whose ids are made up at random. */
const PAYMENTS = NAMES.map((to, index) => ({
  type: 'tool_use',
  id: `toolu_01A09q90qw90lq917835lq${index}`,
  name: 'pay',
  input: { to, euros: 10 },
}));
const [BOB, EVE, KIM] = PAYMENTS.map(({ id }) => id);
const WAITING = [
  ...PAYMENTS,
  ...PAYMENTS.map(({ id }) => ({ type: 'tool-approval-request', approvalId: id, toolCallId: id })),
];

async function aService() {
  const pagefold = await openPagefold({ store: createMemoryStore(), tokens: 'estimate' });
  const session = pagefold.session('s', { memory: {} });
  await session.userSays('Pay Bob, Eve and Kim.');
  return { pagefold, session, [Symbol.asyncDispose]: () => pagefold.close() };
}

async function aPayer(session: SessionManager) {
  const paid: string[] = [];
  const pay = async ({ to }: { readonly to?: unknown }): Promise<string> => {
    // The first one takes longest.
    await new Promise((resolve) => {
      setTimeout(resolve, to === 'bob' ? 200 : 1);
    });
    paid.push(String(to));
    return `paid ${String(to)}`;
  };
  const processor = await SessionAwareToolProcessor.create(session, {
    tools: { pay: { effect: 'write', execute: pay } },
  });
  return { paid, processor };
}

const inShort = (messages: readonly object[]): readonly unknown[] =>
  messages.map((message) => {
    const calls: unknown = Reflect.get(message, 'tool_calls');
    const ids = Array.isArray(calls) ? calls.map((call: { id: string }) => call.id) : [];
    return [Reflect.get(message, 'role'), Reflect.get(message, 'content') ?? '', ...ids];
  });

describe('several calls that were approved together', () => {
  test('stand in prompts once each, with what came of them', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING);
    await session.userSays('Yes, all.');
    const results = await processor.processLlmMessage(PAYMENTS);
    expect(results.map(({ value }) => value)).toEqual(['paid bob', 'paid eve', 'paid kim']);
    expect(paid).toEqual(NAMES);
    const expected = [
      ['user', 'Yes, all.'],
      ['assistant', '', BOB],
      ['tool', 'paid bob'],
      ['assistant', '', EVE],
      ['tool', 'paid eve'],
      ['assistant', '', KIM],
      ['tool', 'paid kim'],
    ];
    expect(inShort((await session.getMessagesForLlm()).slice(-7))).toEqual(expected);
    const { messages } = await session.memory.buildContext();
    expect(inShort(messages.slice(-7))).toEqual(expected);
  });

  test('run once each where the answer is given again while they run', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING);
    const [first, second] = await Promise.all([
      processor.processLlmMessage(PAYMENTS),
      processor.processLlmMessage(PAYMENTS),
    ]);
    expect(first.map(({ value }) => value)).toEqual(second.map(({ value }) => value));
    expect(paid).toEqual(NAMES);
  });

  test('run with the next attempt where their records got no reply, and once only', async () => {
    const lossy = { isLosing: false };
    const store = new Proxy(createMemoryStore(), {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          const reply: unknown = await Reflect.apply(member, target, given);
          if (name === 'append' && lossy.isLosing) throw new Error('socket hang up');
          return reply;
        };
      },
    });
    await using pagefold = await openPagefold({ store, limits: { retryHorizonMs: 20 } });
    const session = pagefold.session('s');
    await session.userSays('Pay Bob, Eve and Kim.');
    const { paid, processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING);
    lossy.isLosing = true;
    const lost = processor.processLlmMessage(PAYMENTS);
    await expect(lost).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    lossy.isLosing = false;
    expect(paid).toEqual([]);
    const results = await processor.processLlmMessage(PAYMENTS);
    expect(results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(paid).toEqual(NAMES);
  });
});

describe('the bill of an answer whose calls wait', () => {
  test.each([
    ['reported', { prompt_tokens: 1000, completion_tokens: 50 }],
    ['estimated', undefined],
  ])('is that of one call of a model, with all that it wrote: %s', async (origin, usage) => {
    await using service = await aService();
    const { session } = service;
    const { processor } = await aPayer(session);
    const options = { model: 'gpt-4o-mini', ...(usage === undefined ? {} : { usage }) };
    await processor.processLlmMessage(WAITING, options);
    await session.userSays('Yes, all.');
    const before = await session.getStats();
    await processor.processLlmMessage(PAYMENTS, options);
    const stats = await session.getStats();
    const { costUsd, usage: used, pricedCalls, unpricedCalls } = stats;
    expect({ costUsd, used, pricedCalls, unpricedCalls }).toEqual({
      costUsd: before.costUsd,
      used: before.usage,
      pricedCalls: 1,
      unpricedCalls: 0,
    });
    expect(Object.keys(stats.tokensByModel)).toEqual(['gpt-4o-mini']);
    const plain = service.pagefold.session('plain');
    await plain.userSays('Pay Bob, Eve and Kim.');
    await plain.aiResponds(PAYMENTS, options);
    expect(used).toEqual((await plain.getStats()).usage);
    expect(origin).toBe(usage === undefined ? 'estimated' : 'reported');
  });

  test('is the same after an export', async () => {
    await using service = await aService();
    await using other: Pagefold = await openPagefold({ tokens: 'estimate' });
    const { session } = service;
    const { processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING, { model: 'gpt-4o-mini' });
    await processor.processLlmMessage(PAYMENTS, { model: 'gpt-4o-mini' });
    const { key } = await other.importSession(session.export());
    const moved = other.session(key.sessionId);
    expect(await moved.getMessagesForLlm()).toEqual(await session.getMessagesForLlm());
    const { costUsd, pricedCalls, unpricedCalls, aiMessages } = await session.getStats();
    expect(await moved.getStats()).toMatchObject({
      costUsd,
      pricedCalls,
      unpricedCalls,
      aiMessages,
    });
  });
});

describe('a call that a person refused', () => {
  test.each<
    [string, { readonly options: object; readonly isRecorded?: boolean; readonly args: object }]
  >([
    ['by the ids of its calls', { options: {}, args: {} }],
    ['with its arguments', { options: {}, args: { arguments: { euros: 10, to: 'eve' } } }],
    ['by its name', { options: { operationId: 'answer-7' }, args: {} }],
    ['by its event', { options: { parentEventId: 'a7' }, isRecorded: true, args: {} }],
  ])('is told again and never runs: %s', async (_, { options, isRecorded = false, args }) => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    if (isRecorded) await session.aiResponds(WAITING, { eventId: 'a7' });
    else await processor.processLlmMessage(WAITING, options);
    await session.userSays('Bob and Kim yes, Eve no.');
    await session.toolUsed({ toolName: 'pay', callId: EVE, error: 'denied by the user', ...args });
    const told = await processor.processLlmMessage(PAYMENTS, options);
    expect(told.map(({ status, error, isRepeated }) => [status, error, isRepeated])).toEqual([
      ['succeeded', null, false],
      ['failed', 'denied by the user', true],
      ['succeeded', null, false],
    ]);
    const other = await aPayer(session);
    await other.processor.processLlmMessage(PAYMENTS, options);
    expect([paid.toSorted(), other.paid]).toEqual([['bob', 'kim'], []]);
  });

  test.each<[string, object]>([
    ['other arguments', { arguments: { to: 'eve', euros: 500 } }],
    ['another id', { callId: 'toolu_01A09q90qw90lq917835lq9' }],
    ['another tool', { toolName: 'refund' }],
  ])('is not another call: %s', async (_, other) => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING);
    await session.toolUsed({ toolName: 'pay', callId: EVE, error: 'denied by the user', ...other });
    await processor.processLlmMessage(PAYMENTS);
    expect(paid).toEqual(NAMES);
  });

  test('does not run where it is refused while it waits for others', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING);
    const running = processor.processLlmMessage(PAYMENTS);
    // Bob's takes some time.
    await expect.poll(async () => (await session.getStats()).aiMessages, { interval: 1 }).toBe(2);
    await session.toolUsed({ toolName: 'pay', callId: KIM, error: 'denied by the user' });
    const told = await running;
    expect(told.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'failed']);
    expect(paid).toEqual(['bob', 'eve']);
  });

  test('does not run where the log could not be read once while it waited', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING);
    const running = processor.processLlmMessage(PAYMENTS).catch((error: unknown) => error);
    await expect.poll(async () => (await session.getStats()).aiMessages, { interval: 1 }).toBe(2);
    await session.toolUsed({ toolName: 'pay', callId: KIM, error: 'denied by the user' });
    const list = vi.spyOn(session.events, 'list').mockImplementationOnce(() => {
      throw new Error('the store is away');
    });
    expect(await running).toEqual(new Error('the store is away'));
    list.mockRestore();
    expect(paid).toEqual(['bob']);
    const told = await processor.processLlmMessage(PAYMENTS);
    expect(told.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'failed']);
  });

  test('does not run where the answer comes again without those that did, all with one id', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    const [bob, eve] = PAYMENTS.map((call) => ({ ...call, id: 'call' }));
    const request = { type: 'tool-approval-request', approvalId: 'r', toolCallId: 'call' };
    const options = { operationId: 'run' };
    await processor.processLlmMessage([bob, eve, request], options);
    await processor.processLlmMessage([bob], options);
    const use = { toolName: 'pay', callId: 'call', arguments: eve?.input };
    await session.toolUsed({ ...use, error: 'denied by the user' });
    const told = await processor.processLlmMessage([eve], options);
    expect(told).toMatchObject([{ status: 'failed', error: 'denied by the user' }]);
    expect(paid).toEqual(['bob']);
  });

  test('does not run where a later answer waits of whose calls older records say no ids', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    await processor.processLlmMessage(WAITING);
    await session.aiResponds('Wait.', { metadata: { toolClaim: { waiting: ['6f1c'] } } });
    await session.toolUsed({ toolName: 'pay', callId: KIM, error: 'denied by the user' });
    await processor.processLlmMessage(PAYMENTS);
    expect(paid).toEqual(['bob', 'eve']);
  });

  test('is told as another process recorded it, also while calls wait for others', async () => {
    await using service = await aService();
    const { session } = service;
    const [one, other] = [await aPayer(session), await aPayer(session)];
    await one.processor.processLlmMessage(WAITING);
    const [first, second] = await Promise.all([
      one.processor.processLlmMessage(PAYMENTS),
      other.processor.processLlmMessage(PAYMENTS),
    ]);
    expect([...one.paid, ...other.paid].toSorted()).toEqual(NAMES);
    // Only what runs elsewhere at that very moment is not known.
    for (const [at, result] of first.entries())
      expect([result.status, second[at]?.status]).toContain('succeeded');
    const again = await one.processor.processLlmMessage(PAYMENTS);
    expect(again.map(({ value }) => value)).toEqual(['paid bob', 'paid eve', 'paid kim']);
  });

  test('is not one of a later answer whose calls wait, too, and are counted anew', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    const request = { type: 'tool-approval-request', approvalId: 'r', toolCallId: 'call_0' };
    const bob = { ...PAYMENTS[0], id: 'call_0' };
    const eve = { ...PAYMENTS[1], id: 'call_0' };
    await processor.processLlmMessage([bob, request], { operationId: 'first' });
    await processor.processLlmMessage([eve, request], { operationId: 'second' });
    await session.toolUsed({ toolName: 'pay', callId: 'call_0', error: 'denied by the user' });
    await processor.processLlmMessage([bob], { operationId: 'first' });
    expect(paid).toEqual(['bob']);
  });

  test('is not one of an answer whose name begins like that of another', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    const call = { ...PAYMENTS[0], id: 'call_0' };
    const request = { type: 'tool-approval-request', approvalId: 'r', toolCallId: 'call_0' };
    await processor.processLlmMessage([call, request], { operationId: 'run-7' });
    await session.aiResponds([call], { eventId: 'run-7.1' });
    await session.toolUsed({ toolName: 'pay', callId: 'call_0', result: 'paid elsewhere' });
    await processor.processLlmMessage([call], { operationId: 'run-7' });
    expect(paid).toEqual(['bob']);
  });

  test('are found in time that grows with their number where all calls have one id', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    const calls = Array.from({ length: 300 }, (_, at) => ({
      ...PAYMENTS[0],
      id: 'call',
      input: { to: `p${at}`, note: 'x'.repeat(100) },
    }));
    await session.aiResponds(calls, { eventId: 'a7' });
    for (const { input } of calls.toReversed())
      await session.toolUsed({
        toolName: 'pay',
        callId: 'call',
        arguments: input,
        result: input.to,
      });
    const told = await processor.processLlmMessage(calls, { parentEventId: 'a7' });
    expect(told.map(({ value }) => value)).toEqual(calls.map(({ input }) => input.to));
    expect(paid).toEqual([]);
  });

  test('is not one of a later answer that counts its calls anew', async () => {
    await using service = await aService();
    const { session } = service;
    const { paid, processor } = await aPayer(session);
    const call = { ...PAYMENTS[0], id: 'call_0' };
    const request = { type: 'tool-approval-request', approvalId: 'r', toolCallId: 'call_0' };
    await processor.processLlmMessage([call, request], { operationId: 'first' });
    await session.aiResponds([call]);
    await session.toolUsed({ toolName: 'pay', callId: 'call_0', error: 'denied by the user' });
    await processor.processLlmMessage([call], { operationId: 'first' });
    expect(paid).toEqual(['bob']);
  });
});
