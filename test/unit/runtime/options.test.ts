import { describe, expect, test } from 'vitest';
import { DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import { DEFAULT_BACKGROUND_LIMITS } from '../../../src/runtime/background-limits.ts';
import { DEFAULT_MEMORY_LIMITS } from '../../../src/runtime/memory-limits.ts';
import { SessionNotFound } from '../../../src/domain/errors.ts';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';
import { parseRuntimeOptions } from '../../../src/runtime/options.ts';
import { createWarn, type RuntimeWarning } from '../../../src/runtime/warnings.ts';

const DEFAULT_LIMITS = {
  ...DEFAULT_ACTOR_LIMITS,
  ...DEFAULT_MEMORY_LIMITS,
  ...DEFAULT_BACKGROUND_LIMITS,
};

describe('parseRuntimeOptions', () => {
  test('has a default for everything', () => {
    expect(parseRuntimeOptions({})).toEqual({
      store: 'memory',
      workers: 0,
      defaultModel: null,
      timeToLive: null,
      tokens: 'exact',
      prices: {},
      limits: DEFAULT_LIMITS,
      summarize: null,
      queue: 'memory',
      artifacts: null,
      onWarning: expect.any(Function) as () => void,
    });
  });

  test('fills in the limits and the part of a life that are not given', () => {
    const parsed = parseRuntimeOptions({
      limits: { sessionQueue: 5 },
      timeToLive: { absoluteMs: 1000 },
    });

    expect(parsed.limits).toEqual({ ...DEFAULT_LIMITS, sessionQueue: 5 });
    expect(parsed.timeToLive).toEqual({ absoluteMs: 1000, slidingMs: null });
  });

  test('takes undefined for what is not given, also inside', () => {
    const { limits, timeToLive } = parseRuntimeOptions({
      store: undefined,
      limits: { sessionQueue: undefined, hydrations: 3 },
      timeToLive: { absoluteMs: undefined, slidingMs: 5 },
    });

    expect(limits).toEqual({ ...DEFAULT_LIMITS, hydrations: 3 });
    expect(timeToLive).toEqual({ absoluteMs: null, slidingMs: 5 });
  });

  test.each([
    [{ defaultModel: '' }, 'options.defaultModel'],
    [{ limits: { hydrations: 0 } }, 'options.limits.hydrations'],
    [{ onWarning: 'log' }, 'options.onWarning'],
    [{ store: {} }, 'options.store'],
  ])('refuses %j, naming the option', (options, field) => {
    expect(() => parseRuntimeOptions(options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }) as Error,
    );
  });

  test.each([
    [
      'redis://localhost',
      "options.store: expected 'memory', 'redis', { redis: { url } } or a store",
    ],
    [{ url: 'x' }, "options.store: expected 'memory', 'redis', { redis: { url } } or a store"],
    [{ redis: 'redis://localhost' }, 'options.store.redis: expected an object'],
    [{ redis: { url: 5 } }, 'options.store.redis.url: expected a string'],
    [{ redis: { uri: 'x' } }, 'options.store.redis.uri: there is no such option'],
  ])('says of the store %j what it had to be', (store, message) => {
    expect(() => parseRuntimeOptions({ store: store as 'redis' })).toThrow(message);
  });

  test('refuses a copy of a store that lost the methods of its class, naming the first', () => {
    const inner = createMemoryStore();
    const append = inner.append.bind(inner);
    expect(() => parseRuntimeOptions({ store: { ...inner, append } })).toThrow(
      "options.store: expected 'memory', 'redis', { redis: { url } } or a store, which has a method load",
    );
  });
});

describe('createWarn', () => {
  test('tells the code, and the words of our own errors alone', () => {
    const warnings: RuntimeWarning[] = [];
    const warn = createWarn((warning) => warnings.push(warning));

    warn('SWEEP_FAILED', new Error('link down'));
    warn('SWEEP_FAILED', new SessionNotFound({ sessionId: 's' }));
    warn('SWEEP_FAILED', 'whatever');

    expect(warnings).toEqual([
      { code: 'SWEEP_FAILED', message: 'Error' },
      { code: 'SWEEP_FAILED', message: 'Session not found: s' },
      { code: 'SWEEP_FAILED', message: 'failed' },
    ]);
  });

  test('lets nothing suffer from a callback that throws', () => {
    const warn = createWarn(() => {
      throw new Error('no logger');
    });

    expect(() => warn('SWEEP_FAILED', new Error('x'))).not.toThrow();
  });
});
