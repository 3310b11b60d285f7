import { PagefoldError, StorageError } from '../domain/errors.ts';

/**
 * The error of a call of several steps that failed on the way and could not take back what it had done: nobody may take it for a
 * call that did nothing.
 */
export function halfDone(operation: string, cause: unknown): PagefoldError {
  if (PagefoldError.isInstance(cause) && cause.code === 'UNKNOWN_OUTCOME') return cause;
  return new StorageError({
    code: 'UNKNOWN_OUTCOME',
    operation,
    message: `${operation} failed on the way, and what it had done by then could not be taken back`,
    cause,
  });
}
