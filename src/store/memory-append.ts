import type { AppendParams, AppendResult } from './append-move.ts';
import type { HistoryPoint } from './history-point.ts';
import { noteRefusedCreation, recordMove } from './memory-record.ts';
import type { MemorySession } from './memory-session.ts';
import type { MemoryState } from './memory-state.ts';
import { assertAppendParams } from './params-check.ts';
import { type LedgerEntry, NEVER_RECORDED, type WriterLedger } from './writer-ledger.ts';

/**
 * Carries out one append as a single step.
 * @throws INVALID_INPUT, COUNT_OVERFLOW or OVERLOADED, all without any change.
 */
export function appendMove(state: MemoryState, params: AppendParams, nowMs: number): AppendResult {
  assertAppendParams(params);
  const session = state.find(params.key, nowMs);
  if (session === null) return appendToMissing(state, params, nowMs);
  const refusal = refusalOf(session, params);
  if (refusal !== null) {
    if (refusal.kind === 'conflict' && params.known === null) {
      noteRefusedCreation(state, { session, params, nowMs });
    }
    return refusal;
  }
  return recordMove(state, { session, params, nowMs });
}

function appendToMissing(state: MemoryState, params: AppendParams, nowMs: number): AppendResult {
  const writers = state.graveyard.writersOf(params.key);
  if (params.known !== null) {
    return writers === null ? { kind: 'regressed', point: null } : goneFor(writers, params);
  }
  const earlier = writers?.find(params.write.writer) ?? null;
  if (earlier !== null && params.write.operation <= earlier.operation) {
    return lateCopy(params, earlier);
  }
  return recordMove(state, { session: null, params, nowMs });
}

/** A write that is not in the log of the present session, and whose writer is remembered with it or a later one. */
function lateCopy(params: AppendParams, earlier: LedgerEntry): AppendResult {
  return params.write.operation === earlier.operation
    ? { kind: 'gone', wasRecorded: earlier.position !== NEVER_RECORDED }
    : { kind: 'stale-write' };
}

function goneFor(writers: WriterLedger, { write }: AppendParams): AppendResult {
  const latest = writers.find(write.writer);
  // Only the last write of a writer is remembered: what became of those before it is not known.
  if (latest !== null && latest.operation > write.operation) return { kind: 'gone' };
  const isLatest = latest?.operation === write.operation;
  return { kind: 'gone', wasRecorded: isLatest && latest.position !== NEVER_RECORDED };
}

function refusalOf(session: MemorySession, params: AppendParams): AppendResult | null {
  const { known, write, guards } = params;
  if (known !== null && known.incarnation !== session.incarnation) {
    return goneFor(session.ledger, params);
  }
  if (known !== null && !session.hasPassed(known)) {
    return { kind: 'regressed', point: session.point() };
  }
  const earlier = session.ledger.find(write.writer);
  if (earlier !== null && write.operation <= earlier.operation) {
    return repetition(session, params, earlier);
  }
  if (guards?.epoch !== undefined && guards.epoch < session.epoch) {
    return { kind: 'fenced', epoch: session.epoch };
  }
  if (meetsConditions(session, params)) return null;
  return {
    kind: 'conflict',
    point: session.point(),
    tail: session.tail(versionOf(known), session.log.length),
  };
}

function repetition(
  session: MemorySession,
  params: AppendParams,
  earlier: LedgerEntry,
): AppendResult {
  const { operation } = params.write;
  // A copy that was recorded before the present session went with the one it was recorded in.
  if (operation < earlier.operation || earlier.position < 1) return lateCopy(params, earlier);
  return {
    kind: 'duplicate',
    point: session.point(),
    firstPosition: earlier.position,
    tail: session.tail(versionOf(params.known), session.log.length),
    expiresAtMs: session.expiresAtMs,
  };
}

function meetsConditions(session: MemorySession, params: AppendParams): boolean {
  const { known, mode, guards } = params;
  if (mode === 'expected' && versionOf(known) !== session.log.length) return false;
  return guards?.segment === undefined || guards.segment === session.openSegment;
}

function versionOf(known: HistoryPoint | null): number {
  return known?.version ?? 0;
}
