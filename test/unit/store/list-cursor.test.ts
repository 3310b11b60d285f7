import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/store/list-cursor.ts';
import type { ListParams } from '../../../src/store/store.ts';

const params: ListParams = { tenant: 'acme', order: 'created', limit: 10 };

describe('decodeCursor', () => {
  test('gives back where the page ended', () => {
    const cursor = encodeCursor(123_456, params, 'here');
    expect(decodeCursor({ ...params, cursor }, 'here')).toBe(123_456);
    expect(decodeCursor(params, 'here')).toBeNull();
  });

  test('does not depend on the order of properties or on the limit', () => {
    const cursor = encodeCursor(5, { ...params, properties: { a: '1', b: '2' } }, 'here');
    const same = { ...params, properties: { b: '2', a: '1' }, limit: 99, cursor };
    expect(decodeCursor(same, 'here')).toBe(5);
  });

  test('refuses a cursor of another store', () => {
    const cursor = encodeCursor(5, params, 'here');
    expect(() => decodeCursor({ ...params, cursor }, 'there')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'cursor' }),
    );
  });

  test.each(['', '-', '5', 'zzzzzzzzzzzzzzzzzzzz-abc', '5-', '-5-', '../../etc/passwd'])(
    'refuses %j',
    (cursor) => {
      expect(() => decodeCursor({ ...params, cursor }, 'here')).toThrow(
        expect.objectContaining({ field: 'cursor' }),
      );
    },
  );
});
