import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonValue } from '../../../src/domain/json.ts';
import { jsonLengthWithin } from '../../../src/domain/record-limit.ts';

const json = fc.jsonValue({ stringUnit: 'binary' }).map((value) => parseJsonValue(value, 'value'));

describe('jsonLengthWithin', () => {
  test('is the length of the JSON text up to the limit, and null above it', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: -3, max: 3 }), fc.nat(300), (value, near, far) => {
        const { length } = JSON.stringify(value);
        for (const limit of [length + near, far])
          expect(jsonLengthWithin(value, limit)).toBe(length <= limit ? length : null);
      }),
    );
  });

  test('looks no further than the limit needs, whatever comes after', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 1, max: 100 }), (value, limit) => {
        let read = 0;
        const endless = new Proxy([], {
          get: (_, name) => {
            if (name === 'length') return Number.MAX_SAFE_INTEGER;
            if (name === Symbol.iterator)
              return function* items() {
                for (;;) {
                  read += 1;
                  yield value;
                }
              };
            return undefined;
          },
        });
        expect(jsonLengthWithin({ list: endless }, limit)).toBeNull();
        expect(read).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
