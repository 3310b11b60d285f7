import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { formatCachedResult, formatVariable } from '../../../src/guards/cache-format.ts';
import { cachedNumber, callSignature, ResultCache } from '../../../src/guards/result-cache.ts';

function put(
  cache: ResultCache,
  toolName: string,
  parts: { args?: JsonObject; result?: JsonValue; nowMs?: number } = {},
): void {
  const { args = {}, result = 1, nowMs = 0 } = parts;
  cache.put({ toolName, arguments: args, result, nowMs });
}

function variable(
  name: string,
  value = 1,
  units: string | null = null,
): Parameters<ResultCache['storeVariable']>[0] {
  return { name, value, units, sourceTool: null, sourceArguments: null };
}

describe('ResultCache', () => {
  test('G-42: counts the calls that a result answered', () => {
    const cache = new ResultCache();
    put(cache, 'sqrt', { args: { x: 9 }, result: 3 });

    expect(cache.get('sqrt', { x: 9 }, 1)).toMatchObject({ result: 3, callCount: 2 });
    expect(cache.get('sqrt', { x: 4 }, 1)).toBeNull();
    expect(cache.stats()).toEqual({ totalCached: 1, totalVariables: 0, duplicateCalls: 1 });
  });

  test('G-25, GV5: knows a call by its tool and the canonical form of its arguments', () => {
    expect(callSignature('add', { b: 2, a: 1 })).toBe('add:{"a":1,"b":2}');
    const cache = new ResultCache();
    put(cache, 'find', { args: { city: 'Zu\u0308rich', n: 1.0, o: { b: 1, a: [] } } });

    expect(cache.peek('find', { o: { a: [], b: 1 }, n: 1, city: 'Z\u00fcrich' }, 0)).not.toBeNull();
    expect(cache.peek('Find', { o: { a: [], b: 1 }, n: 1, city: 'Z\u00fcrich' }, 0)).toBeNull();
  });

  test('G-43, G-44, G-W31, G-W32, G-W33, GV14: never holds more than it may, and keeps what is asked for', () => {
    const cache = new ResultCache({ maxEntries: 2 });
    for (const tool of ['A', 'A', 'B', 'C', 'D']) put(cache, tool);
    expect(cache.stats().totalCached).toBe(2);
    cache.get('C', {}, 0);
    put(cache, 'E');

    expect([cache.peek('C', {}, 0), cache.peek('D', {}, 0)].map((hit) => hit !== null)).toEqual([
      true,
      false,
    ]);
    put(cache, 'C', { result: 2 });
    expect(cache.peek('E', {}, 0)).not.toBeNull();
  });

  test('G-45, G-W33: forgets results that are too old or too large', () => {
    const cache = new ResultCache({ ttlMs: 100, maxLength: 50 });
    put(cache, 'a');
    expect(cache.get('a', {}, 99)).not.toBeNull();
    expect(cache.get('a', {}, 100)).toBeNull();
    expect(cache.stats().totalCached).toBe(0);
    put(cache, 'big', { result: 'x'.repeat(60) });
    expect(cache.peek('big', {}, 0)).toBeNull();
  });

  test('G-W95: forgets what is kept for one call, however its arguments are written', () => {
    const cache = new ResultCache();
    for (const args of [{ a: 1, b: 2 }, { a: 1 }]) put(cache, 'find', { args });
    put(cache, 'other', { args: { a: 1, b: 2 } });

    expect(cache.forgetCall('find', { b: 2, a: 1.0 })).toBe(true);
    expect(cache.forgetCall('find', { b: 2, a: 1 })).toBe(false);
    expect(
      cache.toState().entries.map(({ toolName, arguments: args }) => [toolName, args]),
    ).toEqual([
      ['find', { a: 1 }],
      ['other', { a: 1, b: 2 }],
    ]);
  });

  test('G-W96: a result of null is a result', () => {
    const cache = new ResultCache();
    put(cache, 'n', { result: null });

    expect(cache.get('n', {}, 0)).toMatchObject({ result: null });
  });

  test('G-46, G-W16: names numbers, the latest ones', () => {
    const cache = new ResultCache({ maxVariables: 2 });
    for (const name of ['a', 'b', 'a', 'c']) cache.storeVariable(variable(name));

    expect(cache.getVariable('b')).toBeNull();
    expect(cache.getVariable('a')?.value).toBe(1);
  });

  test('G-47, G-W35, G-W36: shows the latest of both, none for zero', () => {
    const cache = new ResultCache();
    for (const name of ['a', 'b', 'c']) {
      put(cache, name);
      cache.storeVariable(variable(name));
    }

    expect(cache.formatState(0)).toBe('');
    expect(cache.formatState(1)).toBe(
      '**Stored variables:**\n  c = 1.000000\n\n**Results so far:**\n  c() = 1.000000',
    );
    expect(new ResultCache().formatState()).toBe('');
  });

  test('G-47, G-W34: telling of a duplicate is none', () => {
    const cache = new ResultCache();
    put(cache, 'sqrt', { args: { x: 9 }, result: 3 });

    expect(cache.formatDuplicateMessage('sqrt', { x: 9 }, 0)).toContain('sqrt(9) = 3.000000');
    expect(cache.formatDuplicateMessage('sqrt', { x: 1 }, 0)).toContain(
      'no earlier result of sqrt',
    );
    expect(cache.stats().duplicateCalls).toBe(0);
  });

  test('G-15, G-48: goes on from plain data, and forgets everything', () => {
    const cache = new ResultCache();
    put(cache, 'a', { args: { x: 1 } });
    cache.storeVariable(variable('v'));
    cache.get('a', { x: 1 }, 0);
    const copy = ResultCache.fromState(cache.toState());
    expect(copy.toState()).toEqual(cache.toState());
    copy.clear();
    expect(copy.stats()).toEqual({ totalCached: 0, totalVariables: 0, duplicateCalls: 0 });
  });
});

describe('the short form of a result', () => {
  test.each<[string, JsonObject, JsonValue, string]>([
    ['sqrt', { x: 9 }, 3, 'sqrt(9) = 3.000000'],
    ['pow', { base: 10, exp: 6 }, 1_000_000, 'pow(base=10, exp=6) = 1.000000e+06'],
    ['find', { q: 'hi', tags: [1] }, 'ok', 'find(q="hi", tags=...) = ok'],
    ['t', {}, 'x'.repeat(51), `t() = ${'x'.repeat(47)}...`],
    ['t', { s: 'y'.repeat(20) }, { a: 1 }, 't(s=...) = {"a":1}'],
    ['t', { f: true }, '2', 't(true) = 2.000000'],
  ])('G-8, G-9, GV3: %s %j', (...row) => {
    const [toolName, args, result, text] = row;
    expect(formatCachedResult({ toolName, arguments: args, result })).toBe(text);
  });

  test('G-8: a result is a number when it is one, or a text that is one', () => {
    const cached = { toolName: 't', arguments: {}, storedAtMs: 0, callCount: 1 };
    const numbers = [1, '2.5', true, 'x', null].map((result) =>
      cachedNumber({ ...cached, result }),
    );

    expect(numbers).toEqual([1, 2.5, null, null, null]);
  });

  test('G-10: a named number has six decimals and its units', () => {
    expect(formatVariable(variable('mu', 3.14, 'kg'))).toBe('mu = 3.140000 kg');
    expect(formatVariable(variable('n', 2))).toBe('n = 2.000000');
  });
});
