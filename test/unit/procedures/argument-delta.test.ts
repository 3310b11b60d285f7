import { describe, expect, test } from 'vitest';
import {
  argumentDelta,
  compactDelta,
  describeDelta,
  longText,
  shortText,
} from '../../../src/procedures/argument-delta.ts';
import { attemptSimilarity } from '../../../src/procedures/argument-similarity.ts';
import { resultType, summarizeResult } from '../../../src/procedures/result-summary.ts';
import { classifyError } from '../../../src/procedures/error-class.ts';
import { rememberedArguments, rememberedText } from '../../../src/procedures/redaction.ts';
import { goalsMatch } from '../../../src/procedures/goal-match.ts';
import { type JsonObject, type JsonValue, parseJsonObject } from '../../../src/domain/json.ts';

describe('argumentDelta', () => {
  test('G-90, G-W64, GV21: tells what was added, removed and changed', () => {
    const delta = argumentDelta(
      { x: 1, z: 0, same: { a: 1, b: 2 } },
      { y: 3, x: 2, same: { b: 2, a: 1 } },
    );

    expect(delta).toEqual({ added: { y: 3 }, removed: ['z'], changed: { x: { from: 1, to: 2 } } });
    expect(argumentDelta({ a: [1] }, { a: [1] })).toBeNull();
  });

  test('G-90, GV21: is written in words and in short', () => {
    const delta = { added: { y: 3 }, changed: { x: { from: 1, to: 2 } } };
    expect(describeDelta(delta)).toBe('add y; change x: 1 -> 2');
    expect(compactDelta(delta)).toBe('+y; x:1->2');
    const many = {
      added: { a: 1, b: 2, c: 3 },
      removed: ['d', 'e'],
      changed: { f: { from: 0, to: 1 }, g: { from: 0, to: 1 }, h: { from: 0, to: 1 } },
    };
    expect(compactDelta(many)).toBe('+3 args; -d, e; ~3 args');
    expect([compactDelta({}), describeDelta({})]).toEqual(['modified', 'unknown change']);
  });

  test('G-90, GV23: cuts values at 20 and 15 characters', () => {
    const value = '2025-13-01T00:00:00Z!';
    expect(longText(value)).toBe('2025-13-01T00:00:...');
    expect(shortText(value)).toBe('2025-13-01T00..');
  });
});

describe('attemptSimilarity', () => {
  const order = { order: 'A1B2', mode: 'fast', items: ['i-1', 'i-2'], pay: 'card_17' };

  test.each<[JsonObject, JsonObject, boolean]>([
    [order, { ...order, pay: 'card_99' }, true],
    [order, { ...order, mode: 'slow', pay: 'gift_3' }, true],
    [order, { ...order, items: ['i-1'] }, true],
    [order, { ...order, order: 'Z9Y8', items: ['i-7'] }, false],
    [{ x: 1 }, { x: 2, y: 3 }, true],
    [{ city: '' }, { city: 'Rome' }, false],
    [{ city: 'Pariss' }, { city: 'Paris' }, true],
    [{ id: 'ABC123' }, { id: 'XYZ789' }, false],
    [{ id: 'ORD-10001' }, { id: 'ORD-10002' }, false],
    [{ id: 'ord-10001' }, { id: 'ORD-10001' }, true],
    [{ orderId: 1001 }, { orderId: 1002 }, false],
    [{ orderId: '1001', verbose: true }, { orderId: '1002', verbose: true }, false],
    [{ seat_number: 11, row: 'A' }, { seat_number: 12, row: 'A' }, false],
    [{ number_of_seats: 6, row: 'A' }, { number_of_seats: 4, row: 'A' }, true],
    [{ x: 1 }, { x: 2 }, false],
    [{ order: 'ORD-1', customer: 'CUS-7' }, { order: 'ORD-2', customer: 'CUS-7' }, false],
    [{}, { a: 1 }, true],
  ])('G-89, G-W53: %j and %j are one attempt: %s', (from, to, isSame) => {
    expect(attemptSimilarity(from, to) >= 0.6).toBe(isSame);
  });
});

describe('the summary of a result', () => {
  test.each<[JsonValue, string, string]>([
    [null, 'null', 'null'],
    ['x'.repeat(101), `${'x'.repeat(97)}...`, 'string'],
    [true, 'true', 'boolean'],
    [3.14, '3.14', 'number'],
    [[1, 2, 3], 'list[3]', 'list'],
    [{ status: 'sat', error: 'e' }, 'status=sat', 'sat'],
    [{ error: 'bad' }, 'error: bad', 'object'],
    [{ result: { status: 'ok' } }, 'status=ok', 'object'],
    [{ a: 1, b: 2 }, 'object[2 keys]', 'object'],
    [{ status: 200 }, 'status=200', 'object'],
    [{ status: { deep: true } }, 'status={"deep":true}', 'object'],
  ])('G-82, G-83, G-W52, GV25: %j', (result, summary, type) => {
    expect([summarizeResult(result), resultType(result)]).toEqual([summary, type]);
  });

  test('G-W71: is never long', () => {
    expect(summarizeResult({ status: 'y'.repeat(5_000) }).length).toBe(100);
  });
});

describe('classifyError', () => {
  test.each([
    ['HTTP 404 Not Found', 'not_found'],
    ['User cancelled booking not found', 'not_found'],
    ['Invalid connection string', 'validation'],
    ['Connection timed out', 'timeout'],
    ['Short circuit while opening valve', 'execution'],
    ['circuit breaker is open', 'circuit_open'],
    ['boom', 'execution'],
    ['429 Too Many Requests', 'rate_limit'],
    ['connect ECONNREFUSED 127.0.0.1', 'connection'],
    ['The operation was aborted', 'cancelled'],
    ['Internal Server Error', 'server_error'],
    ['401 Unauthorized', 'auth'],
    ['Connection terminated unexpectedly', 'connection'],
    ['Expected a number, got "two"', 'validation'],
  ])('G-116, G-W56, GV28: %s', (text, errorClass) => {
    expect(classifyError(text)).toBe(errorClass);
  });
});

describe('what is remembered', () => {
  test('G-102, G-W57: no secrets, and nothing long', () => {
    const args = {
      password: 'hunter2',
      nested: { apiKey: 'abc', list: ['Bearer abcdefghijk', 'plain'] },
      text: 'z'.repeat(9_000),
      many: Array.from({ length: 100 }, (_, index) => index),
      page_token: 'next',
    };
    const kept = rememberedArguments(args);

    expect(kept).toMatchObject({
      password: '[redacted]',
      nested: { apiKey: '[redacted]', list: ['[redacted]', 'plain'] },
    });
    expect(JSON.stringify(kept).length).toBeLessThan(1_000);
    expect(rememberedText('failed: eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.sig')).toBe('[redacted]');
  });

  test.each<object>([
    { pwd: 'hunter2' },
    { password2: 'hunter2' },
    { userPass: 'hunter2' },
    { otp: 'hunter2' },
    { auth: 'hunter2' },
    { card_number: 'hunter2' },
    { cardNumber: 'hunter2' },
    { 'X-Auth-Token': 'hunter2' },
    { sessionId: 'hunter2' },
    { tokenValue: 'hunter2' },
    { signature: 'hunter2' },
    { url: 'https://x.example/cb?access_token=hunter2' },
    { url: 'https://x.example/cb?code=hunter2' },
    { headers: [{ name: 'Authorization', value: 'hunter2' }] },
    { headers: [['Cookie', 'hunter2']] },
    { fields: [{ key: 'pwd', value: { text: 'hunter2' } }] },
    { body: '{"password":"hunter2"}' },
    { body: String.raw`{"a":"{\"token\":\"hunter2\"}"}` },
    { body: '{"credentials":{"user":"hunter2"}}' },
    { body: 'user=ann&pwd=hunter2' },
    { note: 'My password is hunter2' },
    { header: 'Basic YW5uOmh1bnRlcjI=' },
    { key: 'github_pat_11AAAAAAA0hunter2abcdef' },
    { key: 'ghs_16C7e42F292c6912E7hunter2' },
    { key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  ])('nothing of %j that is a credential', (args) => {
    const kept = JSON.stringify(rememberedArguments(parseJsonObject(args, 'args')));

    expect(kept).toContain('[redacted]');
    expect(kept).not.toMatch(/hunter2|YW5u|wJal/);
  });

  test.each<object>([
    { passengers: 3, passport: 'X1', author: 'ann', max_tokens: 400, discard: true },
    { pinned: true, signal: 'up', resided: 'no', key: 'flight', keyword: 'cheap' },
    { url: 'https://x.example/flights?from=FCO&to=LIN', at: '2024-05-01T12:30:00Z' },
    { id: '3f0c9a52-8f0e-4a7e-9f7e-0d8b1f2a3c4d', hash: '9e107d9d372bb6826bd81d3542a419d6' },
    { text: 'Basic information: the password is required, and the token expired' },
    { headers: [{ name: 'Accept', value: 'text/html' }] },
  ])('all of %j, which is none', (args) => {
    expect(rememberedArguments(parseJsonObject(args, 'args'))).toEqual(args);
  });
});

describe('goalsMatch', () => {
  test.each([
    ['book a flight', 'please book a flight to Rome', true],
    ['Cancel order 17', 'cancel the order', true],
    ['book a flight', 'book', false],
    ['ok', 'Pay for the book', false],
    ['ok', 'ok', false],
    ['yes, go on please', 'yes, go on please', false],
    ['预订航班', '预订去罗马的航班', true],
    ['find cheap flights to Rome', 'cheap flights Rome tomorrow', true],
    ['cancel order', 'book a flight', false],
    ['', 'x', false],
    ['the', 'a', false],
  ])('G-94, G-W55: %s / %s: %s', (left, right, isSame) => {
    expect(goalsMatch(left, right)).toBe(isSame);
    expect(goalsMatch(right, left)).toBe(isSame);
  });
});
