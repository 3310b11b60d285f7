import { SessionManagerError } from '../domain/errors.ts';

/** The refusal of whatever is begun after closing has begun. */
export function closedError(): SessionManagerError {
  return new SessionManagerError('The runtime is closed', { code: 'CLOSED' });
}
