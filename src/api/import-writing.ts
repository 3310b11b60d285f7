import { appendUntilKnown } from '../actors/append-retry.ts';
import { countersOf, labelsOf } from '../actors/commit-figures.ts';
import { PagefoldError, SessionAlreadyExists, SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { newWriterId, randomFraction } from '../runtime/system.ts';
import { encodeRecord } from '../store/codec.ts';
import type { AppendParams, HistoryPoint } from '../store/store.ts';
import { afterTakingBack, takeBackBeginning, takeBackImport } from './import-undo.ts';

/** Records that one append of an import holds. */
export const APPEND_RECORDS = 256;

/**
 * Writes a session's records in order, and takes back what was written when the rest cannot be. Returns the incarnation of the
 * session that was written.
 * @throws SESSION_ALREADY_EXISTS, SESSION_CONFLICT, UNKNOWN_OUTCOME, and what the store refuses with.
 */
export async function writeImport(
  runtime: Runtime,
  key: SessionKey,
  log: { readonly events: readonly LogEvent[]; readonly states: readonly SessionState[] },
): Promise<string> {
  const writer = newWriterId();
  let known: HistoryPoint | null = null;
  for (const [batch, state] of log.states.entries()) {
    const events = log.events.slice(batch * APPEND_RECORDS, (batch + 1) * APPEND_RECORDS);
    try {
      // In order: each batch follows the one before.
      known = await appendBatch(runtime, {
        key,
        writer,
        operation: batch + 1,
        events,
        state,
        known,
      });
    } catch (error) {
      const written = { key, events: log.events };
      if (known !== null) {
        const { incarnation } = known;
        throw await afterTakingBack(runtime, error, () =>
          takeBackImport(runtime, { ...written, incarnation }),
        );
      }
      if (isUnknown(error))
        throw await afterTakingBack(runtime, error, () =>
          takeBackBeginning(runtime, written, APPEND_RECORDS),
        );
      throw error;
    }
  }
  if (known === null) throw new TypeError('an export has at least one record');
  return known.incarnation;
}

function isUnknown(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'UNKNOWN_OUTCOME';
}

async function appendBatch(
  runtime: Runtime,
  batch: {
    readonly key: SessionKey;
    readonly writer: string;
    readonly operation: number;
    readonly events: readonly LogEvent[];
    readonly state: SessionState;
    readonly known: HistoryPoint | null;
  },
): Promise<HistoryPoint> {
  const { key, writer, operation, events, state, known } = batch;
  const params: AppendParams = {
    key,
    write: { writer, operation },
    known,
    mode: 'expected',
    records: events.map(encodeRecord),
    counters: countersOf(events),
    labels: labelsOf(state),
    openSegment: state.open.number,
    ...(known === null ? { timeToLive: runtime.timeToLive } : {}),
  };
  const { clock, limits, store } = runtime;
  const { result } = await appendUntilKnown(store, params, {
    clock,
    limits,
    random: randomFraction,
    count: () => undefined,
  });
  if (result.kind === 'ok' || result.kind === 'duplicate') return result.point;
  if (result.kind === 'conflict' && known === null)
    throw new SessionAlreadyExists({ sessionId: key.sessionId });
  throw new SessionManagerError('Another writer changed the session while it was imported', {
    code: 'SESSION_CONFLICT',
  });
}
