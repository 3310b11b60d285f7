import { describe, expect, test } from 'vitest';

import { jsonTextOf } from '../../../src/tokens/json-text.ts';

function thrower(): never {
  throw new Error('no');
}

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('jsonTextOf', () => {
  test.each([
    ['text', 'text'],
    [1.5, '1.5'],
    [Number.NaN, 'null'],
    [true, 'true'],
    [{ a: [1, 'b'] }, '{"a":[1,"b"]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ emoji: '😀', half: '\ud83d' }, String.raw`{"emoji":"😀","half":"\ud83d"}`],
  ])('writes %j as JSON does', (value, text) => {
    expect(jsonTextOf(value)).toBe(text);
  });

  test.each([[undefined], [null], [Symbol('s')], [thrower]])('has no text for %s', (value) => {
    expect(jsonTextOf(value)).toBe('');
  });

  test('writes big integers as text', () => {
    expect(jsonTextOf({ n: 12n, list: [1n] })).toBe('{"n":"12","list":["1"]}');
    expect(jsonTextOf(7n)).toBe('"7"');
  });

  test('leaves out what holds itself, but not what only comes twice', () => {
    const shared = { x: 1 };
    const node: Record<string, unknown> = { name: 'n', first: shared, second: shared };
    node['self'] = node;
    expect(jsonTextOf(node)).toBe('{"name":"n","first":{"x":1},"second":{"x":1}}');
    const list: unknown[] = [shared, { deep: [shared] }];
    list.push(list);
    expect(jsonTextOf(list)).toBe('[{"x":1},{"deep":[{"x":1}]},null]');
  });

  test.each([
    [
      'a getter',
      {
        get bad(): never {
          return thrower();
        },
      },
    ],
    ['toJSON', { toJSON: thrower }],
    ['a revoked proxy', revokedProxy()],
    ['a proxy', new Proxy({}, { ownKeys: thrower })],
  ])('is empty when %s throws', (_, value) => {
    expect(jsonTextOf(value)).toBe('');
  });

  test('is empty for nesting deeper than the stack', () => {
    let deep: unknown[] = [];
    for (let depth = 0; depth < 200_000; depth++) deep = [deep];
    expect(jsonTextOf(deep)).toBe('');
  });
});
