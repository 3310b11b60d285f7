import { appendUntilKnown } from '../actors/append-retry.ts';
import { countersOf, labelsOf } from '../actors/commit-figures.ts';
import { FOLLOW_UP_DELAY_MS, linkParentId } from '../domain/decision.ts';
import { PagefoldError, SessionAlreadyExists, SessionManagerError } from '../domain/errors.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { newWriterId, randomFraction } from '../runtime/system.ts';
import { encodeRecord } from '../store/codec.ts';
import type { AppendParams, HistoryPoint, OutboxEntry } from '../store/store.ts';
import { halfDone } from './half-done.ts';
import {
  type ImportLog,
  importMark,
  isUnfinished,
  NEVER_MS,
  presenceOf,
} from './import-presence.ts';
import { afterTakingBack, takeBackBeginning, takeBackImport } from './import-undo.ts';

/** Records that one append of an import holds. */
export const APPEND_RECORDS = 256;

/** Times that others may be met on the way before the import gives up. */
const ROUNDS = 64;

/** A session that an import wrote. */
export interface WrittenImport {
  readonly incarnation: string;
  /** Another import of the same log had a hand in it, so that it is not this one's to take back. */
  readonly isShared: boolean;
}

/** How far an import has come. */
interface Progress {
  /** Where the session is; null before it is there. It holds the log up to there, and nothing else. */
  readonly known: HistoryPoint | null;
  readonly isShared: boolean;
}

/** What one append holds. */
interface Batch {
  readonly events: readonly LogEvent[];
  /** The state after it. */
  readonly state: SessionState;
  /** Records of the whole log up to its end. */
  readonly end: number;
}

/** What one append came to, and where the session is since. */
interface Step {
  /** False when the session is elsewhere than this import left it. */
  readonly isWritten: boolean;
  readonly point: HistoryPoint;
}

/**
 * Writes a session's records in order, and takes back what was written when the rest cannot be. Where an import of the same
 * log stopped half-way, or is under way elsewhere, it goes on from what is there. Null when the session is there as a whole
 * already.
 * @throws SESSION_ALREADY_EXISTS, SESSION_CONFLICT, UNKNOWN_OUTCOME, and what the store refuses with.
 */
export async function writeImport(runtime: Runtime, log: ImportLog): Promise<WrittenImport | null> {
  const writer = newWriterId();
  const { length } = log.events;
  let progress: Progress = { known: null, isShared: false };
  for (let operation = 1; lengthOf(progress) < length; operation += 1) {
    const batch = batchAt(log, lengthOf(progress));
    try {
      // In order: each batch follows the one before.
      const step = await append(runtime, log, { batch, known: progress.known, writer, operation });
      const next = step.isWritten
        ? { known: step.point, isShared: progress.isShared }
        : await goOn(runtime, log, { progress, point: step.point });
      if (next === 'whole') return null;
      progress = next;
      if (operation > log.states.length + ROUNDS) throw othersWrote();
    } catch (error) {
      throw await takenBack(runtime, log, { progress, batch, error });
    }
  }
  if (progress.known === null) throw new TypeError('an export has at least one record');
  return { incarnation: progress.known.incarnation, isShared: progress.isShared };
}

function lengthOf({ known }: Progress): number {
  return known?.version ?? 0;
}

function batchAt({ events, states }: ImportLog, version: number): Batch {
  const index = Math.floor(version / APPEND_RECORDS);
  const end = Math.min((index + 1) * APPEND_RECORDS, events.length);
  const state = states[index];
  if (state === undefined) throw new TypeError('there is a state after each append');
  return { events: events.slice(version, end), state, end };
}

async function append(
  runtime: Runtime,
  log: ImportLog,
  move: {
    readonly batch: Batch;
    readonly known: HistoryPoint | null;
    readonly writer: string;
    readonly operation: number;
  },
): Promise<Step> {
  const { batch, known, writer, operation } = move;
  const { events, state } = batch;
  const { clock, limits, store } = runtime;
  const params: AppendParams = {
    key: log.key,
    write: { writer, operation },
    known,
    mode: 'expected',
    records: events.map(encodeRecord),
    counters: countersOf(events),
    labels: labelsOf(state),
    openSegment: state.open.number,
    outbox: outboxOf(log, { batch, isFirst: known === null }, clock.nowMs()),
    ...(known === null ? { timeToLive: log.timeToLive } : {}),
  };
  const { result } = await appendUntilKnown(store, params, {
    clock,
    limits,
    random: randomFraction,
    count: () => undefined,
  });
  switch (result.kind) {
    case 'ok':
      return { isWritten: true, point: result.point };
    case 'duplicate':
      // Others may have written after the copy that was recorded.
      return { isWritten: result.point.version === batch.end, point: result.point };
    case 'conflict':
      return { isWritten: false, point: result.point };
    default:
      throw othersWrote();
  }
}

/**
 * The reminder that the parent has to know of the session, put off by each append, and the mark of an import that has not come to
 * its end.
 */
function outboxOf(
  log: ImportLog,
  { batch: { state, end }, isFirst }: { readonly batch: Batch; readonly isFirst: boolean },
  nowMs: number,
): NonNullable<AppendParams['outbox']> {
  const { parentId } = state;
  const isLast = end === log.events.length;
  const mark = importMark(log);
  const add: OutboxEntry[] = isFirst && !isLast ? [{ id: mark, dueAtMs: NEVER_MS }] : [];
  if (parentId !== null)
    add.push({ id: linkParentId(parentId), dueAtMs: nowMs + FOLLOW_UP_DELAY_MS });
  return { add, remove: isLast && !isFirst ? [mark] : [] };
}

/** Where to go on when the session is elsewhere than this import left it. */
async function goOn(
  runtime: Runtime,
  log: ImportLog,
  { progress, point }: { readonly progress: Progress; readonly point: HistoryPoint },
): Promise<Progress | 'whole'> {
  const presence = await presenceOf(runtime, log, point);
  if (progress.known !== null) {
    if (presence !== 'beginning' && presence !== 'whole') throw othersWrote();
    return { known: point, isShared: true };
  }
  if (presence === 'whole') return presence;
  // It went meanwhile, and may be created.
  if (presence === 'gone') return progress;
  if (presence !== 'of others' && (await isUnfinished(runtime, log))) {
    if (presence === 'beginning') return { known: point, isShared: true };
    // Its records would not follow those that they followed where they come from.
    const { incarnation, version } = point;
    const events = log.events.slice(0, version);
    if (await takeBackImport(runtime, { key: log.key, incarnation, events })) return progress;
  }
  throw new SessionAlreadyExists({ sessionId: log.key.sessionId });
}

/** The error of an import that failed, once what it wrote is taken back as far as that can be. */
async function takenBack(
  runtime: Runtime,
  log: ImportLog,
  failure: { readonly progress: Progress; readonly batch: Batch; readonly error: unknown },
): Promise<unknown> {
  const { error, batch } = failure;
  const { known, isShared } = failure.progress;
  // What nobody answers for may be there. What follows it is of another import of the same log.
  const end = isUnknown(error) ? batch.end : (known?.version ?? 0);
  if (end === 0) return error;
  // A whole session may be what another import has brought.
  if (isShared || end === log.events.length) return halfDone('importSession', error);
  const written = { key: log.key, events: log.events.slice(0, end) };
  return afterTakingBack(runtime, error, async () => {
    if (known !== null)
      return takeBackImport(runtime, { ...written, incarnation: known.incarnation });
    return (await isUnfinished(runtime, log)) && takeBackBeginning(runtime, written);
  });
}

function isUnknown(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'UNKNOWN_OUTCOME';
}

function othersWrote(): SessionManagerError {
  return new SessionManagerError('Another writer changed the session while it was imported', {
    code: 'SESSION_CONFLICT',
  });
}
