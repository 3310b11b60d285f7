import { InvalidInput } from '../domain/errors.ts';

/** What an error says, which may be computed by code of whoever threw it. */
export function thrownAs(error: unknown): { readonly error: string; readonly reason: string } {
  try {
    return error instanceof Error
      ? { error: error.name, reason: error.message }
      : { error: 'Error', reason: reasonOf(error) };
  } catch (cause) {
    throw new InvalidInput({ field: 'error', expected: 'an error that can be read', cause });
  }
}

/** Anything can be thrown; an object that is no error says nothing that could be told. */
function reasonOf(error: unknown): string {
  const isObject = typeof error === 'object' && error !== null;
  return isObject || typeof error === 'function' ? 'no reason given' : String(error);
}
