import { describe, expect, test } from 'vitest';
import { mayHaveWorked } from '../../../src/tools/may-have-worked.ts';
import { classifyError } from '../../../src/procedures/error-class.ts';
import { failureOf, ReportedFailure, toolFailure } from '../../../src/tools/tool-failure.ts';

/** What a server says that could not reach another one. */
function unreached(told: object): Error {
  return Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), told);
}

/** What a server of the Model Context Protocol says that failed. */
function reported(message: string): ReportedFailure {
  return new ReportedFailure(toolFailure(classifyError(message), message, { isTold: false }));
}

describe('mayHaveWorked', () => {
  test.each([
    'The card was refused by the issuer.',
    'Order 500 is closed.',
    'The social network post is too long.',
    'connect ECONNREFUSED 127.0.0.1:443',
    'getaddrinfo ENOTFOUND shop.example',
    'Order 7 was cancelled by the customer',
    'Coupon timed out on May 1, order 408 not changed',
    'Session timed out, log in again',
    'Order 503: the courier service is not there',
    'The server is overloaded',
    'Unexpected item 500 in the basket',
    'Forbidden: the leave request was cancelled',
    'Expected a closed connection between the parts',
    'HTTP 422: expected "amount" to be a number',
    'Too many requests: the last one was aborted, its connection closed',
    'Circuit breaker is open: the last request timed out',
  ])(
    'says no of what only sounds like a call that was broken off, or reached nobody: %s',
    (message) => {
      expect(mayHaveWorked(failureOf(new Error(message)))).toBe(false);
    },
  );

  test.each([
    ['a code', Object.assign(new Error('read failed'), { code: 'ECONNRESET' })],
    ['a status', Object.assign(new Error('no answer'), { status: 502 })],
    ['what is said of nothing else', new Error('socket hang up')],
    ['a transport that closed', new Error('MCP error -32000: Connection closed')],
    ['a status in words', new Error('502 Bad Gateway')],
    ['a time-out', new DOMException('too late', 'TimeoutError')],
    ['a time-out in words', new Error('MCP error -32001: Request timed out')],
    ['a time-out in words of a client', 'timeout of 5000ms exceeded'],
    ['a time-out at the beginning', new Error('Timed out.')],
    ['a call that was given up', new Error('This operation was aborted')],
    ['the status of a server behind which nobody was reached', unreached({ status: 500 })],
    ['the same in words', new Error('500: connect ECONNREFUSED 10.0.0.5:5432')],
    ['a status of 503 alone', Object.assign(new Error('busy'), { status: 503 })],
    ['the same as a code', Object.assign(new Error('busy'), { code: 503 })],
    ['a status of 503 in words', new Error('503 Service Unavailable')],
    ['the words of a client', new Error('Request failed with status code 503')],
    ['a connection that ended too early', new Error('Connection terminated unexpectedly')],
    ['who ended it', new Error('server closed the connection unexpectedly')],
    ['the same of a server of tools', reported('Connection terminated unexpectedly')],
    ['a gateway that was answered badly', new Error('HTTP 502 Bad Gateway: an invalid response')],
    [
      'a status, whatever its answer says',
      new Error(
        'Request failed with status code 500: {"message":"An unexpected error, not found"}',
      ),
    ],
    ['a time-out of whoever lets in', new Error('authentication: request timed out')],
    ['a status of a gateway', Object.assign(new Error('no'), { statusCode: 524 })],
  ])('says yes by %s', (_, error) => {
    expect(mayHaveWorked(failureOf(error))).toBe(true);
  });

  test.each([
    ['a wait that it asks for', { status: 503, retryAfterMs: 5 }],
    ['its own word', { status: 503, errorClass: 'overloaded' }],
    ['a status of too many requests', { status: 429 }],
    ['a status of what no server does', { status: 501 }],
    ['a code of a connection that was never made', { code: 'ECONNREFUSED', status: 0 }],
  ])('says no by %s', (_, told) => {
    expect(mayHaveWorked(failureOf(Object.assign(new Error('not now'), told)))).toBe(false);
  });
});
