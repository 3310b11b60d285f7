import { SessionManagerError } from '../domain/errors.ts';
import { evolveAll } from '../domain/evolve.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { AppendResult } from '../store/store.ts';
import type { Commit } from './commit.ts';
import { absorbTail, type LoadedSession, type Reader } from './session-loader.ts';

/** A commit that the store recorded, and the session it was decided on. */
export interface RecordedCommit {
  readonly commit: Commit;
  readonly session: LoadedSession | null;
  readonly result: Extract<AppendResult, { readonly kind: 'ok' | 'duplicate' }>;
}

/**
 * The session after a recorded commit, with what others recorded before it in the order of the log.
 * @throws UNKNOWN_OUTCOME when that cannot be read: the commit is in the log, but the caller cannot be told where it left
 * the session, and any other error would promise that nothing happened.
 */
export async function absorbCommit(
  reader: Reader,
  recorded: RecordedCommit,
): Promise<LoadedSession> {
  const { commit, session, result } = recorded;
  const { point, expiresAtMs, tail } = result;
  const snapshotVersion = session?.snapshotVersion ?? 0;
  const hasUnseen = tail.records.length > 0 || !tail.isComplete;
  if (!hasUnseen && commit.state !== null) {
    return { state: commit.state, point, expiresAtMs, snapshotVersion };
  }
  const state = await stateWithTail(reader, recorded).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  if (state === null) throw unreadable();
  return { state, point, expiresAtMs, snapshotVersion };
}

async function stateWithTail(
  reader: Reader,
  { commit, session, result }: RecordedCommit,
): Promise<SessionState | null> {
  const { kind, tail, point, firstPosition } = result;
  // After a repeated write the tail holds our own records too.
  const version = kind === 'ok' ? firstPosition - 1 : point.version;
  const before = await absorbTail(reader, { session, tail, point, version });
  return before === null || kind === 'duplicate' ? before : evolveAll(before, commit.events);
}

function unreadable(cause?: unknown): SessionManagerError {
  return new SessionManagerError(
    'The commit is recorded, but the log before it could not be read',
    {
      code: 'UNKNOWN_OUTCOME',
      cause,
    },
  );
}
