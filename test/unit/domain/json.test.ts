import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';

import { InvalidInput } from '../../../src/domain/errors.ts';
import {
  isJsonObject,
  MAX_JSON_DEPTH,
  MAX_JSON_VALUES,
  parseJsonObject,
  parseJsonValue,
  toText,
} from '../../../src/domain/json.ts';

const NOT_PLAIN = 'expected a plain object, an array or a value with toJSON';

function nested(levels: number): unknown {
  let value: unknown = 'core';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

function refusal(value: unknown, field = 'message'): InvalidInput {
  try {
    parseJsonValue(value, field);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new TypeError('the value was accepted');
}

describe('parseJsonValue', () => {
  test.each([
    null,
    true,
    false,
    0,
    -1.5,
    Number.MAX_VALUE,
    '',
    'text',
    [],
    {},
    [1, [null, { a: ['b'] }]],
    { content: [{ type: 'text', text: 'hi' }], n: null },
  ])('C-22: takes %j as a message', (value) => {
    expect(parseJsonValue(value, 'message')).toStrictEqual(value);
  });

  test('W-65: copies, so that later changes by the caller reach nothing', () => {
    const inner = { tags: ['a'] };
    const copy = parseJsonValue({ inner }, 'message');
    inner.tags.push('b');
    expect(copy).toEqual({ inner: { tags: ['a'] } });
  });

  test.each([
    [
      'a function',
      { a: { b: [() => 1] } },
      'message.<key 0>.<key 0>[0]: expected a JSON value, got function',
    ],
    ['a symbol', [Symbol('s')], 'message[0]: expected a JSON value, got symbol'],
    ['a bigint', { n: 1n }, 'message.<key 0>: expected a JSON value, got bigint'],
    ['NaN', { n: NaN }, 'message.<key 0>: expected a finite number, got NaN'],
    ['an infinity', [[-Infinity]], 'message[0][0]: expected a finite number, got -Infinity'],
    ['undefined', undefined, 'message: expected a JSON value, got undefined'],
    ['a Map', { m: new Map() }, `message.<key 0>: ${NOT_PLAIN}`],
    ['a class instance', new (class Point {})(), `message: ${NOT_PLAIN}`],
    ['a boxed string', Object('text'), `message: ${NOT_PLAIN}`],
    ['a regular expression', { r: /x/ }, `message.<key 0>: ${NOT_PLAIN}`],
  ])('W-08: refuses %s and names its place', (_name, value, message) => {
    const error = refusal(value);
    expect([error.code, error.message]).toEqual(['INVALID_INPUT', message]);
  });

  test.each([
    [
      'what streams in the AI SDK',
      new (class {
        get textStream(): never {
          throw new Error('was read');
        }
      })(),
      'got what streamText of the AI SDK gives',
    ],
    ['a promise', Promise.resolve(1), 'got a promise: await it'],
    ['an async generator', (async function* () {})(), 'got a stream'],
    ['a web stream', new ReadableStream(), 'got a stream'],
    ['a response', new Response('{}'), 'got a response of fetch'],
  ])('names the slip where %s is given', (_what, value, slip) => {
    expect(() => parseJsonValue(value, 'response')).toThrow(`response: expected a value, ${slip}`);
  });

  test('refuses a cycle through objects, arrays and toJSON', () => {
    const object: Record<string, unknown> = {};
    object['self'] = { list: [object] };
    expect(refusal(object).field).toBe('message.<key 0>.<key 0>[0]');
    const list: unknown[] = [];
    list.push(list);
    expect(refusal(list).message).toContain('cycles');
    const own = { toJSON: (): unknown => own };
    expect(refusal(own).message).toContain('cycles');
  });

  test('takes the same object twice when it is no cycle', () => {
    const shared = { a: 1 };
    expect(parseJsonValue([shared, shared], 'message')).toEqual([{ a: 1 }, { a: 1 }]);
  });

  test('refuses nesting deeper than the limit and takes the limit itself', () => {
    const deepest = nested(MAX_JSON_DEPTH);
    expect(parseJsonValue(deepest, 'message')).toEqual(deepest);
    expect(refusal(nested(MAX_JSON_DEPTH + 1)).message).toContain('levels of nesting');
  });

  test('refuses a toJSON that gives another object with toJSON for ever', () => {
    const endless = (): unknown => ({ toJSON: endless });
    expect(refusal(endless()).message).toContain('levels of nesting');
  });

  test('refuses small values that unfold into too many', () => {
    let bomb: unknown = 'x';
    for (let level = 0; level < 40; level += 1) bomb = [bomb, bomb];
    expect(refusal(bomb).message).toContain(`${MAX_JSON_VALUES}`);
    const hollow: unknown[] = [];
    hollow.length = 2 ** 32 - 1;
    expect(refusal(hollow).message).toContain(`${MAX_JSON_VALUES}`);
  });

  test('refuses a getter, a proxy or a toJSON that throws, and keeps its error as the cause', () => {
    const cause = new Error('no');
    const fail = (): never => {
      throw cause;
    };
    const getter = Object.defineProperty({}, 'a', { enumerable: true, get: fail });
    for (const value of [getter, new Proxy({}, { ownKeys: fail }), { toJSON: fail }]) {
      expect(refusal([value]).cause).toBe(cause);
    }
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusal(proxy).message).toContain('can be read');
  });

  test('asks toJSON, as JSON does', () => {
    const value = { at: new Date(0), never: new Date(NaN), id: { toJSON: () => ['x'] } };
    expect(parseJsonValue(value, 'message')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      never: null,
      id: ['x'],
    });
  });

  test('writes bytes as base64, of which a view shows its own only', () => {
    const bytes = Uint8Array.from([0, 1, 250, 251, 0]);
    const value = [
      Buffer.from(bytes),
      bytes.subarray(1, 4),
      bytes.buffer,
      new Uint8ClampedArray([7]),
      runInNewContext('Uint8Array.from([1, 2])') as unknown,
    ];
    expect(parseJsonValue(value, 'value')).toEqual([
      'AAH6+wA=',
      'Afr7',
      'AAH6+wA=',
      'Bw==',
      'AQI=',
    ]);
    for (const other of [new Float32Array(2), new Int8Array(2), new DataView(new ArrayBuffer(2))])
      expect(() => parseJsonValue(other, 'value')).toThrow(NOT_PLAIN);
  });

  test('leaves undefined entries out of objects and makes holes in arrays null', () => {
    const sparse: unknown[] = [];
    sparse[1] = undefined;
    sparse[2] = 3;
    expect(parseJsonValue({ a: undefined, b: sparse }, 'message')).toStrictEqual({
      b: [null, null, 3],
    });
  });

  test('has no negative zero, since JSON has none', () => {
    expect(Object.is(parseJsonValue(-0, 'message'), 0)).toBe(true);
  });

  test('keeps an entry named __proto__ as an entry', () => {
    const copy = parseJsonValue(JSON.parse('{"__proto__":{"admin":true}}'), 'message');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"admin":true}}');
    expect(Reflect.get(Object(copy), 'admin')).toBeUndefined();
  });

  test('takes objects without a prototype and of another realm', () => {
    const bare: unknown = Object.assign(Object.create(null), { a: 1 });
    expect(parseJsonValue(bare, 'message')).toEqual({ a: 1 });
    const foreign: unknown = structuredClone({ b: [2] });
    expect(parseJsonValue(foreign, 'message')).toEqual({ b: [2] });
  });

  test('keeps lone surrogates and every other character of a string', () => {
    const text = '\ud83d \u0000 \u2028 🧵';
    expect(parseJsonValue(text, 'message')).toBe(text);
  });
});

describe('parseJsonObject', () => {
  test('gives an empty object for undefined', () => {
    expect(parseJsonObject(undefined, 'metadata')).toEqual({});
  });

  test.each([null, [], 'text', 1])('refuses %j', (value) => {
    expect(() => parseJsonObject(value, 'metadata')).toThrow('metadata: expected an object');
  });
});

describe('isJsonObject', () => {
  test('tells objects from lists, null and the rest', () => {
    expect([{}, [], null, 'a', 1, undefined].map(isJsonObject)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('toText', () => {
  test('leaves strings as they are and writes the rest as compact JSON', () => {
    expect(toText('a "b"')).toBe('a "b"');
    expect([null, 0, [1, { a: 'é' }]].map(toText)).toEqual(['null', '0', '[1,{"a":"é"}]']);
  });
});
