import { InvalidInput, PagefoldError } from './errors.ts';

/** What a part of an argument may have to be. */
type Kind = 'a list' | 'an object' | 'a string' | 'a number';

/** What the parts of an argument have to be, by name. */
export type Parts = Readonly<Record<string, Kind>>;

const NO_PARTS: Parts = {};

/**
 * Refuses an argument of another kind than the types say, for functions that read plain data: JavaScript code has no other
 * word of it than a TypeError from inside.
 * @throws INVALID_INPUT naming the argument, or the part that is wrong.
 */
export function assertObject(value: unknown, field: string, parts: Parts = NO_PARTS): void {
  if (typeof value !== 'object' || value === null)
    throw new InvalidInput({ field, expected: 'an object' });
  for (const name in parts) {
    const kind = parts[name];
    if (kind !== undefined) {
      const part = reading(`${field}.${name}`, (): unknown => Reflect.get(value, name));
      assertKind(part, `${field}.${name}`, kind);
    }
  }
}

/**
 * What reads a value of a caller, whose getters may throw.
 * @throws INVALID_INPUT naming the field, with what was thrown as its cause; errors of the library as they are.
 */
export function reading<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (PagefoldError.isInstance(cause)) throw cause;
    throw new InvalidInput({ field, expected: 'a value that can be read', cause });
  }
}

/**
 * As {@link assertObject} for a list of objects.
 * @throws INVALID_INPUT naming the entry.
 */
export function assertObjects(values: unknown, field: string, parts: Parts = NO_PARTS): void {
  assertKind(values, field, 'a list');
  if (!Array.isArray(values)) return;
  for (const [index, value] of values.entries()) assertObject(value, `${field}[${index}]`, parts);
}

/**
 * Refuses what is no text.
 * @throws INVALID_INPUT naming the argument.
 */
export function assertText(value: unknown, field: string): void {
  assertKind(value, field, 'a string');
}

function assertKind(value: unknown, field: string, expected: Kind): void {
  if (!isOfKind(value, expected)) throw new InvalidInput({ field, expected });
}

function isOfKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'a list':
      return Array.isArray(value);
    case 'an object':
      return typeof value === 'object' && value !== null;
    case 'a string':
      return typeof value === 'string';
    case 'a number':
      return typeof value === 'number';
  }
}
