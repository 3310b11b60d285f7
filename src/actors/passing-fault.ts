import { PagefoldError } from '../domain/errors.ts';

/** Whether the store failed without saying anything about the session. */
export function isPassingFault(error: unknown): boolean {
  if (!PagefoldError.isInstance(error)) return false;
  return error.code === 'STORAGE_ERROR' || error.code === 'UNKNOWN_OUTCOME';
}
