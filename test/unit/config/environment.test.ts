import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  configuredProvider,
  DEFAULT_TOKEN_MODEL,
  DEFAULT_TTL_MS,
  defaultTokenModel,
  defaultTtlMs,
  tokenEngine,
} from '../../../src/config/environment.ts';

afterEach(() => vi.unstubAllEnvs());

describe('defaultTokenModel', () => {
  test('C-174: is gpt-4o-mini unless the environment names another model', () => {
    expect(DEFAULT_TOKEN_MODEL).toBe('gpt-4o-mini');
    expect(defaultTokenModel()).toBe('gpt-4o-mini');

    vi.stubEnv('PAGEFOLD_DEFAULT_MODEL', ' gpt-4o ');
    expect(defaultTokenModel()).toBe('gpt-4o');

    vi.stubEnv('PAGEFOLD_DEFAULT_MODEL', ' ');
    expect(defaultTokenModel()).toBe('gpt-4o-mini');
  });
});

describe('configuredProvider', () => {
  test.each([
    ['memory', 'memory'],
    ['mem', 'memory'],
    ['InMemory', 'memory'],
    ['', 'memory'],
    [' redis ', 'redis'],
    ['REDIS_STORE', 'redis'],
  ])('C-86: takes %j for %s', (name, provider) => {
    vi.stubEnv('SESSION_PROVIDER', name);

    expect(configuredProvider()).toBe(provider);
  });

  test.each(['postgres', '../evil.js', 'constructor', '__proto__'])(
    'W-70: C-87: refuses %j and imports nothing by that name',
    (name) => {
      vi.stubEnv('SESSION_PROVIDER', name);

      expect(configuredProvider).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', field: 'SESSION_PROVIDER' }) as Error,
      );
    },
  );
});

describe('defaultTtlMs', () => {
  test('W-71: C-88: is 24 hours unless the environment names seconds, read at each call', () => {
    expect(DEFAULT_TTL_MS).toBe(86_400_000);
    expect(defaultTtlMs()).toBe(DEFAULT_TTL_MS);

    vi.stubEnv('SESSION_DEFAULT_TTL', '3600');
    expect(defaultTtlMs()).toBe(3_600_000);
  });

  test.each(['soon', '0', '-5', '1.5', '1e999'])(
    'W-71: refuses %j when it is asked for',
    (text) => {
      vi.stubEnv('SESSION_DEFAULT_TTL', text);

      expect(defaultTtlMs).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', field: 'SESSION_DEFAULT_TTL' }) as Error,
      );
    },
  );
});

describe('tokenEngine', () => {
  test.each([
    [undefined, 'wasm'],
    ['', 'wasm'],
    ['wasm', 'wasm'],
    [' JS ', 'js'],
  ])('takes %j for %s', (name, engine) => {
    vi.stubEnv('PAGEFOLD_TOKEN_ENGINE', name);

    expect(tokenEngine()).toBe(engine);
  });

  test('refuses any other name', () => {
    vi.stubEnv('PAGEFOLD_TOKEN_ENGINE', 'rust');

    expect(tokenEngine).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'PAGEFOLD_TOKEN_ENGINE' }) as Error,
    );
  });
});
