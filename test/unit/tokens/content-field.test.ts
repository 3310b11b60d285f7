import { describe, expect, test } from 'vitest';

import {
  fieldAt,
  fieldOf,
  firstNumber,
  firstString,
  hasAny,
} from '../../../src/tokens/content-field.ts';

const PART = { source: { data: 'AAAA', size: 4 }, empty: null, bad: Number.NaN };

describe('content fields', () => {
  test('are read along a path', () => {
    expect(fieldAt(PART, 'source.data')).toBe('AAAA');
    expect(fieldAt(PART, 'source.none.deeper')).toBeUndefined();
    expect(fieldAt('text', 'length')).toBeUndefined();
  });

  test('are undefined when reading throws', () => {
    const hostile = {
      get type(): string {
        throw new Error('no');
      },
    };
    expect(fieldOf(hostile, 'type')).toBeUndefined();
  });

  test('are taken from the first path of the right type', () => {
    expect(firstString(PART, ['source', 'empty', 'source.data'])).toBe('AAAA');
    expect(firstString(PART, ['source.size'])).toBeNull();
    expect(firstNumber(PART, ['bad', 'source.data', 'source.size'])).toBe(4);
    expect(firstNumber(PART, ['bad'])).toBeNull();
  });

  test('are there when they are neither absent nor null', () => {
    expect(hasAny(PART, ['none', 'source.data'])).toBe(true);
    expect(hasAny(PART, ['none', 'empty'])).toBe(false);
  });
});
