import { PagefoldError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ContentArchive } from '../runtime/content-archive.ts';
import { decodeRecord } from '../store/codec.ts';
import type { Store, TimeToLive } from '../store/store.ts';
import { contentLines, type NamedContents, noteContent } from './export-contents.ts';
import { type GivenLife, lifeOfItsOwn } from './exported-life.ts';
import { outOfReach } from './removal-target.ts';
import type { ReadSource } from './session-reader.ts';
import { forkIn, lastShared, type SharedEnd } from './shared-history.ts';

/** What the header of an export calls its format. */
export const FORMAT = 'pagefold-session';
/** Version of an export whose further lines are records in the form of the store's codec. */
const RECORDS_ONLY = 1;
/** As {@link RECORDS_ONLY}, and then lines with the content that was too large for those records. */
export const WITH_CONTENTS = 2;

const READ_RECORDS = 1000;

/** The runtime that a session is exported from. */
export interface ExportingRuntime {
  readonly archive: ContentArchive | null;
  /** What it gives to every session, which an export does not tell. */
  readonly timeToLive: TimeToLive;
}

/**
 * The session as lines of JSON text: a header, then its own records, unchanged, and where there is an archive the content that was too
 * large for them, in parts. A fork names its origin and does not contain the part it shares. The header tells a time to live that is
 * not that of all sessions.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION where there is no archive and the session has content in one, and what the
 * archive rejects with.
 */
export async function* exportSession(
  source: ReadSource,
  { archive, timeToLive }: ExportingRuntime,
): AsyncGenerator<string> {
  const { store, key, lifeId } = source;
  let next = 1;
  let version = 1;
  let incarnation: string | null = null;
  const named: NamedContents = new Map();
  while (next <= version) {
    // In order: the lines are the log.
    const page = await store.read({ key, fromPosition: next, limit: READ_RECORDS });
    if (page === null || page.records.length === 0)
      throw new SessionNotFound({ sessionId: key.sessionId });
    // Another session may have taken the id between two pages.
    if (page.incarnation !== (incarnation ?? page.incarnation))
      throw new SessionNotFound({ sessionId: key.sessionId });
    if (incarnation === null) {
      ({ incarnation, version } = page);
      assertMeant(page.records, { key, lifeId });
      const { tenant, sessionId } = key;
      const format = archive === null ? RECORDS_ONLY : WITH_CONTENTS;
      const header = { format: FORMAT, version: format, tenant, sessionId };
      const shared = await sharedBy(store, key, page.records);
      const life = await lifeToTell(store, { key, incarnation }, timeToLive);
      yield JSON.stringify({ ...header, records: version, ...shared, ...life });
    }
    for (const [index, record] of page.records.slice(0, version - next + 1).entries()) {
      noteContent(named, record, next + index);
      assertReachable(named, archive, key);
      yield JSON.stringify({ record });
    }
    next += page.records.length;
  }
  if (archive !== null) yield* contentLines(archive, key.tenant, named);
}

/** @throws SESSION_NOT_FOUND when it has gone. */
async function lifeToTell(
  store: Store,
  session: { readonly key: SessionKey; readonly incarnation: string },
  usual: TimeToLive,
): Promise<{ readonly timeToLive?: GivenLife }> {
  const life = await lifeOfItsOwn(store, session, usual);
  if (life === null) throw new SessionNotFound({ sessionId: session.key.sessionId });
  return Object.keys(life).length === 0 ? {} : { timeToLive: life };
}

/** An export that leaves content out would be taken for a whole one. */
function assertReachable(
  named: NamedContents,
  archive: ContentArchive | null,
  { sessionId }: SessionKey,
): void {
  if (archive !== null || named.size === 0) return;
  throw outOfReach('export', sessionId);
}

/** Errors of a log that cannot tell what it shares, and is exported all the same: it may be the last that there is of it. */
const UNTOLD: ReadonlySet<string> = new Set([
  'SESSION_NOT_FOUND',
  'HISTORY_REGRESSED',
  'CORRUPT_RECORD',
  'SCHEMA_TOO_NEW',
]);

/** What a fork shares last; nothing for other sessions, and where that cannot be read. */
async function sharedBy(
  store: Store,
  key: SessionKey,
  [first]: readonly string[],
): Promise<{ readonly lastShared?: SharedEnd }> {
  try {
    const fork = first === undefined ? null : forkIn(decodeRecord(first, 1));
    return fork === null ? {} : { lastShared: await lastShared(store, key.tenant, fork) };
  } catch (error) {
    if (PagefoldError.isInstance(error) && UNTOLD.has(error.code)) return {};
    throw error;
  }
}

function assertMeant(
  [first]: readonly string[],
  { key, lifeId }: Pick<ReadSource, 'key' | 'lifeId'>,
): void {
  const created = first === undefined || lifeId === undefined ? null : decodeRecord(first, 1);
  if (created === null) return;
  if (created.type === 'session-created' && created.lifeId === lifeId) return;
  throw new SessionNotFound({ sessionId: key.sessionId });
}
