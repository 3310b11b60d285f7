import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  canonicalJson,
  isJsonObject,
  type JsonValue,
  parseJsonValue,
} from '../../../src/domain/json.ts';
import { anyJson, anyJsonObject } from '../../lib/log-events.ts';

type Outcome =
  | { readonly kind: 'copied'; readonly text: string }
  | { readonly kind: 'refused'; readonly code: unknown; readonly hasField: boolean };

function outcomeOf(value: unknown): Outcome {
  try {
    return { kind: 'copied', text: JSON.stringify(parseJsonValue(value, 'message')) };
  } catch (error) {
    const { code, field } = Object(error);
    return { kind: 'refused', code, hasField: typeof field === 'string' };
  }
}

/** The JSON of a value, in which bytes are base64. */
function jsonOf(value: unknown): string {
  const isBytes = (item: unknown): item is Uint8Array =>
    item instanceof Uint8Array || item instanceof Uint8ClampedArray;
  return JSON.stringify(value, (_, item: unknown) =>
    isBytes(item) ? Buffer.from(item).toString('base64') : item,
  );
}

describe('parseJsonValue', () => {
  test('C-22: takes every JSON value and changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, anyJsonObject), (value) => {
        expect(parseJsonValue(value, 'message')).toStrictEqual(value);
      }),
    );
  });

  test('C-118: makes of any value what JSON makes of it, and base64 of bytes, or refuses it with a typed error', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
      maxDepth: 3,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const outcome = outcomeOf(value);
        expect(outcome).toStrictEqual(
          outcome.kind === 'copied'
            ? { kind: 'copied', text: JSON.stringify(JSON.parse(jsonOf(value))) }
            : { kind: 'refused', code: 'INVALID_INPUT', hasField: true },
        );
      }),
      { numRuns: 1000 },
    );
  });
});

/** The same value, built in the opposite order. */
function reversed(value: JsonValue): JsonValue {
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, reversed(item)] as const);
    return Object.fromEntries(entries.toReversed());
  }
  return Array.isArray(value) ? value.map(reversed) : value;
}

describe('canonicalJson', () => {
  test('is JSON of the value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, anyJsonObject), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toStrictEqual(value);
      }),
    );
  });
});
