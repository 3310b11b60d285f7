import { StorageError } from '../../domain/errors.ts';

// What a script answers is known, yet it comes from outside: each value is checked once, here.

/** @throws STORAGE_ERROR when it is no list. */
export function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpected('a list', value);
}

/** @throws STORAGE_ERROR when it is no text. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw unexpected('a text', value);
}

/** @throws STORAGE_ERROR when it is no list of texts. */
export function toTexts(value: unknown): readonly string[] {
  return toList(value).map(toText);
}

/** A number, also one that is written as text; -0, which Lua prints, is 0. */
export function toNumber(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number + 0;
  throw unexpected('a number', value);
}

/** A time; null for none. */
export function toTime(value: unknown): number | null {
  return value === null || value === '' ? null : toNumber(value);
}

function unexpected(expected: string, value: unknown): StorageError {
  return new StorageError({
    operation: 'decode',
    backend: 'redis',
    message: `Redis answered ${value === null ? 'null' : typeof value} where ${expected} was expected`,
  });
}
