import { SessionManagerError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';

/** A call that ended a worker twice, or comes to a session of which one did. */
export function poisonError({ sessionId }: SessionKey): SessionManagerError {
  return new SessionManagerError('A call to this session ended a worker twice', {
    code: 'POISON_COMMAND',
    data: { sessionId },
  });
}

/** The worker of a session is down, and nothing was recorded; the cause is how it ended last. */
export function unavailableError(retryAfterMs: number, cause: Error | null): SessionManagerError {
  return new SessionManagerError(
    `The worker of this session keeps ending; it is started again in ${retryAfterMs} ms`,
    { code: 'SHARD_UNAVAILABLE', data: { retryAfterMs }, cause: cause ?? undefined },
  );
}

/** A worker ended before it took its first call. */
export function notStartedError(cause: Error | null): SessionManagerError {
  return new SessionManagerError('A worker could not be started', {
    code: 'SHARD_UNAVAILABLE',
    cause: cause ?? undefined,
  });
}

/** A commit was announced, and whoever could say what became of it is gone. */
export function lostCommitError(cause?: unknown): SessionManagerError {
  return new SessionManagerError('The worker ended while the commit was under way', {
    code: 'UNKNOWN_OUTCOME',
    cause,
  });
}
