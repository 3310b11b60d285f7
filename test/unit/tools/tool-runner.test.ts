import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { ToolContext, ToolDefinition } from '../../../src/tools/tool-definition.ts';
import { type ToolRun, ToolRunner } from '../../../src/tools/tool-runner.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const environment = { nowMs: () => Date.now(), random: () => 0.5 };

function aRunner(
  tool: ToolDefinition | ToolDefinition['execute'],
): (args?: object, signal?: AbortSignal) => Promise<ToolRun> {
  const runner = new ToolRunner({ tools: { tool } }, environment);
  return (args = {}, signal) =>
    runner.run(
      { toolName: 'tool', arguments: { ...args }, callId: 'c', operationId: 'op' },
      signal,
    );
}

/** Lets all timers pass that a call waits for. */
async function settled<Value>(running: Promise<Value>): Promise<Value> {
  await vi.runAllTimersAsync();
  return running;
}

function failing(times: number, error: () => Error, value: unknown = 'done') {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls <= times) throw error();
    return value;
  };
}

const busy = () => Object.assign(new Error('busy'), { status: 429 });

describe('ToolRunner', () => {
  test('C-159, G-W96: any function carries a call out, and null is a result', async () => {
    const seen: ToolContext[] = [];
    const run = aRunner((args, context) => {
      seen.push(context);
      return args['a'] === 1 ? undefined : { got: args['a'] };
    });
    expect(await run({ a: 2 })).toMatchObject({ value: { got: 2 }, failure: null, attempts: 1 });
    expect(await run({ a: 1 })).toMatchObject({ value: null, failure: null });
    expect(seen[0]).toMatchObject({ toolName: 'tool', callId: 'c', attempt: 1, operationId: 'op' });
  });

  test('C-155, W-55, G-108, G-W77: a call that may pass later is made again, with growing pauses, in one place', async () => {
    const run = aRunner({ execute: failing(2, busy), retry: { hasJitter: false } });
    const ran = await settled(run());
    expect(ran).toMatchObject({ value: 'done', failure: null, attempts: 3, durationMs: 3_000 });
    expect(ran.failedAttempts.map(({ errorClass }) => errorClass)).toEqual([
      'rate_limit',
      'rate_limit',
    ]);
  });

  test('the last failure is told when no retry is left', async () => {
    const run = aRunner({ execute: failing(9, busy), retry: { maxRetries: 1 } });
    const ran = await settled(run());
    expect(ran).toMatchObject({
      attempts: 2,
      failure: { errorClass: 'rate_limit', message: 'busy' },
    });
  });

  test.each<[string, () => unknown]>([
    [
      'an error',
      () => {
        throw new Error('Transfer 503 booked; the receipt printer failed');
      },
    ],
    [
      'an answer of a server',
      () => ({
        content: [{ type: 'text', text: 'Order 429 was placed, but its mail was not sent' }],
        isError: true,
      }),
    ],
  ])('a number in the text of a failure makes no tool change things twice: %s', async (_, fail) => {
    const count = vi.fn<() => unknown>(fail);
    expect(await settled(aRunner({ execute: count, effect: 'write' })())).toMatchObject({
      attempts: 1,
    });
    expect(count).toHaveBeenCalledTimes(1);
    expect(await settled(aRunner({ execute: fail, effect: 'read' })())).toMatchObject({
      attempts: 3,
    });
    const asWished = aRunner({ execute: fail, retry: { on: ['rate_limit', 'overloaded'] } });
    expect(await settled(asWished())).toMatchObject({ attempts: 3 });
  });

  test('G-112, G-W79, G-W93: what was done perhaps, or is wrong for good, is not done again', async () => {
    const lost = () => new Error('connection reset');
    expect(await settled(aRunner(failing(1, lost))())).toMatchObject({ attempts: 1 });
    const reading = aRunner({ execute: failing(1, lost), effect: 'read' });
    expect(await settled(reading())).toMatchObject({ attempts: 2, value: 'done' });
    const wrong = aRunner({ execute: failing(1, () => new Error('invalid id')), effect: 'read' });
    expect(await settled(wrong())).toMatchObject({
      attempts: 1,
      failure: { errorClass: 'validation' },
    });
  });

  test('G-119, G-124, G-W83: an attempt has its time, and all of them together have theirs', async () => {
    const never = async () => new Promise(() => undefined);
    const one = aRunner({ execute: never, timeoutMs: 50 });
    expect(await settled(one())).toMatchObject({
      attempts: 1,
      durationMs: 50,
      failure: { errorClass: 'timeout' },
    });
    const all = aRunner({
      execute: never,
      effect: 'read',
      timeoutMs: 50,
      totalTimeoutMs: 120,
      retry: { baseDelayMs: 10, hasJitter: false },
    });
    const ran = await settled(all());
    expect(ran).toMatchObject({ durationMs: 120, failure: { errorClass: 'timeout' } });
  });

  test('G-W83: the caller gives up at any point, and no attempt begins after that', async () => {
    for (const tool of [
      { execute: async () => new Promise(() => undefined) },
      { execute: failing(9, busy), retry: { baseDelayMs: 5_000 } },
      {
        execute: async () => new Promise(() => undefined),
        timeoutMs: Infinity,
        totalTimeoutMs: Infinity,
      },
    ] satisfies readonly ToolDefinition[]) {
      const controller = new AbortController();
      const running = aRunner(tool)({}, controller.signal);
      await vi.advanceTimersByTimeAsync(10);
      controller.abort();
      const ran = await running;
      expect(ran).toMatchObject({ attempts: 1, failure: { errorClass: 'cancelled' } });
      await vi.runAllTimersAsync();
      expect(ran.failedAttempts.length).toBeLessThanOrEqual(1);
    }
    expect(await aRunner(() => 1)({}, AbortSignal.abort())).toMatchObject({
      attempts: 0,
      failure: { errorClass: 'cancelled' },
    });
  });

  test('the tool hears that its caller gave up', async () => {
    const controller = new AbortController();
    let reason: unknown = null;
    const run = aRunner(async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      reason = signal.aborted;
    });
    const running = run({}, controller.signal);
    await vi.advanceTimersByTimeAsync(1);
    controller.abort();
    await running;
    expect(reason).toBe(true);
  });

  test('G-118, G-122: a tool that keeps failing is left alone for a while, and then tried', async () => {
    let works = false;
    const runner = new ToolRunner(
      {
        tools: {
          tool: {
            execute: () => (works ? 1 : Promise.reject(new Error('boom'))),
            breaker: { failures: 2, openMs: 1_000 },
          },
        },
      },
      environment,
    );
    const run = async () =>
      runner.run({ toolName: 'tool', arguments: {}, callId: null, operationId: 'op' });
    expect(
      [await run(), await run(), await run()].map(({ failure, attempts }) => [
        failure?.errorClass,
        attempts,
      ]),
    ).toEqual([
      ['execution', 1],
      ['execution', 1],
      ['circuit_open', 0],
    ]);
    expect(runner.breakerState('tool')).toBe('open');
    works = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await run()).toMatchObject({ value: 1 });
    expect(runner.breakerState('tool')).toBe('closed');
  });

  test('what is wrong with calls opens no breaker', async () => {
    const run = aRunner({
      execute: failing(9, () => new Error('invalid id')),
      breaker: { failures: 1 },
    });
    expect([await run(), await run()].map(({ failure }) => failure?.errorClass)).toEqual([
      'validation',
      'validation',
    ]);
  });

  test('G-123, G-W94: so many calls of a tool run at once, so many wait, and others are turned away', async () => {
    let [running, most] = [0, 0];
    const run = aRunner({
      maxConcurrent: 2,
      maxWaiting: 1,
      execute: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        running -= 1;
      },
    });
    const ended = await settled(Promise.all([run(), run(), run(), run()]));
    expect(most).toBe(2);
    expect(ended.map(({ failure }) => failure?.errorClass ?? null)).toEqual([
      null,
      null,
      null,
      'overloaded',
    ]);
    expect(await settled(run())).toMatchObject({ failure: null });
  });

  test('G-123, G-W94: tools that ignore their signal keep their turns until they have ended', async () => {
    let [running, most] = [0, 0];
    const run = aRunner({
      maxConcurrent: 2,
      timeoutMs: 10,
      totalTimeoutMs: 200,
      effect: 'read',
      retry: { maxRetries: 2 },
      execute: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        running -= 1;
      },
    });
    const calls = Promise.all(Array.from({ length: 6 }, () => run()));
    await vi.advanceTimersByTimeAsync(500);
    const ended = await calls;
    expect(ended.map(({ failure }) => failure?.errorClass)).toEqual(
      Array.from({ length: 6 }, () => 'timeout'),
    );
    expect(most).toBe(2);
    await vi.runAllTimersAsync();
    expect([running, most]).toEqual([0, 2]);
    expect(ended.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(2);
  });

  test('an executor gets what the schema makes of the arguments', async () => {
    const run = aRunner({
      execute: (args) => args,
      schema: z.object({ a: z.number().default(3) }),
    });
    expect(await run({ b: 1 })).toMatchObject({ value: { a: 3 } });
  });

  test('G-W100: of a stream the last value is the result, also of an empty one', async () => {
    const stream = aRunner(async function* () {
      yield { done: 1 };
      yield { done: 2 };
    });
    expect(await stream()).toMatchObject({ value: { done: 2 } });
    expect(await aRunner(async function* () {})()).toMatchObject({ value: null, failure: null });
  });

  test('a result that is no data is a failure of the tool', async () => {
    expect(await aRunner(() => ({ run: () => 1 }))()).toMatchObject({
      failure: { errorClass: 'execution' },
    });
  });

  test('G-W73, G-W101: names are found as they are written, and others go to the one function for all', async () => {
    const tools = { 'math.add': () => 1, constructor: () => 2 };
    const request = (toolName: string) => ({
      toolName,
      arguments: {},
      callId: null,
      operationId: 'op',
    });
    const named = new ToolRunner({ tools }, environment);
    expect(await named.run(request('math.add'))).toMatchObject({ value: 1 });
    expect(await named.run(request('constructor'))).toMatchObject({ value: 2 });
    for (const name of ['add', 'Math.add', 'toString'])
      expect(await named.run(request(name))).toMatchObject({
        attempts: 0,
        failure: { errorClass: 'not_found' },
      });
    const any = new ToolRunner({ tools, execute: (_, { toolName }) => toolName }, environment);
    expect(await any.run(request('other'))).toMatchObject({ value: 'other' });
    expect(any.names).toEqual(['math.add', 'constructor']);
  });

  test('defaults hold for every tool, named or not, and what a tool says itself comes first', async () => {
    const execute = () => {
      throw new Error('disk full');
    };
    const own = { execute, breaker: false, maxWaiting: undefined } as const;
    const tools = { alone: execute, defined: { execute, effect: 'write' }, own } as const;
    const defaults = { effect: 'read', breaker: { failures: 1 }, maxWaiting: 3 } as const;
    const runner = new ToolRunner({ tools, execute, defaults }, environment);
    const names = ['alone', 'other', 'defined', 'own'];
    for (const toolName of names)
      await runner.run({ toolName, arguments: {}, callId: null, operationId: 'op' });
    const states = names.map((name) => runner.breakerState(name));
    expect(states).toEqual(['open', 'open', 'open', 'closed']);
    expect(runner.traitsOf('alone')).toEqual({ effect: 'read' });
    expect(runner.traitsOf('defined')).toEqual({ effect: 'write' });
    expect(runner.definitionOf('own')).toMatchObject({ maxWaiting: 3, breaker: false });
  });

  test('G-W109: wrong options are named', () => {
    const wrong: readonly (readonly [object, string])[] = [
      [{ tool: {} }, 'options.tool'],
      [{ tools: { a: 1 } }, 'options.tools.a'],
      [{ execute: 1 }, 'options.execute'],
      [{ tools: { a: () => 1 }, defaults: { timeoutMS: 5 } }, 'options.defaults.timeoutMS'],
      [{ defaults: { retry: { retries: 5 } } }, 'options.defaults.retry.retries'],
      [{ defaults: { schema: {} } }, 'options.defaults.schema'],
      [{ tools: { a: { execute: 1 } } }, 'options.tools.a.execute'],
      [{ tools: { a: { execute: () => 1, timeout: 5 } } }, 'options.tools.a.timeout'],
      [
        { tools: { a: { execute: () => 1, retry: { on: ['boom'] } } } },
        'options.tools.a.retry.on[0]',
      ],
      [
        { tools: { a: { execute: () => 1, schema: { type: 'nonsense' } } } },
        'options.tools.a.schema',
      ],
    ];
    for (const [options, field] of wrong) {
      expect(() => new ToolRunner(options, environment)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', field }),
      );
    }
  });

  test('what is neither a function nor a definition is told what it may be', () => {
    const tools = { a: 5 as unknown as () => number }; // as plain JavaScript can
    expect(() => new ToolRunner({ tools }, environment)).toThrow(
      'options.tools.a: expected a function, or an object with `execute`',
    );
  });
});
