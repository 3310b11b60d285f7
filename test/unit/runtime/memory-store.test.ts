import { expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';

test.each([
  [{ maxByte: 1 }, 'options.maxByte'],
  [{ maxBytes: -1 }, 'options.maxBytes'],
  [{ maxSessions: 'many' }, 'options.maxSessions'],
])('names the option of a store in memory that is wrong in %o', (options, field) => {
  expect(() => createMemoryStore(options as object)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', field }) as Error,
  );
});
