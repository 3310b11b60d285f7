import { describe, expect, test } from 'vitest';
import { argumentsHash, canonicalJson } from '../../../src/domain/canonical-json.ts';
import { parseJsonObject } from '../../../src/domain/json.ts';

describe('canonicalJson', () => {
  test('GV4, GV5: sorts keys at every level, and writes no blanks', () => {
    expect(canonicalJson({ x: [1, { z: 1, y: null }], ok: true })).toBe(
      '{"ok":true,"x":[1,{"y":null,"z":1}]}',
    );
    expect(canonicalJson({ b: 2, a: 1 })).toBe('{"a":1,"b":2}');
  });

  test('GV4: one text for all spellings of a number and of a text', () => {
    const spellings = ['{"a":1.0,"c":"Zu\\u0308rich"}', '{"c":"Z\u00fcrich","a":1e0}'];
    const texts = spellings.map((text) =>
      canonicalJson(parseJsonObject(JSON.parse(text), 'arguments')),
    );
    expect(texts).toEqual(['{"a":1,"c":"Z\u00fcrich"}', '{"a":1,"c":"Z\u00fcrich"}']);
    expect([canonicalJson(-0), canonicalJson('1'), canonicalJson(true)]).toEqual([
      '0',
      '"1"',
      'true',
    ]);
  });
});

describe('argumentsHash', () => {
  // They stand in logs and snapshots: to change one is to lose what was written before.
  test.each([
    [{}, '5465b8252e5b66c3'],
    [{ a: 1, b: 2 }, '5314055bf9405315'],
    [{ b: 2, a: 1.0 }, '5314055bf9405315'],
    [{ city: 'Z\u00fcrich' }, 'f396281ad7404280'],
    [{ x: [1, { z: 1, y: null }], ok: true }, '47d2d7a777c76e01'],
  ])('GV4: of %j is %s', (args, hash) => {
    expect(argumentsHash(args)).toBe(hash);
  });
});
