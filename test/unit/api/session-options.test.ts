import { describe, expect, test } from 'vitest';
import { SessionManager } from '../../../src/api/session-manager.ts';
import { parseSessionOptions, segmentPolicy } from '../../../src/api/session-options.ts';
import { parseMemoryOptions } from '../../../src/domain/memory-options.ts';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';

describe('parseSessionOptions', () => {
  test('C-94: has a default for everything', () => {
    expect(parseSessionOptions({})).toEqual({
      sessionId: null,
      tenant: 'default',
      systemPrompt: null,
      parentId: null,
      properties: {},
      infiniteContext: false,
      policy: null,
      model: null,
      summarize: null,
      memory: parseMemoryOptions({}, 'options.memory'),
    });
  });

  test('C-121: divides an infinite context at 4000 tokens or 20 messages unless told otherwise', () => {
    expect(parseSessionOptions({ infiniteContext: true }).policy).toEqual({
      tokenThreshold: 4000,
      maxTurnsPerSegment: 20,
      carryTokens: 1000,
      summaryTokens: 1000,
      requestSummary: false,
    });
    const limits = { tokenThreshold: 100, maxTurnsPerSegment: 2 };
    expect(parseSessionOptions({ infiniteContext: true, ...limits }).policy).toMatchObject({
      ...limits,
      carryTokens: 25,
    });
    expect(parseSessionOptions(limits).policy).toBeNull();
  });

  test('C-101: takes the prompt out of metadata unless there is an explicit one', () => {
    const metadata = { system_prompt: 'implied', a: 1 };

    expect(parseSessionOptions({ metadata })).toMatchObject({
      systemPrompt: 'implied',
      properties: { a: 1 },
    });
    expect(parseSessionOptions({ metadata, systemPrompt: 'explicit' }).systemPrompt).toBe(
      'explicit',
    );
    expect(parseSessionOptions({ metadata: { system_prompt: 5 } }).systemPrompt).toBeNull();
  });

  test('C-82: keeps the user as a property', () => {
    const options = { userId: 'u-1', metadata: { user_id: 'u-1' } };

    expect(parseSessionOptions(options).properties).toEqual({ user_id: 'u-1' });
  });
});

describe('the options of a SessionManager', () => {
  test.each(['abc', [], 5, null, true])('have to be an object and not %j', (options) => {
    expect(() => new SessionManager(options as never)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: 'options: expected an object',
      }) as Error,
    );
  });

  test('may name a store, which the options of a session of a store may not', () => {
    const store = createMemoryStore();
    const unknown = { store, sesionId: 'x' };

    expect(() => new SessionManager({ store, sessionId: 'x' })).not.toThrow();
    expect(() => new SessionManager(unknown)).toThrow('options.sesionId: there is no such option');
    expect(() => parseSessionOptions({ store } as object)).toThrow(
      'options.store: there is no such option',
    );
  });
});

describe('segmentPolicy', () => {
  test('gives summaries and carried exchanges a quarter of the threshold each', () => {
    expect(segmentPolicy({ tokenThreshold: 3001 })).toMatchObject({
      carryTokens: 750,
      summaryTokens: 750,
    });
  });
});
