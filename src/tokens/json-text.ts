/**
 * The text that stands for any value: strings as they are, everything else as JSON; empty for what JSON has no text for
 * (undefined, functions, symbols). Never throws: cycles are cut, big integers written out, and what still cannot be written
 * (a getter or `toJSON` that throws, a revoked proxy) is empty.
 */
export function jsonTextOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return stringify(value) ?? stringify(value, createTolerantReplacer()) ?? '';
}

type Replacer = (this: unknown, key: string, value: unknown) => unknown;

/** JSON text, or null when there is none to be had. */
function stringify(value: unknown, replacer?: Replacer): string | null {
  try {
    // The declared type leaves out that functions and symbols give undefined.
    const text: string | undefined = JSON.stringify(value, replacer);
    return text ?? '';
  } catch {
    return null; // The caller tries a more tolerant way, then gives up on the value.
  }
}

/** Writes big integers as text and leaves out objects that hold themselves. */
function createTolerantReplacer(): Replacer {
  const ancestors: unknown[] = [];
  return function replace(this: unknown, _key: string, value: unknown): unknown {
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object' || value === null) return value;
    // `this` is the holder, so whatever lies deeper than it has been left again.
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
    if (ancestors.includes(value)) return undefined;
    ancestors.push(value);
    return value;
  };
}
