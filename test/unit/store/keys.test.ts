import { describe, expect, test } from 'vitest';
import { bucketOf, decodeKey, encodeKey, VIRTUAL_SHARDS } from '../../../src/store/keys.ts';
import { aKey } from '../../../src/testing/store-builders.ts';

describe('encodeKey', () => {
  test('leaves ordinary ids readable', () => {
    expect(encodeKey({ tenant: 'acme', sessionId: 'support-42_a.b~c' })).toBe(
      'acme:support-42_a.b~c',
    );
  });

  test('W-03: encodes separators, braces, wildcards and everything beyond ASCII', () => {
    const key = { tenant: 'a:b', sessionId: "{c}*[d]?/%!'() ü猫" };
    expect(encodeKey(key)).toBe('a%3Ab:%7Bc%7D%2A%5Bd%5D%3F%2F%25%21%27%28%29%20%C3%BC%E7%8C%AB');
  });

  test('refuses lone surrogates and names the field', () => {
    expect(() => encodeKey(aKey({ tenant: '\ud800' }))).toThrow(
      expect.objectContaining({ field: 'key.tenant' }),
    );
    expect(() => encodeKey(aKey({ sessionId: 'a\udc00' }))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'key.sessionId' }),
    );
  });
});

describe('decodeKey', () => {
  test.each([
    '',
    'acme',
    ':a',
    'a:',
    'a:b:c',
    'a:%',
    'a:%zz',
    'a:%ff',
    'a:%61',
    'a:b c',
    'a:{b}',
    'a:%3a',
  ])('refuses %j, which no key is encoded as', (text) => {
    expect(() => decodeKey(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'key' }),
    );
  });
});

describe('bucketOf', () => {
  test('is part of the stored layout and never changes', () => {
    const keys = [
      { tenant: 'default', sessionId: 'a' },
      { tenant: 'acme', sessionId: 'support-42' },
      { tenant: 'ü猫', sessionId: '🐈' },
    ];
    expect(VIRTUAL_SHARDS).toBe(1024);
    expect(keys.map(bucketOf)).toEqual([915, 92, 726]);
  });

  test('depends on where the tenant ends', () => {
    const one = bucketOf({ tenant: 'ab', sessionId: 'c' });
    const other = bucketOf({ tenant: 'a', sessionId: 'bc' });
    expect(one).not.toBe(other);
  });
});
