import { describe, expect, test, vi } from 'vitest';
import { createMemoryStore, openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { Store } from '../../../src/index.ts';

const MESSAGE = {
  tool_calls: [
    { id: 'c1', function: { name: 'pay', arguments: '{"amount": 5}' } },
    { id: 'c2', function: { name: 'read', arguments: '{}' } },
  ],
};

/** A store that refuses the writes for which the test says so. */
function failingStore(refuses: (write: number) => boolean): Store {
  const store = createMemoryStore();
  let writes = 0;
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        if (name === 'append' && refuses((writes += 1)))
          return Promise.reject(new Error('disk full'));
        return Reflect.apply(member, target, given);
      };
    },
  });
}

function counted() {
  const calls: string[] = [];
  const tools = {
    pay: () => {
      calls.push('pay');
      return 'paid';
    },
    read: {
      execute: () => {
        calls.push('read');
        return 'text';
      },
      effect: 'read' as const,
    },
  };
  return { calls, tools };
}

/** What ends the calls of a process that was given up, so that nothing of it outlives the test. */
function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe('a failed save never runs a tool twice', () => {
  test('W-56, G-112, G-W78: in one process, what ran is kept and recorded when the answer is given again', async () => {
    const { calls, tools } = counted();
    let isDown = false;
    await using pagefold = await openPagefold({
      store: failingStore(() => isDown),
      limits: { retryHorizonMs: 50 },
    });
    const session = pagefold.session('s');
    await session.userSays('go');
    const pay = () => {
      isDown = true;
      return tools.pay();
    };
    const processor = await SessionAwareToolProcessor.create(session, { tools: { ...tools, pay } });
    await expect(processor.processLlmMessage(MESSAGE)).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
    });
    expect(calls.toSorted()).toEqual(['pay', 'read']);
    isDown = false;
    const results = await processor.processLlmMessage(MESSAGE);
    expect(results).toMatchObject([
      { callId: 'c1', status: 'succeeded', value: 'paid' },
      { callId: 'c2', status: 'succeeded', value: 'text' },
    ]);
    expect(calls).toHaveLength(2);
    expect((await session.getStats()).toolCalls).toBe(2);
  });

  test('G-117, G-W78: in another process, recorded calls are told again, and those without a record run only where that does no harm', async () => {
    const { calls, tools } = counted();
    const store = createMemoryStore();
    await using here = await openPagefold({ store });
    await here.session('s').userSays('go');
    const dying = await SessionAwareToolProcessor.create(here.session('s'), {
      tools: { ...tools, read: async () => new Promise(() => undefined) },
    });
    const { signal, abort } = abortable();
    const dyingRun = dying.processLlmMessage(MESSAGE, { signal });
    const session = here.session('s');
    await expect.poll(async () => (await session.getStats()).toolCalls).toBe(1);

    await using there = await openPagefold({ store });
    const other = await SessionAwareToolProcessor.create(there.session('s'), { tools });
    const results = await other.processLlmMessage(MESSAGE);
    expect(results).toMatchObject([
      { callId: 'c1', status: 'succeeded', value: 'paid', isRepeated: true },
      { callId: 'c2', status: 'succeeded', value: 'text', isRepeated: false },
    ]);
    expect(calls).toEqual(['pay', 'read']);
    expect((await session.getStats()).toolCalls).toBe(2);

    abort();
    await expect(dyingRun).resolves.toMatchObject([{ value: 'paid' }, { value: 'text' }]);
    expect((await session.getStats()).toolCalls).toBe(2);
  });

  test('G-W78: a call that may have run, and must not run twice, is told to be so', async () => {
    const { calls, tools } = counted();
    const store = createMemoryStore();
    await using here = await openPagefold({ store });
    await here.session('s').userSays('go');
    let began = false;
    const dying = await SessionAwareToolProcessor.create(here.session('s'), {
      tools: {
        ...tools,
        pay: async () => {
          began = true;
          return new Promise(() => undefined);
        },
      },
    });
    const { signal, abort } = abortable();
    const dyingRun = dying.processLlmMessage(MESSAGE, { signal });
    await expect.poll(() => began).toBe(true);

    await using there = await openPagefold({ store });
    const other = await SessionAwareToolProcessor.create(there.session('s'), { tools });
    const results = await other.processLlmMessage(MESSAGE);
    expect(results).toMatchObject([
      { callId: 'c1', status: 'unknown', eventId: null },
      { callId: 'c2', status: 'succeeded' },
    ]);
    expect(calls).not.toContain('pay');
    // Later prompts warn of it, too.
    const prompt = await there.session('s').getMessagesForLlm();
    expect(prompt.slice(-2)).toMatchObject([
      { role: 'tool', tool_call_id: 'c1', content: expect.stringContaining('may have run') },
      { role: 'tool', tool_call_id: 'c2', content: 'text' },
    ]);

    abort();
    await expect(dyingRun).resolves.toMatchObject([{ status: 'unknown' }, { status: 'succeeded' }]);
  });

  test('the same answer at the same time runs once', async () => {
    const { calls, tools } = counted();
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('go');
    const processor = await SessionAwareToolProcessor.create(session, { tools });
    await processor.processLlmMessage(MESSAGE);
    const [left, right] = await Promise.all([
      processor.processLlmMessage(MESSAGE),
      processor.processLlmMessage(MESSAGE),
    ]);
    expect(left).toEqual(right);
    expect(left.every(({ isRepeated }) => isRepeated)).toBe(true);
    expect(calls).toHaveLength(2);
  });

  test.each([{ parentEventId: 'answer' }, {}])(
    'an answer that is given again while its calls wait for their turn runs each of them once: %j',
    async (options) => {
      const ran: string[] = [];
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await using pagefold = await openPagefold();
      const session = pagefold.session('s');
      await session.userSays('go');
      await session.aiResponds(MESSAGE, { eventId: 'answer' });
      const execute = async (_: object, { toolName }: { readonly toolName: string }) => {
        ran.push(toolName);
        await gate;
        return toolName;
      };
      const message = {
        tool_calls: ['pay', 'mail', 'book'].map((name) => ({ id: name, function: { name } })),
      };
      const processor = await SessionAwareToolProcessor.create(session, {
        execute,
        maxParallel: 1,
      });
      const first = processor.processLlmMessage(message, options);
      const beside = processor.processLlmMessage(message, options);
      await expect.poll(() => ran).toEqual(['pay']);
      const later = processor.processLlmMessage(message, options);
      letGo();
      expect(await beside).toEqual(await first);
      // Told by those that are under way, or by the log where that has them by then.
      for (const results of [await first, await later])
        expect(results.map(({ value }) => value)).toEqual(['pay', 'mail', 'book']);
      expect(ran).toEqual(['pay', 'mail', 'book']);
    },
  );

  test('calls that never began, since an error came before, run when the answer is given again', async () => {
    const { calls, tools } = counted();
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('go');
    const processor = await SessionAwareToolProcessor.create(session, { tools });
    const begin = vi
      .spyOn(processor.tools, 'begin')
      .mockRejectedValueOnce(new Error('no connection for a moment'));
    await expect(processor.processLlmMessage(MESSAGE)).rejects.toThrow('no connection');
    expect([begin.mock.calls.length, calls]).toEqual([1, []]);
    expect(await processor.processLlmMessage(MESSAGE)).toMatchObject([
      { status: 'succeeded', value: 'paid' },
      { status: 'succeeded', value: 'text' },
    ]);
    expect(calls.toSorted()).toEqual(['pay', 'read']);
  });

  test('calls that guards refused with an error are refused again, and not taken for ones that may have run', async () => {
    const { calls, tools } = counted();
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('go');
    const guards = { isEnforcing: true, limits: { executionBudget: 1 } };
    const processor = await SessionAwareToolProcessor.create(session, { tools, guards });
    const refused = { code: 'TOOL_CALL_BLOCKED' };
    await expect(processor.processLlmMessage(MESSAGE)).rejects.toMatchObject(refused);
    await expect(processor.processLlmMessage(MESSAGE)).rejects.toMatchObject(refused);
    expect(calls).toEqual([]);
  });

  test('an answer that was recorded by the service is the parent of its calls, and is repeated by its event', async () => {
    const { calls, tools } = counted();
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('go');
    const { eventId } = await session.recordAnswer('I pay.', { toolCalls: MESSAGE.tool_calls });
    const processor = await SessionAwareToolProcessor.create(session, { tools });
    const [first] = await processor.processLlmMessage(MESSAGE, { parentEventId: eventId });
    const again = await SessionAwareToolProcessor.create(session, { tools });
    const [second] = await again.processLlmMessage(MESSAGE, { parentEventId: eventId });
    expect(second).toMatchObject({ isRepeated: true, eventId: first?.eventId });
    expect(calls).toHaveLength(2);
    expect((await session.events.find(first?.eventId ?? ''))?.parentEventId).toBe(eventId);
  });

  test('calls without ids are the same again under a name that the service gives the answer', async () => {
    const { calls, tools } = counted();
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('go');
    const processor = await SessionAwareToolProcessor.create(session, { tools });
    const message = { function_call: { name: 'pay', arguments: '{"amount": 5}' } };
    await processor.processLlmMessage(message, { operationId: 'answer-1' });
    await processor.processLlmMessage(message, { operationId: 'answer-1' });
    expect(calls).toEqual(['pay']);
    await processor.processLlmMessage(message);
    expect(calls).toEqual(['pay', 'pay']);
  });

  test('bodies of a server that gives them no ids, and calls the same ones, are told apart', async () => {
    let steps = 0;
    const next_step = () => `step ${(steps += 1)}`;
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const session = pagefold.session('s');
    await session.userSays('go');
    const processor = await SessionAwareToolProcessor.create(session, { tools: { next_step } });
    const tool_calls = [{ id: '0', type: 'function', function: { name: 'next_step' } }];
    const bodyOf = (prompt_tokens: number) => ({
      id: '',
      object: 'chat.completion',
      created: 5,
      model: 'm',
      choices: [{ message: { role: 'assistant', content: null, tool_calls } }],
      usage: { prompt_tokens, completion_tokens: 5 },
    });
    const values: unknown[] = [];
    for (const tokens of [100, 200, 200]) {
      const [result] = await processor.processLlmMessage(bodyOf(tokens));
      values.push(result?.value);
    }
    expect(values).toEqual(['step 1', 'step 2', 'step 2']);
    expect((await session.getStats()).usage).toEqual({ inputTokens: 300, outputTokens: 10 });
  });
});
