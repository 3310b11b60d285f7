import { describe, expect, test } from 'vitest';
import { mayHaveWorked } from '../../../src/tools/may-have-worked.ts';
import { failureOf } from '../../../src/tools/tool-failure.ts';

describe('mayHaveWorked', () => {
  test.each([
    'The card was refused by the issuer.',
    'Order 500 is closed.',
    'The social network post is too long.',
    'connect ECONNREFUSED 127.0.0.1:443',
    'getaddrinfo ENOTFOUND shop.example',
  ])('says no of what only sounds like a lost connection, or reached nobody: %s', (message) => {
    expect(mayHaveWorked(failureOf(new Error(message)))).toBe(false);
  });

  test.each([
    ['a code', Object.assign(new Error('read failed'), { code: 'ECONNRESET' })],
    ['a status', Object.assign(new Error('no answer'), { status: 502 })],
    ['what is said of nothing else', new Error('socket hang up')],
    ['a transport that closed', new Error('MCP error -32000: Connection closed')],
    ['a status in words', new Error('502 Bad Gateway')],
    ['a time-out', new DOMException('too late', 'TimeoutError')],
  ])('says yes by %s', (_, error) => {
    expect(mayHaveWorked(failureOf(error))).toBe(true);
  });
});
