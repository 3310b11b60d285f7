import { PagefoldError } from '../domain/errors.ts';

/** What a store says that did not answer, or has no room. */
const PASSING: ReadonlySet<string> = new Set(['STORAGE_ERROR', 'UNKNOWN_OUTCOME', 'OVERLOADED']);

/** Whether the store failed without saying anything about the session. */
export function isPassingFault(error: unknown): boolean {
  return PagefoldError.isInstance(error) && PASSING.has(error.code);
}
