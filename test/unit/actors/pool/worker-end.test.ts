import { describe, expect, test } from 'vitest';
import {
  brokenOff,
  failedStart,
  gaveNoSign,
  ThreadExit,
} from '../../../../src/actors/pool/worker-end.ts';

describe('failedStart', () => {
  test('tells the error in its own words, and where it was thrown', () => {
    const thrown = Object.assign(new SyntaxError('Unexpected token'), { code: 'ERR_X' });
    const { reason, error } = failedStart(thrown);

    expect(reason).toBe('failed-start');
    expect(error).toMatchObject({
      name: 'SyntaxError',
      message: 'Unexpected token',
      code: 'ERR_X',
    });
    expect(error?.stack).toBe(thrown.stack);
  });

  test.each([
    ['redis://user:p@ss/word@host:6379/0', 'redis://***@host:6379/0'],
    ['https://key@host', 'https://***@host'],
    ['file:///home/me@work/worker.js', 'file:///home/me@work/worker.js'],
  ])('tells no credentials: of %s only %s', (url, told) => {
    const thrown = Object.assign(new Error(`cannot reach ${url}`), { input: url });
    const { error } = failedStart(thrown);

    expect(error?.message).toBe(`cannot reach ${told}`);
    expect(error?.stack).toContain(`Error: cannot reach ${told}\n`);
    expect(error).not.toHaveProperty('input');
  });

  test('makes an error of what is none', () => {
    expect(failedStart('secret').error?.message).toBe('it threw string');
  });
});

describe('brokenOff', () => {
  test('tells of an error its name and code, and nothing that it says', () => {
    const thrown = Object.assign(new TypeError('about secret\n    at secret'), { code: 'ERR_X' });
    const { reason, error } = brokenOff(thrown);

    expect(reason).toBe('error');
    expect(error).toMatchObject({
      name: 'TypeError',
      message: 'A worker ended with TypeError (ERR_X)',
    });
    expect(error?.stack).toContain('worker-end.test');
    expect(error?.stack).not.toContain('secret');
  });

  test('knows a full heap and an exit', () => {
    const full = Object.assign(new Error('limit'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(brokenOff(full).reason).toBe('full-heap');
    const exit = new ThreadExit(7);
    expect(brokenOff(exit)).toEqual({ reason: 'exit', error: exit });
  });
});

test('a worker that gives no sign has failed to start when it never took a call', () => {
  expect(gaveNoSign(2000, { isReady: true })).toMatchObject({
    reason: 'no-heartbeat',
    error: { message: 'A worker gave no sign of life for 2000 ms' },
  });
  expect(gaveNoSign(30_000, { isReady: false }).reason).toBe('failed-start');
});
