import { PagefoldError } from '../domain/errors.ts';

const UNREADABLE: ReadonlySet<string> = new Set([
  'CORRUPT_RECORD',
  'DECRYPTION_FAILED',
  'KEY_NOT_FOUND',
  'SCHEMA_TOO_NEW',
  'HISTORY_REGRESSED',
]);

/** Whether an error says that a session is there and nobody here can read it. */
export function isUnreadable(error: unknown): boolean {
  return PagefoldError.isInstance(error) && UNREADABLE.has(error.code);
}
