/** Whether a value has fields that can be read; arrays have too. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A field of any value; undefined when there is none, or when reading it throws (a getter, a proxy). */
export function fieldOf(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined; // What cannot be read cannot be sent to a model either.
  }
}

/** The field at a path, where a dot leads into an object (`source.data`); undefined when any step is missing. */
export function fieldAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((holder, name) => fieldOf(holder, name), value);
}

/** Whether any of the fields is there and not null. */
export function hasAny(value: unknown, paths: readonly string[]): boolean {
  return paths.some((path) => (fieldAt(value, path) ?? null) !== null);
}

/** The first of these fields that is a string, or null. */
export function firstString(value: unknown, paths: readonly string[]): string | null {
  for (const path of paths) {
    const found = fieldAt(value, path);
    if (typeof found === 'string') return found;
  }
  return null;
}

/** The first of these fields that is a finite number, or null. */
export function firstNumber(value: unknown, paths: readonly string[]): number | null {
  for (const path of paths) {
    const found = fieldAt(value, path);
    if (typeof found === 'number' && Number.isFinite(found)) return found;
  }
  return null;
}
