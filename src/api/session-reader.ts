import type { SessionKey } from '../domain/ids.ts';
import { promptTokensOf } from '../domain/evolve.ts';
import type { OpenSegment } from '../domain/segment.ts';
import { addEntries, createHistory, type Session, toSession } from '../domain/session-history.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { type LogEntry, readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';

/** Where sessions are read from. */
export interface ReadSource {
  readonly store: Store;
  readonly key: SessionKey;
  /** The life of the session that was seen; see `LogRange`. */
  readonly lifeId?: string | undefined;
}

/** Fewest and most records of the first look backwards; each further look doubles, so that the whole stays linear. */
const MIN_FIRST_LOOK = 64;
/** See {@link MIN_FIRST_LOOK}; a few short messages say little about how many more are needed. */
const MAX_FIRST_LOOK = 512;
/** By how much the counts of two models, and of recorded and rendered content, differ at most in practice. */
const COUNT_MARGIN = 2;
/** By how much the latest messages may be shorter than those of their segment are on average, so that one look is enough. */
const LENGTH_MARGIN = 1.125;

/**
 * The whole session as it was at a version, read and folded in one pass.
 * @throws SESSION_NOT_FOUND
 */
export async function readSession(
  source: ReadSource,
  { version }: Pick<SessionState, 'version'>,
): Promise<Session> {
  const history = createHistory(source.key);
  // What is written while it is read came after it was asked for.
  const range = { fromPosition: 1, toPosition: version };
  for await (const page of readLog(source.store, { ...logOf(source), ...range }))
    addEntries(history, page);
  return toSession(history);
}

/** All records of a stretch of the log. */
export async function readEntries(
  source: ReadSource,
  range: { readonly fromPosition: number; readonly toPosition: number },
): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const page of readLog(source.store, { ...logOf(source), ...range }))
    entries.push(...page);
  return entries;
}

/** A recorded event, and where it is in the log. */
export interface PlacedEvent extends SessionEvent {
  readonly position: number;
}

/** Recorded events in the order of the log, from a position on. */
export async function* readEvents(
  source: ReadSource,
  range: { readonly fromPosition: number; readonly toPosition?: number },
): AsyncGenerator<PlacedEvent> {
  for await (const page of readLog(source.store, { ...logOf(source), ...range })) {
    for (const { event, position } of page)
      if (event.type === 'event-recorded') yield { ...event.event, position };
  }
}

/**
 * The latest events whose content surely fills a token budget, oldest first, beginning with a question; reads no more of the
 * log than that needs. Without a budget everything from `fromPosition` on.
 */
export async function readLatestEvents(
  source: ReadSource,
  params: {
    readonly state: SessionState;
    readonly fromPosition: number;
    readonly maxTokens: number | null;
    /** What was counted one token when it was recorded counts at least so many now. */
    readonly factor: number;
  },
): Promise<readonly SessionEvent[]> {
  const { state, fromPosition, factor } = params;
  const maxTokens = params.maxTokens === null ? null : params.maxTokens / factor;
  let events: readonly SessionEvent[] = [];
  let end = state.version;
  let size = maxTokens === null ? Number.MAX_SAFE_INTEGER : firstLook(state.open, maxTokens);
  while (end >= fromPosition) {
    const start = Math.max(fromPosition, end - size + 1);
    // In order: whether another look is needed shows in the one before.
    const older = await readStretch(source, start, end);
    events = [...older, ...events];
    end = start - 1;
    size *= 2;
    if (end < fromPosition || maxTokens === null) continue;
    const whole = fromFirstQuestion(events);
    if (isEnough(whole, maxTokens)) return whole;
  }
  return events;
}

/** About as many records as hold what {@link isEnough} asks for. */
function firstLook(
  { tokens, messages }: Pick<OpenSegment, 'tokens' | 'messages'>,
  maxTokens: number,
): number {
  if (messages === 0 || tokens === 0) return MIN_FIRST_LOOK;
  const needed = Math.ceil((LENGTH_MARGIN * COUNT_MARGIN * maxTokens * messages) / tokens);
  return Math.min(MAX_FIRST_LOOK, Math.max(MIN_FIRST_LOOK, needed));
}

async function readStretch(
  source: ReadSource,
  fromPosition: number,
  toPosition: number,
): Promise<readonly SessionEvent[]> {
  const events: SessionEvent[] = [];
  for await (const page of readLog(source.store, { ...logOf(source), fromPosition, toPosition }))
    for (const { event } of page) if (event.type === 'event-recorded') events.push(event.event);
  return events;
}

/** The log of a source, whole. */
export function logOf({ key, lifeId }: ReadSource): Pick<ReadSource, 'key' | 'lifeId'> {
  return { key, lifeId };
}

/** What was read may begin in the middle of an exchange, which a prompt must not show without its question. */
function fromFirstQuestion(events: readonly SessionEvent[]): readonly SessionEvent[] {
  const first = events.findIndex((event) => event.type === 'message' && event.source === 'user');
  return first < 0 ? [] : events.slice(first);
}

/** Tokens were counted for the model of each event; for another one, and rendered, they can be fewer. */
function isEnough(events: readonly SessionEvent[], maxTokens: number): boolean {
  const tokens = events.reduce((sum, event) => sum + promptTokensOf(event), 0);
  return tokens > COUNT_MARGIN * maxTokens;
}
