import { z } from 'zod';
import { parseInput } from './parse.ts';

/**
 * A check that options have no name that does not exist, for options whose values are checked elsewhere. The check throws
 * INVALID_INPUT naming the option.
 */
export function optionNames<T>(
  names: Readonly<Record<keyof T, true>>,
  field = 'options',
): (options: unknown) => void {
  return (options) => {
    // The first use of a schema costs a process 3 ms, which a first count of tokens would wait for.
    if (hasOnly(options, names)) return;
    const fields = Object.keys(names).map((name) => [name, z.unknown().optional()]);
    parseInput(z.strictObject(Object.fromEntries(fields)), options, field);
  };
}

/** Values are read as a schema reads them: one whose getter throws is left to the schema, which says so without its text. */
function hasOnly(options: unknown, names: object): boolean {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false;
  try {
    return Object.entries(options).every(([name]) => Object.hasOwn(names, name));
  } catch {
    return false;
  }
}
