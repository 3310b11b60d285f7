import { describe, expect, test } from 'vitest';
import { InvalidInput, Overloaded } from '../../../src/domain/errors.ts';
import { failureOf } from '../../../src/tools/tool-failure.ts';

describe('failureOf', () => {
  test('takes the class from the most certain sign', () => {
    const failures: readonly (readonly [unknown, string])[] = [
      [Object.assign(new Error('not found'), { errorClass: 'auth' }), 'auth'],
      [new Overloaded({ retryAfterMs: 5, scope: 'session' }), 'overloaded'],
      [new InvalidInput({ field: 'x', expected: 'a number' }), 'validation'],
      [new DOMException('gone', 'AbortError'), 'cancelled'],
      [new DOMException('late', 'TimeoutError'), 'timeout'],
      [Object.assign(new Error('boom'), { status: 503 }), 'overloaded'],
      [Object.assign(new Error('boom'), { statusCode: 404 }), 'not_found'],
      [Object.assign(new Error('boom'), { code: 'ECONNRESET' }), 'connection'],
      [new Error('HTTP 404 Not Found'), 'not_found'],
      [new Error('Connection timed out'), 'timeout'],
      [new Error('boom'), 'execution'],
      ['too many requests', 'rate_limit'],
      [undefined, 'execution'],
    ];
    const classes = failures.map(([thrown]) => [thrown, failureOf(thrown).errorClass]);
    expect(classes).toEqual(failures);
  });

  test('keeps the text of the tool, and the wait it asks for', () => {
    expect(failureOf(new Overloaded({ retryAfterMs: 5, scope: 'session' })).retryAfterMs).toBe(5);
    expect(failureOf(new Error('boom'))).toMatchObject({ message: 'boom', retryAfterMs: null });
    expect(failureOf('boom').message).toBe('boom');
    for (const nothing of [undefined, {}, new Error(''), ''])
      expect(failureOf(nothing).message).toBe('The tool failed and gave no reason.');
    expect(failureOf(new Error('x'.repeat(9_000))).message).toHaveLength(4_000);
  });

  test('knows a class from more than a text, or from a text alone', () => {
    const told = [
      Object.assign(new Error('boom'), { errorClass: 'rate_limit' }),
      Object.assign(new Error('boom'), { status: 429 }),
      Object.assign(new Error('boom'), { code: 'ThrottlingException' }),
      Object.assign(new Error('slow down, rate limit'), { name: 'RateLimitError' }),
      Object.assign(new Error('too many requests'), { retryAfterMs: 5 }),
      new Overloaded({ retryAfterMs: 5, scope: 'session' }),
    ];
    const said = [
      new Error('Transfer 503 booked'),
      'Order 429 was placed',
      new Error('overloaded'),
    ];
    expect(told.map((thrown) => failureOf(thrown).isTold)).toEqual(told.map(() => true));
    expect(said.map((thrown) => failureOf(thrown).isTold)).toEqual(said.map(() => false));
  });

  test('lets no cause make a failure certain', () => {
    const later = Object.assign(new Error('charged, and not stored'), {
      cause: Object.assign(new Error('slow down'), { status: 429 }),
    });
    expect(failureOf(later)).toMatchObject({ errorClass: 'execution', isTold: false, status: 429 });
  });

  test('tells what an error says, whose other entries cannot be read', () => {
    const error = new Error('boom');
    for (const key of ['status', 'response', 'cause', 'errorClass', 'isTaskCancelledError'])
      Object.defineProperty(error, key, {
        get: () => {
          throw new TypeError('not read yet');
        },
      });
    expect(failureOf(error)).toMatchObject({ errorClass: 'execution', message: 'boom' });
  });
});
