import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/domain/canonical-json.ts';
import { isJsonObject, type JsonValue, parseJsonValue } from '../../../src/domain/json.ts';

/** Keys that objects keep in an order of their own, that have two forms, or that are no ordinary keys. */
const key = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom('10', '9', '2b', '-1', 'b', 'a', 'Z', '__proto__', 'u\u0308', '\u00fc', 'toJSON'),
);
const value = fc
  .letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), key),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc
        .array(fc.tuple(key, tie('tree')), { maxLength: 5 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }))
  .tree.map((tree) => parseJsonValue(tree, 'value'));

/** By the definition alone. */
function plainly(given: JsonValue): string {
  if (typeof given === 'string') return JSON.stringify(given.normalize('NFC'));
  if (Array.isArray(given)) return `[${(given as readonly JsonValue[]).map(plainly).join(',')}]`;
  if (!isJsonObject(given)) return JSON.stringify(given);
  const entries = Object.entries(given)
    .map(([name, item]) => [name.normalize('NFC'), name, plainly(item)] as const)
    .toSorted((left, right) => compare(left[0], right[0]) || compare(left[1], right[1]));
  return `{${entries.map(([name, , text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function reversed(given: JsonValue): JsonValue {
  if (Array.isArray(given)) return (given as readonly JsonValue[]).map(reversed);
  if (!isJsonObject(given)) return given;
  const entries = Object.entries(given).toReversed();
  return Object.fromEntries(entries.map(([name, item]) => [name, reversed(item)]));
}

describe('canonicalJson', () => {
  test('GV4: is what its definition says, for any value and any order of keys', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(canonicalJson(given)).toBe(plainly(given));
        expect(canonicalJson(reversed(given))).toBe(canonicalJson(given));
      }),
      { numRuns: 500 },
    );
  });
});
