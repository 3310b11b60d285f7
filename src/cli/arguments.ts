import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** What options a command takes: `boolean` ones stand alone, `string` ones take a value. */
export type OptionDefinitions = Readonly<
  Record<string, { readonly type: 'boolean' | 'string'; readonly short?: string }>
>;

/** A command line taken apart. */
export interface Arguments {
  /** What is no option: files. */
  readonly files: readonly string[];
  /** Whether an option that stands alone is given. */
  has(name: string): boolean;
  /** The value of an option; null when it is not given. */
  text(name: string): string | null;
  /** As {@link text} for a whole number from 1 on. @throws INVALID_INPUT */
  count(name: string): number | null;
}

/**
 * Takes a command line apart.
 * @throws INVALID_INPUT for an unknown option, and for one that lacks its value.
 */
export function parseArguments(args: readonly string[], options: OptionDefinitions): Arguments {
  const { values, positionals } = parseStrictly(args, options);
  const given = new Map<string, unknown>(Object.entries(values));
  const text = (name: string): string | null => {
    const value = given.get(name);
    return typeof value === 'string' ? value : null;
  };
  return {
    files: positionals,
    has: (name) => given.get(name) === true,
    text,
    count: (name) => {
      const value = text(name);
      return value === null ? null : parseCount(name, value);
    },
  };
}

function parseStrictly(
  args: readonly string[],
  options: OptionDefinitions,
): { readonly values: object; readonly positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options: { ...options }, allowPositionals: true });
  } catch (error) {
    // Only the command line can be wrong here; the parser's own words name the option.
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseCount(name: string, value: string): number {
  const count = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(count) && count >= 1) return count;
  throw new UsageError(`--${name} takes a whole number from 1 on`);
}
