import { afterEach, describe, expect, test, vi } from 'vitest';
import { createTokenCounter, truncatePromptToTokenLimit } from '../../../src/index.ts';
import { counterTables } from '../../../src/kernel/counter-sharing.ts';
import { createRuntime } from '../../../src/runtime/runtime.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

// In this order: tables once built stay with the process.
describe('PAGEFOLD_TOKEN_ENGINE', () => {
  test('js keeps every counter from building tables for WebAssembly', async () => {
    vi.stubEnv('PAGEFOLD_TOKEN_ENGINE', 'js');
    expect(createTokenCounter().countText('hello world', 'gpt-4o')).toBe(2);
    const runtime = createRuntime();
    expect(runtime.counter.countText('hello world', 'gpt-4o')).toBe(2);
    await runtime.close({ timeoutMs: 1000 });
    const prompt = [{ role: 'user' as const, content: 'hello world' }];
    expect(truncatePromptToTokenLimit(prompt, 100, { model: 'gpt-4o' })).toEqual(prompt);
    expect(counterTables()).toEqual([]);
  });

  test('is less than the engine of a call, and anything else is refused', () => {
    vi.stubEnv('PAGEFOLD_TOKEN_ENGINE', 'rust');
    const refused = expect.objectContaining({ field: 'PAGEFOLD_TOKEN_ENGINE' }) as Error;
    expect(() => createTokenCounter()).toThrow(refused);
    expect(() => createRuntime()).toThrow(refused);
    expect(createTokenCounter({ engine: 'js' }).countText('hello world', 'gpt-4o')).toBe(2);
    expect(createTokenCounter({ engine: 'wasm' }).countText('hello world', 'gpt-4o')).toBe(2);
    expect(counterTables()).toHaveLength(1);
  });
});
