/** The entries that are text, numbers or truth values, apart from those that are read elsewhere: kept as metadata. */
export function plainFields(
  value: object,
  readElsewhere: readonly string[],
): Readonly<Record<string, string | number | boolean>> {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  return Object.fromEntries(
    entries.flatMap(([name, entry]) =>
      isPlain(entry) && !readElsewhere.includes(name) ? [[name, entry] as const] : [],
    ),
  );
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
