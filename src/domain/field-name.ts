import { InvalidInput } from './errors.ts';

/**
 * The error with its field under the name that the caller knows it by; any other error as it is. The message follows where it
 * begins with the field.
 */
function withFieldName(error: unknown, rename: (field: string) => string): unknown {
  if (!InvalidInput.isInstance(error)) return error;
  const { data, message, cause } = error;
  const { field, expected } = data;
  if (typeof field !== 'string' || typeof expected !== 'string') return error;
  const name = rename(field);
  const rest = message.startsWith(field) ? message.slice(field.length) : `: ${message}`;
  return new InvalidInput({ field: name, expected, message: `${name}${rest}`, cause });
}

/**
 * What the function returns.
 * @throws what it throws, an invalid input under the name that the caller knows its field by.
 */
export function withFieldNames<T>(rename: (field: string) => string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw withFieldName(error, rename);
  }
}

/** As {@link withFieldNames} for what comes later. */
export async function withFieldNamesLater<T>(
  rename: (field: string) => string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw withFieldName(error, rename);
  }
}
