import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf, decodeKey, encodeKey, VIRTUAL_SHARDS } from '../../../src/store/keys.ts';

/** Ids over an alphabet of trouble as well as over all of Unicode. */
const id = fc.oneof(
  fc.string({
    unit: fc.constantFrom(':', '%', '3', 'A', '{', '}', '*', '/', 'a', '.', '\u0000'),
    minLength: 1,
    maxLength: 6,
  }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
);
const key = fc.record({ tenant: id, sessionId: id });

describe('encodeKey', () => {
  test('W-03: no two keys share a text', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const areEqual = one.tenant === other.tenant && one.sessionId === other.sessionId;
        expect(encodeKey(one) === encodeKey(other)).toBe(areEqual);
      }),
      { numRuns: 5000 },
    );
  });

  test('decodes to the key it came from', () => {
    fc.assert(
      fc.property(key, (one) => {
        expect(decodeKey(encodeKey(one))).toEqual(one);
      }),
      { numRuns: 2000 },
    );
  });

  test('W-03: holds one separator and no character that means something to a store', () => {
    fc.assert(
      fc.property(key, (one) => {
        expect(encodeKey(one)).toMatch(/^[\w.~%-]+:[\w.~%-]+$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bucketOf', () => {
  test('is an integer from 0 to 1023 and the same every time', () => {
    fc.assert(
      fc.property(key, (one) => {
        const bucket = bucketOf(one);
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < VIRTUAL_SHARDS).toBe(true);
        expect(bucketOf({ ...one })).toBe(bucket);
      }),
    );
  });

  test.each([
    [
      'numbered sessions of one tenant',
      (n: number) => ({ tenant: 'default', sessionId: `session-${n}` }),
    ],
    [
      'one session of numbered tenants',
      (n: number) => ({ tenant: `tenant-${n}`, sessionId: 'main' }),
    ],
    ['bare numbers', (n: number) => ({ tenant: String(n % 7), sessionId: String(n) })],
    [
      'hexadecimal ids',
      (n: number) => ({
        tenant: 'a',
        sessionId: (n * 2_654_435_761).toString(16).padStart(16, '0'),
      }),
    ],
  ])('spreads %s evenly', (_name, keyOf) => {
    const perBucket = 100;
    const counts = Array.from({ length: VIRTUAL_SHARDS }, () => 0);
    for (let n = 0; n < perBucket * VIRTUAL_SHARDS; n++) counts[bucketOf(keyOf(n))]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - perBucket) ** 2 / perBucket, 0);
    // 1023 degrees of freedom: mean 1023, standard deviation 45; six deviations are one in a billion.
    expect(chiSquare).toBeLessThan(1023 + 6 * 45);
  });
});
