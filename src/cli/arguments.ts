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
  /** The only file there is; `what` says what it should be. @throws INVALID_INPUT for none and for several */
  only(what: string): string;
  /** For a command that takes options alone. @throws INVALID_INPUT for anything besides */
  nothingElse(): void;
}

/** An option or a file, as the parser of Node finds it. */
type Token = NonNullable<ReturnType<typeof parseLoosely>['tokens']>[number];

/**
 * Takes a command line apart.
 * @throws INVALID_INPUT for an unknown option, and for one that lacks its value.
 */
export function parseArguments(args: readonly string[], options: OptionDefinitions): Arguments {
  const { values, positionals, tokens } = parseLoosely(args, options);
  for (const token of tokens) assertKnown(token, options);
  assertOnce(tokens);
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
    only: (what) => onlyFile(positionals, what),
    nothingElse: () => assertNone(positionals),
  };
}

function parseLoosely(args: readonly string[], options: OptionDefinitions) {
  // Checked by us, since the parser's own complaints speak to those who wrote the program.
  const loosely = { strict: false, tokens: true, allowPositionals: true } as const;
  return parseArgs({ args: [...args], options: { ...options }, ...loosely });
}

function assertKnown(token: Token, options: OptionDefinitions): void {
  if (token.kind !== 'option') return;
  const { name, rawName, value } = token;
  const definition = Object.hasOwn(options, name) ? options[name] : undefined;
  if (definition === undefined) throw new UsageError(`there is no option ${rawName}`);
  if (definition.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return;
  }
  if (value === undefined) throw new UsageError(`${rawName} takes a value`);
  // A value that was forgotten shows as the next option in its place.
  if (!token.inlineValue && /^-[^\d]/.test(value))
    throw new UsageError(`${rawName} takes a value, and ${value} is an option`);
}

/** Of two values one would go unheard, and nobody could tell which was meant. */
function assertOnce(tokens: readonly Token[]): void {
  const given = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (given.has(token.name)) throw new UsageError(`${token.rawName} is given twice`);
    given.add(token.name);
  }
}

function onlyFile(files: readonly string[], what: string): string {
  const [first] = files;
  if (first === undefined) throw new UsageError(`which ${what}?`);
  if (files.length === 1) return first;
  throw new UsageError(`one ${what} at a time, not ${files.length}`);
}

function assertNone(words: readonly string[]): void {
  const [first] = words;
  if (first !== undefined) throw new UsageError(`only options are taken here, not ${first}`);
}

function parseCount(name: string, value: string): number {
  const count = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(count) && count >= 1) return count;
  throw new UsageError(`--${name} takes a whole number from 1 on, not ${value || 'nothing'}`);
}
