import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { ToolProcessorOptions } from '../../../src/index.ts';

function asking(...names: readonly string[]): object {
  return {
    role: 'assistant',
    content: null,
    tool_calls: names.map((name, index) => ({
      id: `${name}-${index}`,
      type: 'function',
      function: { name, arguments: '{"k":"x"}' },
    })),
  };
}

/** What a tool looks at and another one changes. */
class Register {
  value = 'old';
  readonly read: () => string = () => this.value;
}

function toolsOf(tools: NonNullable<ToolProcessorOptions['tools']>): ToolProcessorOptions {
  return { tools, defaults: { retry: { maxRetries: 0 } } };
}

describe('what was read before something was written', () => {
  test('is not told again after a write that gave no answer', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('set it, and look');
    const register = new Register();
    const options = toolsOf({
      get: { execute: register.read, effect: 'read', isCacheable: true },
      set: {
        execute: () => {
          register.value = 'new';
          return new Promise(() => undefined);
        },
        effect: 'write',
        timeoutMs: 20,
      },
    });
    const processor = await SessionAwareToolProcessor.create(session, options);
    await processor.processLlmMessage(asking('get'));
    const [set] = await processor.processLlmMessage(asking('set'));
    const [look] = await processor.processLlmMessage(asking('get', 'get'));

    expect(set).toMatchObject({ status: 'unknown' });
    expect(look).toMatchObject({ value: 'new', isCached: false });
  });

  test('is not kept when the write was carried out meanwhile, in no process', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('set it, and look');
    const register = new Register();
    const [looked, written] = [new AbortController(), new AbortController()];
    let reads = 0;
    const options = toolsOf({
      get: {
        execute: async () => {
          reads += 1;
          const { value } = register;
          looked.abort();
          if (reads === 1) await once(written.signal, 'abort');
          return value;
        },
        effect: 'read',
        isCacheable: true,
      },
      set: {
        execute: async () => {
          if (!looked.signal.aborted) await once(looked.signal, 'abort');
          register.value = 'new';
          return 'ok';
        },
        effect: 'write',
      },
    });
    const processor = await SessionAwareToolProcessor.create(session, options);
    const both = processor.processLlmMessage(asking('get', 'set'));
    await expect.poll(() => processor.tools.state.writeCount).toBe(1);
    written.abort();
    const [first] = await both;
    const other = await SessionAwareToolProcessor.create(session, options);

    expect(first).toMatchObject({ value: 'old' });
    expect((await other.processLlmMessage(asking('get')))[0]).toMatchObject({
      value: 'new',
      isCached: false,
    });
  });

  test('is told again while nothing is written', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('look');
    const register = new Register();
    const options = toolsOf({
      get: { execute: register.read, effect: 'read', isCacheable: true },
    });
    const processor = await SessionAwareToolProcessor.create(session, options);
    const results = await processor.processLlmMessage(asking('get', 'get'));

    expect(results.map(({ isCached }) => isCached)).toEqual([false, true]);
  });

  test('has nothing to do with what is added again and again', async () => {
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('add two apples and two pears, one by one');
    const cart: string[] = [];
    const execute = () => cart.push('one more');
    const options = toolsOf({ 'cart.add': { execute, effect: 'write' }, cart__add: execute });
    const processor = await SessionAwareToolProcessor.create(session, options);
    const asked = asking('cart.add', 'cart.add', 'cart__add', 'cart__add');
    const results = await processor.processLlmMessage(asked);

    expect(cart).toHaveLength(4);
    expect(results.map(({ isCached }) => isCached)).toEqual([false, false, false, false]);
    expect(processor.runner.isRepeatable('cart__add')).toBe(false);
  });
});
