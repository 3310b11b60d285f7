import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createMemoryStore,
  openPagefold,
  SessionAwareToolProcessor,
  SessionManager,
  ToolRunner,
  toToolMessages,
} from '../../../src/index.ts';
import type { SessionManager as Session, ToolProcessorOptions } from '../../../src/index.ts';

/** An answer of a model that asks for calls, in the chat format. */
function asking(...calls: readonly (readonly [id: string, name: string, args: unknown])[]): object {
  return {
    role: 'assistant',
    content: null,
    tool_calls: calls.map(([id, name, args]) => ({
      id,
      type: 'function',
      function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
    })),
  };
}

async function eventsOf(session: Session) {
  const events = [];
  for await (const event of session.events) events.push(event);
  return events;
}

async function aProcessor(options: ToolProcessorOptions) {
  const pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  const processor = await SessionAwareToolProcessor.create(session, options);
  return { pagefold, session, processor, [Symbol.asyncDispose]: () => pagefold.close() };
}

const add = (args: { readonly [name: string]: unknown }) => Number(args['a']) + Number(args['b']);

describe('SessionAwareToolProcessor', () => {
  test('C-151, C-152, C-154, G-103, G-104, G-105, G-W75, G-W80, G-W84, G-W85: calls are recorded with all that is known of them, below the answer that asked', async () => {
    await using made = await aProcessor({ tools: { sum: add, list: () => ({ items: [1, 2] }) } });
    const { session, processor } = made;
    const results = await processor.processLlmMessage(
      asking(['c1', 'sum', { a: 20, b: 22 }], ['c2', 'list', '']),
      { model: 'gpt-4o-mini', provider: 'openai' },
    );
    expect(results).toMatchObject([
      { callId: 'c1', toolName: 'sum', status: 'succeeded', value: 42, attempts: 1, error: null },
      { callId: 'c2', value: { items: [1, 2] }, bindingId: 'v2' },
    ]);
    const [, answer, first, second] = await eventsOf(session);
    expect(answer).toMatchObject({
      type: 'message',
      source: 'llm',
      metadata: { model: 'gpt-4o-mini' },
    });
    expect(first).toMatchObject({
      type: 'tool_call',
      parentEventId: answer?.id,
      id: results[0]?.eventId,
      message: {
        tool: 'sum',
        arguments: { a: 20, b: 22 },
        result: 42,
        error: null,
        success: true,
        callId: 'c1',
      },
      metadata: { execution: { status: 'succeeded', attempt: 1, isCached: false } },
    });
    expect(first?.metadata['execution']).toHaveProperty('durationMs');
    expect(second?.message).toMatchObject({ tool: 'list', result: { items: [1, 2] } });
    const prompt = await session.getMessagesForLlm();
    expect(prompt.slice(-2)).toMatchObject([
      { role: 'tool', tool_call_id: 'c1', content: '42' },
      { role: 'tool', tool_call_id: 'c2' },
    ]);
  });

  test('an answer without calls is recorded, and nothing else', async () => {
    await using made = await aProcessor({ tools: { sum: add } });
    expect(await made.processor.processLlmMessage('Just a thought.')).toEqual([]);
    expect(await made.processor.processLlmMessage({ role: 'assistant', content: 'More.' })).toEqual(
      [],
    );
    expect((await eventsOf(made.session)).map(({ message }) => message)).toEqual([
      'go',
      'Just a thought.',
      'More.',
    ]);
  });

  test('C-156, C-157, C-160, W-58, G-107, G-111, G-120, G-W74, G-W88, G-W90, GV30: equal calls of tools that allow it are answered once, and failures never reused', async () => {
    let calls = 0;
    const tools = {
      calculate: {
        execute: (args: object) => {
          calls += 1;
          return { sum: add({ ...args }) };
        },
        isCacheable: true,
      },
      fails: {
        execute: () => {
          calls += 1;
          throw new Error('boom');
        },
        isCacheable: true,
      },
    };
    await using made = await aProcessor({ tools });
    const both = asking(
      ['c1', 'calculate', { a: 20, b: 22 }],
      ['c2', 'calculate', { b: 22, a: 20 }],
    );
    const results = await made.processor.processLlmMessage(both);
    expect(calls).toBe(1);
    expect(results.map(({ value, isCached, attempts }) => [value, isCached, attempts])).toEqual([
      [{ sum: 42 }, false, 1],
      [{ sum: 42 }, true, 1],
    ]);
    Object.assign(results[1]?.value ?? {}, { sum: 0 });
    expect(
      made.processor.tools.state.cache.peek('calculate', { a: 20, b: 22 }, Date.now()),
    ).toMatchObject({ result: { sum: 42 } });
    const events = await eventsOf(made.session);
    expect(events.slice(2).map(({ metadata }) => metadata['execution'])).toMatchObject([
      { isCached: false },
      { isCached: true },
    ]);
    expect(made.processor.tools.state.cache.stats().duplicateCalls).toBe(1);
    await made.processor.processLlmMessage(asking(['c3', 'fails', {}]));
    await made.processor.processLlmMessage(asking(['c4', 'fails', {}]));
    expect(calls).toBe(3);
    expect(made.processor.stats()).toMatchObject({
      calls: 4,
      succeeded: 2,
      failed: 2,
      cached: 1,
      successRate: 0.5,
    });
  });

  test('GV30: a call that always fails is recorded once, with the attempts that it took', async () => {
    let calls = 0;
    const fails = () => {
      calls += 1;
      throw Object.assign(new Error('busy'), { status: 503 });
    };
    await using made = await aProcessor({
      tools: { fails: { execute: fails, isRepeatable: true, retry: { baseDelayMs: 1 } } },
    });
    const results = await made.processor.processLlmMessage(asking(['c1', 'fails', {}]));
    expect([calls, results]).toMatchObject([3, [{ status: 'failed', attempts: 3, value: null }]]);
    const events = (await eventsOf(made.session)).slice(1);
    expect(events.map(({ type }) => type)).toEqual(['message', 'tool_call']);
    expect(events[1]).toMatchObject({
      parentEventId: events[0]?.id,
      message: { success: false, error: 'busy' },
      metadata: { execution: { status: 'failed', attempt: 3, isCached: false } },
    });
  });

  test.each([
    [{ executionBudget: 50 }, 'options.guards.executionBudget'],
    [{ limits: { budget: 1 } }, 'options.guards.limits.budget'],
    [{ toolLimits: { sum: -1 } }, 'options.guards.toolLimits.sum'],
    [{ mode: 'loose' }, 'options.guards.mode'],
  ])('wrong guards %j are named as they were given', async (guards, field) => {
    await expect(aProcessor({ guards: guards as object })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });
  });

  test('G-W99: caching can be left out', async () => {
    let calls = 0;
    const execute = () => (calls += 1);
    await using made = await aProcessor({
      tools: { read: { execute, isCacheable: true } },
      enableCaching: false,
    });
    await made.processor.processLlmMessage(asking(['c1', 'read', {}], ['c2', 'read', {}]));
    expect(calls).toBe(2);
  });

  test('G-W99: without repeats, breakers, limits and learning a call runs once, and is recorded', async () => {
    let calls = 0;
    const execute = () => {
      calls += 1;
      throw Object.assign(new Error('busy'), { status: 503 });
    };
    await using made = await aProcessor({
      execute,
      defaults: {
        retry: { maxRetries: 0 },
        breaker: false,
        maxConcurrent: Infinity,
        isRepeatable: true,
      },
      enableCaching: false,
      procedures: false,
      guards: { limits: { executionBudget: 1_000, toolBudgetTotal: 1_000 } },
    });
    const message = asking(
      ...Array.from({ length: 9 }, (_, index) => [`${index}`, 'a', { index }] as const),
    );
    const results = await made.processor.processLlmMessage(message);
    expect([calls, new Set(results.map(({ status }) => status))]).toEqual([9, new Set(['failed'])]);
    expect(made.processor.runner.breakerState('a')).toBe('closed');
    expect((await made.session.getStats()).toolCalls).toBe(9);
  });

  test('C-158, W-55, G-109, G-114, G-125, G-W91, G-W92, G-W98: calls run side by side, and results come in the order of the calls', async () => {
    const order: string[] = [];
    const waits = new Map<string, () => void>();
    const wait = async (name: string) => {
      await new Promise<void>((resolve) => waits.set(name, resolve));
      order.push(name);
      return name;
    };
    await using made = await aProcessor({ execute: (_, { toolName }) => wait(toolName) });
    const running = made.processor.processLlmMessage(asking(['1', 'slow', {}], ['2', 'fast', {}]));
    await expect.poll(() => waits.size).toBe(2);
    waits.get('fast')?.();
    await expect.poll(() => order.length).toBe(1);
    waits.get('slow')?.();
    expect((await running).map(({ value }) => value)).toEqual(['slow', 'fast']);
    expect(order).toEqual(['fast', 'slow']);
  });

  test('C-157, G-113, G-W81, G-W82, G-W86: what goes wrong with one call is told and marked, and the others run', async () => {
    await using made = await aProcessor({
      tools: {
        sum: { execute: add, schema: z.object({ a: z.number(), b: z.number() }) },
        broken: () => {
          throw new Error('disk full');
        },
      },
    });
    const results = await made.processor.processLlmMessage(
      asking(
        ['1', 'sum', '{"a": 1'],
        ['2', 'nothing', {}],
        ['3', 'broken', {}],
        ['4', 'sum', { a: 'x', b: 2 }],
        ['5', 'sum', { a: '1', b: 2 }],
      ),
    );
    expect(results.map(({ status, errorClass }) => [status, errorClass])).toEqual([
      ['failed', 'validation'],
      ['failed', 'not_found'],
      ['failed', 'execution'],
      ['blocked', null],
      ['succeeded', null],
    ]);
    // A number written as a text is put right by the guard of schemas.
    expect(results[4]).toMatchObject({ arguments: { a: 1, b: 2 }, value: 3 });
    const events = (await eventsOf(made.session)).slice(2);
    const byId = new Map(events.map((event) => [event.id, event]));
    expect(results.map(({ eventId }) => byId.get(eventId ?? '')?.message)).toMatchObject([
      { success: false, arguments: { raw: '{"a": 1' } },
      { success: false },
      { success: false, error: 'disk full' },
      { success: false },
      { success: true, result: 3 },
    ]);
    // As later prompts tell it, so that a provider finds what it cached.
    const prompt = await made.session.getMessagesForLlm();
    const plain = results.map((result) => ({ ...result, suggestion: null }));
    expect(toToolMessages(plain).map(({ content }) => content)).toEqual(
      prompt.filter(({ role }) => role === 'tool').map(({ content }) => content),
    );
    expect(toToolMessages(results, 'anthropic')).toMatchObject([
      {
        role: 'user',
        content: [
          { is_error: true },
          { is_error: true },
          { is_error: true },
          { is_error: true },
          { content: '3' },
        ],
      },
    ]);
  });

  test('G-115, G-W87, G-W114: guards are asked before, values get names, and references are resolved', async () => {
    await using made = await aProcessor({
      tools: { sum: add },
      guards: { limits: { executionBudget: 3 } },
    });
    const { processor } = made;
    await processor.processLlmMessage(asking(['1', 'sum', { a: 1, b: 2 }]));
    const [second] = await processor.processLlmMessage(asking(['2', 'sum', { a: '$v1', b: 4 }]));
    expect(second).toMatchObject({ arguments: { a: 3, b: 4 }, value: 7 });
    const [third, fourth] = await processor.processLlmMessage(
      asking(['3', 'sum', { a: '$v9', b: 4 }], ['4', 'sum', { a: 1, b: 1 }]),
    );
    expect(third).toMatchObject({ status: 'blocked', findings: [{ guard: 'references' }] });
    expect(fourth).toMatchObject({ status: 'succeeded' });
    const [fifth] = await processor.processLlmMessage(asking(['5', 'sum', { a: 2, b: 2 }]));
    expect(fifth).toMatchObject({ status: 'blocked', findings: [{ guard: 'budget' }] });
    // What was refused did not run, and counts for nothing in another process either.
    const again = await SessionAwareToolProcessor.create(made.session, { tools: { sum: add } });
    expect(again.tools.state.getBudgetStatus().execution.used).toBe(3);
  });

  test('enforcing guards throw before anything runs', async () => {
    let calls = 0;
    await using made = await aProcessor({
      execute: () => (calls += 1),
      guards: { isEnforcing: true, limits: { executionBudget: 1 } },
    });
    const message = asking(['1', 'a', {}], ['2', 'b', {}]);
    await expect(made.processor.processLlmMessage(message)).rejects.toMatchObject({
      code: 'TOOL_CALL_BLOCKED',
    });
    expect(calls).toBe(0);
    expect(made.processor.tools.state.getBudgetStatus().execution.used).toBe(0);
  });

  test('a call that is cancelled is recorded as such', async () => {
    const controller = new AbortController();
    await using made = await aProcessor({
      execute: async (_, { signal }) => {
        controller.abort();
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('stopped'))),
        );
      },
    });
    const results = await made.processor.processLlmMessage(asking(['1', 'a', {}]), {
      signal: controller.signal,
    });
    expect(results).toMatchObject([{ status: 'unknown', errorClass: 'cancelled' }]);
    expect((await eventsOf(made.session)).at(-1)?.message).toMatchObject({ success: false });
  });

  test('G-W84: long results are kept as pages of the memory that a model can load, or as artifacts', async () => {
    const long = { rows: Array.from({ length: 400 }, (_, index) => `row ${index}`) };
    await using made = await aProcessor({ tools: { rows: () => long }, maxResultLength: 2_048 });
    const [result] = await made.processor.processLlmMessage(asking(['1', 'rows', {}]));
    expect(result).toMatchObject({ value: long, storedAs: { kind: 'page' }, bindingId: null });
    const pageId = result?.storedAs?.kind === 'page' ? result.storedAs.pageId : '';
    expect(result?.shown).toMatchObject({
      stored: 'page',
      page_id: pageId,
      length: JSON.stringify(long).length,
    });
    const tool = made.session.memory.forTool('reader');
    expect(await tool.getPage(pageId)).toMatchObject({
      kind: 'loaded',
      text: expect.stringContaining('row 399'),
    });

    const puts: { readonly mimeType: string; readonly bytes: Uint8Array }[] = [];
    const artifacts = {
      put: (params: { readonly mimeType: string; readonly bytes: Uint8Array }) => {
        puts.push(params);
        return Promise.resolve({ artifactId: 'a1' });
      },
    };
    const options = { tools: { rows: () => long }, maxResultLength: 2_048, artifacts };
    const other = await SessionAwareToolProcessor.create(made.session, options);
    const [stored] = await other.processLlmMessage(asking(['2', 'rows', {}]));
    expect(stored?.storedAs).toMatchObject({ kind: 'artifact', artifactId: 'a1' });
    expect(puts).toMatchObject([
      { tenant: 'default', sessionId: 's', mimeType: 'application/json' },
    ]);
    expect(JSON.parse(new TextDecoder().decode(puts[0]?.bytes))).toEqual(long);
  });

  test('W-56, G-103, G-110, G-W72, G-W76: a session is found by its id in the store that is named', async () => {
    const store = createMemoryStore();
    await new SessionManager({ sessionId: 'here', store }).userSays('go');
    const processor = await SessionAwareToolProcessor.create('here', {
      store,
      tools: { sum: add },
    });
    await processor.processLlmMessage(asking(['1', 'sum', { a: 1, b: 1 }]));
    expect((await new SessionManager({ sessionId: 'here', store }).getStats()).toolCalls).toBe(1);
    await expect(SessionAwareToolProcessor.create('gone', { store })).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
      message: expect.stringContaining('gone'),
    });
  });

  test('G-128, G-W97, G-W113: sessions share a runner only where they are given one', async () => {
    await using made = await aProcessor({
      execute: () => {
        throw new Error('boom');
      },
      defaults: { breaker: { failures: 1 } },
    });
    await made.processor.processLlmMessage(asking(['1', 'a', {}]));
    expect(made.processor.runner.breakerState('a')).toBe('open');
    const other = await SessionAwareToolProcessor.create(made.session, { execute: () => 1 });
    expect(other.runner.breakerState('a')).toBe('closed');
    const shared = new ToolRunner({ execute: () => 1 });
    const [left, right] = await Promise.all(
      [1, 2].map(async () => SessionAwareToolProcessor.create(made.session, { runner: shared })),
    );
    expect(left?.runner).toBe(right?.runner);
  });
});
