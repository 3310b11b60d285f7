import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { ERROR_CODES, type ErrorCode } from '../../../src/domain/error-codes.ts';
import {
  InvalidInput,
  InvalidSessionOperation,
  Overloaded,
  PagefoldError,
  SessionAlreadyExists,
  SessionManagerError,
  SessionNotFound,
  StorageError,
  TokenLimitExceeded,
  ToolProcessingError,
} from '../../../src/domain/errors.ts';

const CAUSE = new Error('driver');

describe('SessionManagerError', () => {
  test('C-32: is the base of every error of a session, and an Error', () => {
    const errors = [
      new SessionNotFound(),
      new SessionAlreadyExists(),
      new InvalidSessionOperation(),
      new TokenLimitExceeded(),
      new StorageError(),
      new ToolProcessingError(),
      new InvalidInput({ field: 'a', expected: 'b' }),
      new Overloaded({ retryAfterMs: 5, scope: 'tenant' }),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(SessionManagerError);
      expect(error).toBeInstanceOf(PagefoldError);
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(error.constructor.name);
      expect(PagefoldError.isInstance(error)).toBe(true);
      expect(error.retryable).toBe(ERROR_CODES[error.code].retryable);
    }
  });

  test('has its own code, and any other that is named', () => {
    expect(new SessionManagerError('text').code).toBe('SESSION_MANAGER_ERROR');
    const error = new SessionManagerError('text', { code: 'FENCED', data: { epoch: 2 } });
    expect([error.code, error.message, error.data]).toEqual(['FENCED', 'text', { epoch: 2 }]);
  });

  test('keeps a cause and has none of its own', () => {
    expect(new SessionManagerError('text', { cause: CAUSE }).cause).toBe(CAUSE);
    expect('cause' in new SessionManagerError('text')).toBe(false);
  });
});

describe('PagefoldError', () => {
  test('knows errors of another copy of the package, and nothing else', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('pagefold.error')]: true });
    expect(PagefoldError.isInstance(other)).toBe(true);
    for (const value of [null, undefined, 'x', {}, new Error('x'), { code: 'CLOSED' }]) {
      expect(PagefoldError.isInstance(value)).toBe(false);
    }
  });
});

/** Builds an error of a class from all its fields and a text of one's own. */
type Build = (options: { readonly message?: string; readonly cause?: unknown }) => unknown;

describe('messages and fields', () => {
  test('C-33: SessionNotFound with and without an id', () => {
    expect(new SessionNotFound().message).toBe('Session not found');
    expect(new SessionNotFound({ sessionId: null }).sessionId).toBeNull();
    const error = new SessionNotFound({ sessionId: 'nonexistent' });
    expect(error.message).toBe('Session not found: nonexistent');
    expect([error.sessionId, error.code]).toEqual(['nonexistent', 'SESSION_NOT_FOUND']);
    expect(error.data).toEqual({ sessionId: 'nonexistent' });
  });

  test('C-34: SessionAlreadyExists with and without an id', () => {
    expect(new SessionAlreadyExists().message).toBe('Session already exists');
    const error = new SessionAlreadyExists({ sessionId: 's' });
    expect(error.message).toBe('Session already exists: s');
    expect([error.sessionId, error.code]).toEqual(['s', 'SESSION_ALREADY_EXISTS']);
  });

  test('C-35: InvalidSessionOperation with operation, reason and session id', () => {
    const error = new InvalidSessionOperation({ operation: 'op', reason: 'why', sessionId: 's' });
    expect(error.message).toBe("Invalid operation 'op': why");
    expect([error.operation, error.reason, error.sessionId]).toEqual(['op', 'why', 's']);
    expect(error.code).toBe('INVALID_SESSION_OPERATION');
    expect(new InvalidSessionOperation({ operation: 'op' }).message).toBe('Invalid operation: op');
    expect(new InvalidSessionOperation().message).toBe('Invalid session operation');
  });

  test('keeps a reason that comes without an operation', () => {
    const error = new InvalidSessionOperation({ reason: 'why' });
    expect(error.message).toBe('Invalid session operation: why');
  });

  test('C-36: TokenLimitExceeded keeps a limit of zero', () => {
    const error = new TokenLimitExceeded({ limit: 0, actual: 5 });
    expect(error.message).toBe(
      'Token limit exceeded: at least 5 tokens are needed, and 0 are allowed',
    );
    expect([error.limit, error.actual]).toEqual([0, 5]);
    expect(new TokenLimitExceeded({ limit: 0, actual: 0 }).message).toContain('at least 0 tokens');
    expect(new TokenLimitExceeded({ limit: 5 }).message).toBe('Token limit exceeded');
    expect(new TokenLimitExceeded().actual).toBeNull();
  });

  test('C-37: StorageError with operation, backend and cause', () => {
    const error = new StorageError({ operation: 'append', backend: 'redis', cause: CAUSE });
    expect(error.message).toBe("Storage error in 'redis' during append");
    expect([error.operation, error.backend, error.cause]).toEqual(['append', 'redis', CAUSE]);
    expect([error.code, error.retryable]).toEqual(['STORAGE_ERROR', true]);
    expect(new StorageError({ operation: 'load' }).message).toBe('Storage error during load');
    expect(new StorageError({ backend: 'redis' }).message).toBe('Storage operation failed');
    expect(new StorageError({ code: 'CORRUPT_RECORD' }).retryable).toBe(false);
  });

  test('C-38: ToolProcessingError with tool and reason', () => {
    const error = new ToolProcessingError({ toolName: 'search', reason: 'timeout' });
    expect(error.message).toBe("Tool 'search' processing error: timeout");
    expect([error.toolName, error.reason]).toEqual(['search', 'timeout']);
    expect(new ToolProcessingError({ toolName: 'search' }).message).toBe(
      "Tool 'search' processing error",
    );
    expect(new ToolProcessingError({ reason: 'timeout' }).message).toBe('Tool processing error');
  });

  test('InvalidInput names the field and what it expected', () => {
    const error = new InvalidInput({ field: 'metadata.tags[2]', expected: 'a string' });
    expect(error.message).toBe('metadata.tags[2]: expected a string');
    expect([error.field, error.code]).toEqual(['metadata.tags[2]', 'INVALID_INPUT']);
  });

  test('Overloaded says who is full and when to come back', () => {
    const error = new Overloaded({ retryAfterMs: 250, scope: 'shard' });
    expect([error.scope, error.retryAfterMs, error.retryable]).toEqual(['shard', 250, true]);
    expect(error.message).toContain('250 ms');
  });

  test('Overloaded says whether waiting helps', () => {
    const busy = new Overloaded({ retryAfterMs: 250, scope: 'store' });
    const full = new Overloaded({ retryAfterMs: 250, scope: 'store', reason: 'full' });

    expect([busy.reason, busy.data]).toEqual(['busy', { retryAfterMs: 250, scope: 'store' }]);
    expect([full.reason, full.data]).toEqual([
      'full',
      { retryAfterMs: 250, scope: 'store', reason: 'full' },
    ]);
  });

  const builds: readonly (readonly [string, Build])[] = [
    ['SessionNotFound', (o) => new SessionNotFound({ sessionId: 's', ...o })],
    ['SessionAlreadyExists', (o) => new SessionAlreadyExists({ sessionId: 's', ...o })],
    [
      'InvalidSessionOperation',
      (o) => new InvalidSessionOperation({ operation: 'op', reason: 'why', ...o }),
    ],
    ['TokenLimitExceeded', (o) => new TokenLimitExceeded({ limit: 1, actual: 2, ...o })],
    ['StorageError', (o) => new StorageError({ operation: 'op', backend: 'b', ...o })],
    ['ToolProcessingError', (o) => new ToolProcessingError({ toolName: 't', reason: 'r', ...o })],
  ];

  test.each(builds)('C-39: %s takes a text of one’s own and keeps its fields', (_name, build) => {
    const standard = build({});
    const custom = build({ message: 'custom', cause: CAUSE });
    expect(custom).toMatchObject({ message: 'custom', cause: CAUSE });
    expect(Object.entries(Object(custom))).toEqual(Object.entries(Object(standard)));
    expect(build({ message: '' })).toMatchObject({ message: Object(standard).message });
  });
});

describe('ERROR_CODES', () => {
  const codes = Object.entries(ERROR_CODES);

  test.each(codes)('%s has a status of HTTP and a remedy of one line', (code, info) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(info.httpStatus).toBeGreaterThanOrEqual(400);
    expect(info.httpStatus).toBeLessThan(600);
    expect(info.remedy).toMatch(/^[A-Z`][^\n]*\.$/);
  });

  test('are sorted, so that a new one has one place', () => {
    const names = codes.map(([code]) => code);
    expect(names).toEqual([...names].sort());
  });

  test('hold every code that the error classes use', () => {
    const source = readFileSync(new URL('../../../src/domain/errors.ts', import.meta.url), 'utf8');
    const used = [...source.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map(([, code]) => code);
    expect(used.length).toBeGreaterThanOrEqual(8);
    for (const code of used) expect(ERROR_CODES).toHaveProperty(code as ErrorCode);
  });

  test('say retryable only where the same call can succeed later', () => {
    const retryable = codes.filter(([, info]) => info.retryable).map(([code]) => code);
    expect(retryable).toEqual([
      'DEADLINE_EXCEEDED',
      'MODEL_CALL_FAILED',
      'OVERLOADED',
      'SESSION_CONFLICT',
      'SHARD_UNAVAILABLE',
      'STORAGE_ERROR',
    ]);
  });
});
