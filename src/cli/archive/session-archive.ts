import type { Pagefold } from '../../api/pagefold.ts';
import type { SessionManager } from '../../api/session-manager.ts';
import type { GivenLife } from '../../api/exported-life.ts';
import type { ImportResult, ImportTarget } from '../../api/session-transfer.ts';
import { InvalidInput, PagefoldError } from '../../domain/errors.ts';
import { isChatExport } from '../chat-export/chat-export.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { SourceText } from '../chat-export/source-text.ts';

/** How the header of a session's export begins; a record's line begins otherwise. */
const HEADER = /^\s*\{\s*"format"\s*:/;
/** How the line of a part of content begins. */
const CONTENT = /^\{"content":/;
/** How the header of an export begins that brings the content along which was too large for records. */
const WITH_CONTENTS = /^\s*\{\s*"format"\s*:\s*"pagefold-session"\s*,\s*"version"\s*:\s*2\b/m;
/** How a whole session export begins; no chat export does. */
const FIRST_HEADER = /^\s*\{\s*"format"\s*:\s*"pagefold-session"/;

/**
 * The lines of an archive: the session's export, and before it those of the sessions it was forked from, which it cannot
 * be read without.
 * @throws SESSION_NOT_FOUND
 */
export async function* archiveLines(
  pagefold: Pagefold,
  session: SessionManager,
): AsyncGenerator<string> {
  for (const member of await withOrigins(pagefold, session)) {
    // In order: an origin is restored before its forks.
    for await (const line of member.export()) yield `${line}\n`;
  }
}

/** Whether an archive brings along what was too large for records. */
export function bringsContents({ text }: SourceText): boolean {
  return WITH_CONTENTS.test(text);
}

/** A session of an archive that was opened to be read. */
export interface ReadSession extends ImportResult {
  /** When it is to expire where it is restored for good. */
  readonly timeToLive?: GivenLife | undefined;
}

/** However short the life of a session is, reading it may take longer. */
const FOREVER = { absoluteMs: null, slidingMs: null } as const;

/**
 * Opens every session of an archive to be read, in order; the last one is the session it was made for.
 * @throws INVALID_INPUT naming file and line.
 */
export async function openArchive(
  pagefold: Pagefold,
  source: SourceText,
): Promise<readonly ReadSession[]> {
  assertNoChatExport(source);
  const restored: ReadSession[] = [];
  for (const lines of sessionsOf(source.text)) {
    // In order: an origin comes before its forks.
    const result = await restore(pagefold, source, { lines, timeToLive: FOREVER });
    restored.push({ ...result, timeToLive: headerIn(lines).timeToLive });
  }
  return restored;
}

/** A session of an archive: restored, or kept where it is there already and begins with the same records. */
export interface RestoredSession {
  readonly tenant: string;
  readonly sessionId: string;
  readonly records: number;
  readonly isKept: boolean;
}

/**
 * As {@link openArchive} for a store that may hold some of them, one after the other, so that whoever restores knows of each that is there.
 * @throws INVALID_INPUT naming file and line, also where another session has the id.
 */
export async function* restoreArchive(
  pagefold: Pagefold,
  source: SourceText,
): AsyncGenerator<RestoredSession> {
  assertNoChatExport(source);
  for (const lines of sessionsOf(source.text)) {
    try {
      // In order: an origin comes before its forks.
      const { key, records } = await restore(pagefold, source, { lines });
      yield { ...key, records, isKept: false };
    } catch (error) {
      const cause = error instanceof InvalidInput ? error.cause : error;
      if (!PagefoldError.isInstance(cause) || cause.code !== 'SESSION_ALREADY_EXISTS') throw error;
      const { tenant, sessionId } = headerIn(lines);
      const { importedRecords: records } = cause.data;
      if (typeof records !== 'number') throw otherThere(source, { tenant, sessionId });
      yield { tenant, sessionId, records, isKept: true };
    }
  }
}

function otherThere({ name }: SourceText, { tenant, sessionId }: SessionKey): InvalidInput {
  const which = `session ${sessionId} of ${tenant}`;
  return new InvalidInput({
    field: name,
    expected: 'a session export',
    message: `${name}: ${which} is there with fewer records or others; it can be restored once that one is erased`,
  });
}

/**
 * Refuses a session export where a chat export is wanted.
 * @throws INVALID_INPUT naming the file and the commands that read it.
 */
export function assertNoSessionExport(source: SourceText): void {
  if (!FIRST_HEADER.test(source.text)) return;
  throw new InvalidInput({
    field: source.name,
    expected:
      'a chat export, but this is a session export: pagefold show prints it, pagefold import checks it and says what it holds',
  });
}

/** The other sort of file that this program reads is easily taken for this one. */
function assertNoChatExport(source: SourceText): void {
  if (HEADER.test(source.text) || !isChatExport(source)) return;
  throw new InvalidInput({
    field: source.name,
    expected:
      'a session export, but this is a chat export: pagefold export makes a session export of it, pagefold track says what it comes to',
  });
}

/** The lines of an archive that was opened, read back from where it was restored to. */
export async function* restoredLines(
  pagefold: Pagefold,
  restored: readonly ReadSession[],
): AsyncGenerator<string> {
  for (const one of restored) {
    const { tenant, sessionId } = one.key;
    // In order: an origin is restored before its forks.
    yield* firstRecords(pagefold.session(sessionId, { tenant }), one);
  }
}

/** Restoring ends links to sessions that are not in the archive, and records that at the end, where it is no part of it. */
async function* firstRecords(
  session: SessionManager,
  { records, timeToLive }: ReadSession,
): AsyncGenerator<string> {
  let index = 0;
  for await (const line of session.export()) {
    // Content comes after the records.
    if (index > records && !CONTENT.test(line)) continue;
    yield `${index === 0 ? JSON.stringify({ ...parseHeader(line), records, timeToLive }) : line}\n`;
    index += 1;
  }
}

type ArchiveHeader = SessionKey & Pick<ReadSession, 'timeToLive'>;

function parseHeader(line: string): ArchiveHeader {
  return JSON.parse(line) as ArchiveHeader; // our own export wrote it, or an import has read it
}

function headerIn(lines: readonly string[]): ArchiveHeader {
  return parseHeader(lines.find((line) => line.trim() !== '') ?? '{}');
}

async function withOrigins(
  pagefold: Pagefold,
  session: SessionManager,
): Promise<readonly SessionManager[]> {
  const chain = [session];
  for (let { fork } = await session.getSession(); fork !== null;) {
    const origin = pagefold.session(fork.sessionId, { tenant: session.tenant });
    chain.unshift(origin);
    // In order: only an origin knows its own.
    ({ fork } = await origin.getSession());
  }
  return chain;
}

async function restore(
  pagefold: Pagefold,
  source: SourceText,
  { lines, timeToLive }: { readonly lines: readonly string[] } & Pick<ImportTarget, 'timeToLive'>,
): Promise<ImportResult> {
  try {
    return await pagefold.importSession(lines, { timeToLive });
  } catch (cause) {
    if (!PagefoldError.isInstance(cause) || cause.retryable) throw cause;
    throw new InvalidInput({
      field: source.name,
      expected: 'a session export',
      message: `${source.name}: ${cause.message}`,
      cause,
    });
  }
}

/** The lines of each session; blank ones stand for those of the sessions before, so that errors name the file's line. */
function sessionsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) => (HEADER.test(line) ? [index] : []));
  const borders = [0, ...starts.slice(1), lines.length];
  return borders.slice(0, -1).map((start, index) => {
    const before = Array.from({ length: start }, () => '');
    return [...before, ...lines.slice(start, borders[index + 1])];
  });
}
