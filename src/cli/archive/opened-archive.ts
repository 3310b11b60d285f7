import { openPagefold, type Pagefold } from '../../api/pagefold.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { SessionManagerError } from '../../domain/errors.ts';
import type { SessionStats } from '../../domain/session-stats.ts';
import type { Session } from '../../domain/session.ts';
import { decodeSource } from '../chat-export/source-text.ts';
import { createMemoryArtifactStore } from '../../runtime/artifact-stores.ts';
import type { Terminal } from '../terminal.ts';
import { bringsContents, openArchive, type ReadSession } from './session-archive.ts';

/** For all of an archive, which is in memory as a text already. */
const ROOM = { maxBytes: Number.MAX_SAFE_INTEGER, maxArtifacts: Number.MAX_SAFE_INTEGER } as const;

/** A place for the content that an archive brings. */
export function roomForContents(): ArtifactStore {
  return createMemoryArtifactStore(ROOM);
}

/** A session that was restored from an archive. */
export interface OpenedSession {
  readonly pagefold: Pagefold;
  /** Everything that was restored; the session is the last, before it are those it was forked from. */
  readonly restored: readonly ReadSession[];
  readonly session: Session;
  readonly stats: SessionStats;
}

/**
 * Restores an archive in a runtime of its own, checks that what was restored reads back and adds up, and hands it over for
 * as long as `use` takes.
 * @throws INVALID_INPUT naming file and line.
 */
export async function withArchive(
  path: string,
  terminal: Terminal,
  use: (opened: OpenedSession) => Promise<void>,
): Promise<void> {
  const source = decodeSource(path, await terminal.readFile(path));
  const timeToLive = { absoluteMs: null, slidingMs: null };
  // Only then, so that what is written again is the same.
  const artifacts = bringsContents(source) ? roomForContents() : undefined;
  await using pagefold = await openPagefold({ tokens: 'estimate', timeToLive, artifacts });
  const restored = await openArchive(pagefold, source);
  const key = restored.at(-1)?.key;
  if (key === undefined) throw new TypeError('an archive has at least one session');
  const manager = pagefold.session(key.sessionId, { tenant: key.tenant });
  const session = await manager.getSession();
  const stats = await manager.getStats();
  verify(session, stats);
  await use({ pagefold, restored, session, stats });
}

/** The figures a session keeps while it is written must be those that its events come to. */
function verify(session: Session, stats: SessionStats): void {
  const isSame =
    stats.totalEvents === session.events.length &&
    stats.totalTokens === session.tokenSummary.totalTokens &&
    stats.costUsd === session.tokenSummary.totalEstimatedCostUsd &&
    stats.sessionSegments === session.segments.length;
  if (isSame) return;
  throw new SessionManagerError('The restored session does not add up to its figures');
}
