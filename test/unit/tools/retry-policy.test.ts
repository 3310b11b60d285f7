import { describe, expect, test } from 'vitest';
import { isRetried, retryDelayMs, toRetryPolicy } from '../../../src/tools/retry-policy.ts';
import { failureOf } from '../../../src/tools/tool-failure.ts';

const failure = { retryAfterMs: null };

describe('retryDelayMs', () => {
  test('C-155, G-119, GV26: pauses double up to a maximum', () => {
    const policy = toRetryPolicy({ hasJitter: false }, true);
    const delays = Array.from({ length: 8 }, (_, number) =>
      retryDelayMs(policy, { number, random: 0.5, failure }),
    );
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000));
  });

  test('GV26: pauses are spread by half up and down', () => {
    const policy = toRetryPolicy({}, true);
    expect(retryDelayMs(policy, { number: 1, random: 0, failure })).toBe(1_000);
    expect(retryDelayMs(policy, { number: 1, random: 0.999, failure })).toBeCloseTo(2_998);
  });

  test('a tool that says how long to wait is waited for, up to the maximum', () => {
    const policy = toRetryPolicy({ hasJitter: false, maxDelayMs: 5_000 }, true);
    const wait = (retryAfterMs: number) =>
      retryDelayMs(policy, { number: 0, random: 0, failure: { retryAfterMs } });
    expect([wait(10), wait(3_000), wait(60_000)]).toEqual([1_000, 3_000, 5_000]);
  });
});

describe('toRetryPolicy', () => {
  test('G-W79, G-W93, G-W111: only what passes by itself is tried again, and less for tools that change something', () => {
    const [read, write] = [toRetryPolicy({}, true), toRetryPolicy({}, false)];
    expect([...read.on]).toEqual([
      'rate_limit',
      'overloaded',
      'timeout',
      'connection',
      'server_error',
    ]);
    expect([...write.on]).toEqual(['rate_limit', 'overloaded']);
    expect([...toRetryPolicy({ on: ['conflict'] }, false).on]).toEqual(['conflict']);
  });
});

describe('isRetried', () => {
  test.each<[string, object, readonly [read: boolean, write: boolean, writeOn: boolean]]>([
    ['too many requests', { status: 429 }, [true, true, true]],
    ['a status of 503 alone', { status: 503 }, [true, false, true]],
    [
      'a status of 503 that says when to come back',
      { status: 503, retryAfterMs: 5 },
      [true, true, true],
    ],
    ['a text alone', { message: 'too many requests' }, [true, false, true]],
    ['a lost connection', { code: 'ECONNRESET' }, [true, false, false]],
  ])(
    'asks a tool that changes something only again where nothing was done: %s',
    (_, told, expected) => {
      const thrown = failureOf({ message: 'not now', ...told });
      const policies = [
        toRetryPolicy({}, true),
        toRetryPolicy({}, false),
        toRetryPolicy({ on: ['rate_limit', 'overloaded'] }, false),
      ];
      expect(policies.map((policy) => isRetried(policy, thrown))).toEqual(expected);
    },
  );
});
