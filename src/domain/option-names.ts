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
  const fields = Object.keys(names).map((name) => [name, z.unknown().optional()]);
  const schema = z.strictObject(Object.fromEntries(fields));
  return (options) => {
    parseInput(schema, options, field);
  };
}
