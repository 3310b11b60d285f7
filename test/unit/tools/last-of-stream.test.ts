import { describe, expect, test } from 'vitest';
import { type ToolDefinition } from '../../../src/tools/tool-definition.ts';
import { type ToolRun, ToolRunner } from '../../../src/tools/tool-runner.ts';

const environment = { nowMs: () => performance.now(), random: () => 0.5 };

function aRunner(
  execute: ToolDefinition['execute'],
  limits: Partial<ToolDefinition> = {},
): (signal?: AbortSignal) => Promise<ToolRun> {
  const tool = { execute, maxConcurrent: 1, retry: { maxRetries: 0 }, ...limits };
  const runner = new ToolRunner({ tools: { tool } }, environment);
  return (signal) =>
    runner.run({ toolName: 'tool', arguments: {}, callId: null, operationId: 'op' }, signal);
}

const aTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Gives items for ever, and says when it is closed. */
function anEndlessTool(): {
  readonly execute: ToolDefinition['execute'];
  readonly seen: { items: number; isClosed: boolean };
} {
  const seen = { items: 0, isClosed: false };
  const execute = async function* (): AsyncGenerator<number> {
    try {
      for (;;) {
        await aTurn();
        seen.items += 1;
        yield seen.items;
      }
    } finally {
      seen.isClosed = true;
    }
  };
  return { execute, seen };
}

describe('a tool that gives its result in steps', () => {
  test.each<[string, Partial<ToolDefinition>]>([
    ['its time is over', { timeoutMs: 20 }],
    ['the time of all attempts is over', { totalTimeoutMs: 20 }],
    ['the caller gives up', {}],
  ])('is asked for no more, and closed, when %s', async (_, limits) => {
    const { execute, seen } = anEndlessTool();
    const isLimited = Object.keys(limits).length > 0;
    const ended = await aRunner(execute, limits)(isLimited ? undefined : AbortSignal.timeout(20));
    expect(ended).toMatchObject({ failure: { errorClass: isLimited ? 'timeout' : 'cancelled' } });
    await expect.poll(() => seen.isClosed).toBe(true);
    const { items } = seen;
    for (let turn = 0; turn < 20; turn += 1) await aTurn();
    expect(seen.items).toBe(items);
  });

  test('leaves its place to the next call once it is closed', async () => {
    const { execute } = anEndlessTool();
    const run = aRunner(execute, { timeoutMs: 20 });
    const ended = await Promise.all([run(), run(), run()]);
    expect(ended.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  });

  test.each<[string, () => AsyncIterator<unknown>]>([
    [
      'its closing never ends',
      () => ({
        next: async () => {
          await aTurn();
          return { done: false, value: 1 };
        },
        return: () => new Promise(() => undefined),
      }),
    ],
    [
      'a step never ends, though it is closed',
      () => ({
        next: () => new Promise(() => undefined),
        return: () => Promise.resolve({ done: true, value: undefined }),
      }),
    ],
    [
      'its closing fails',
      () => ({
        next: async () => {
          await aTurn();
          return { done: false, value: 1 };
        },
        return: () => Promise.reject(new Error('cannot be closed')),
      }),
    ],
    [
      'it cannot be closed',
      () => ({
        next: async () => {
          await aTurn();
          return { done: false, value: 1 };
        },
      }),
    ],
  ])('leaves its place where %s', async (_, iterator) => {
    const execute = (): AsyncIterable<unknown> => ({ [Symbol.asyncIterator]: iterator });
    const run = aRunner(execute, { timeoutMs: 20 });
    const ended = await Promise.all([run(), run()]);
    expect(ended.map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  test('keeps its place while a step is under way, also where closing it fails at once', async () => {
    let atWork = 0;
    let together = 0;
    const iterator = (): AsyncIterator<unknown> => ({
      next: async () => {
        atWork += 1;
        together = Math.max(together, atWork);
        await new Promise((resolve) => {
          setTimeout(resolve, 60);
        });
        atWork -= 1;
        return { done: true, value: 1 };
      },
      return: () => {
        throw new Error('cannot be closed');
      },
    });
    const run = aRunner(() => ({ [Symbol.asyncIterator]: iterator }), { timeoutMs: 20 });
    const ended = await Promise.all([run(), run()]);
    expect(ended.map(({ failure }) => failure?.errorClass)).toEqual(['timeout', 'timeout']);
    expect(together).toBe(1);
  });

  test('keeps its place while a step that it began is under way', async () => {
    let isAtWork = false;
    let together = 0;
    let letGo = (): void => undefined;
    const execute = async function* (): AsyncGenerator<number> {
      if (isAtWork) together += 1;
      isAtWork = true;
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      isAtWork = false;
      yield 1;
    };
    const run = aRunner(execute, { timeoutMs: 20 });
    expect(await run()).toMatchObject({ failure: { errorClass: 'timeout' } });
    const next = run();
    for (let turn = 0; turn < 5; turn += 1) await aTurn();
    letGo();
    await next;
    letGo();
    expect(together).toBe(0);
  });

  test('fails as it says when it throws, and is not closed by anybody else', async () => {
    const execute = async function* (): AsyncGenerator<number> {
      yield 1;
      throw Object.assign(new Error('no stock'), { errorClass: 'conflict' });
    };
    expect(await aRunner(execute)()).toMatchObject({
      failure: { errorClass: 'conflict', message: 'no stock' },
    });
  });
});
