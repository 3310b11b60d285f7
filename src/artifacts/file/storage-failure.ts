import type { ErrorCode } from '../../domain/error-codes.ts';
import { PagefoldError, StorageError } from '../../domain/errors.ts';

/** The name of the backend in errors and figures. */
export const FILE_BACKEND = 'file';

/** Whether an error of the file system says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

/** Whether an error of the file system says that the name is taken. */
export function isTaken(error: unknown): boolean {
  return hasCode(error, 'EEXIST');
}

/**
 * Does work on files.
 * @throws STORAGE_ERROR, or the code given, for what the file system throws; our own errors as they are.
 */
export async function onFiles<Result>(
  operation: string,
  work: () => Promise<Result>,
  code: ErrorCode = 'STORAGE_ERROR',
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (PagefoldError.isInstance(cause)) throw cause;
    throw new StorageError({ operation, backend: FILE_BACKEND, code, cause });
  }
}

/** Does work on one file; null when it is not there. */
export async function unlessMissing<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether an error of the file system has a code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
