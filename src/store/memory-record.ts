import { countOverflow } from '../domain/exact-sum.ts';
import type { AppendParams, AppendResult } from './append-move.ts';
import { type ChainMove, firstLink, nextLink } from './history-chain.ts';
import { labelsCost, ledgerCost, outboxCost, RECORD_BYTES, WRITER_BYTES } from './memory-cost.ts';
import { type MemorySession, NO_LABELS } from './memory-session.ts';
import type { MemoryState } from './memory-state.ts';
import type { SessionLabels } from './session-head.ts';
import type { CopiedTexts, TextCopier } from './text-copier.ts';
import { hashText64 } from './text-hash.ts';
import { type LedgerEntry, NEVER_RECORDED, WriterLedger } from './writer-ledger.ts';

/** A move that has passed every check against the session's state. */
interface AcceptedMove {
  /** Null when the move creates the session. */
  readonly session: MemorySession | null;
  readonly params: AppendParams;
  readonly nowMs: number;
}

/**
 * Records an accepted move with everything that belongs to it.
 * @throws COUNT_OVERFLOW, OVERLOADED without any change.
 */
export function recordMove(state: MemoryState, move: AcceptedMove): AppendResult {
  const { params, nowMs } = move;
  assertCountable(state, move);
  // Copies come first: their sizes decide whether there is room, and nothing may change before that.
  const copies = state.copier.copyAll(params.records);
  const labels = params.labels === undefined ? null : copyLabels(state.copier, params.labels);
  state.assertRoom(needOf(state, move, copies), nowMs);
  const session = move.session ?? openSession(state, move);
  const firstPosition = session.log.length + 1;
  const writer = state.writers.resolve(params.write.writer);
  const { operation } = params.write;
  pushRecords(session, copies.texts, { writer: writer.hash, operation });
  state.meter.addRecords(session, copies.texts.length, recordsCost(copies));
  noteWriter(state, session, {
    writer: writer.text,
    operation,
    position: firstPosition,
    atMs: nowMs,
  });
  if (labels !== null) relabel(state, session, labels);
  applyConditions(session, params);
  applyOutbox(state, session, params);
  countIn(state, session, params);
  session.prolongLife(nowMs);
  state.watch(session);
  return {
    kind: 'ok',
    point: session.point(),
    firstPosition,
    tail: session.tail(params.known?.version ?? 0, firstPosition - 1),
    expiresAtMs: session.expiresAtMs,
  };
}

/** Remembers a creation that came to a session which is there; late copies of it must not create it anew. */
export function noteRefusedCreation(
  state: MemoryState,
  refused: {
    readonly session: MemorySession;
    readonly params: AppendParams;
    readonly nowMs: number;
  },
): void {
  const { session, params, nowMs } = refused;
  const { operation, writer } = params.write;
  const ledger = session.refusedCreations ?? new WriterLedger();
  const sizeBefore = ledger.size;
  if ((ledger.find(writer)?.operation ?? 0) >= operation) return;
  const { text } = state.writers.resolve(writer);
  ledger.record({ writer: text, operation, position: NEVER_RECORDED, atMs: nowMs });
  ledger.forgetBefore(nowMs - state.settings.retryHorizonMs);
  const target = session;
  target.refusedCreations = ledger;
  state.meter.charge(session, (ledger.size - sizeBefore) * WRITER_BYTES);
}

/** The sums of the tenant hold those of its sessions, and more. */
function assertCountable(state: MemoryState, { session, params }: AcceptedMove): void {
  const { counters, key } = params;
  const isExact =
    (session?.usage.canAdd(counters) ?? true) &&
    (state.shelf(key.tenant)?.usage.canAdd(counters) ?? true);
  if (!isExact) throw countOverflow();
}

function needOf(
  state: MemoryState,
  move: AcceptedMove,
  copies: CopiedTexts,
): { readonly bytes: number; readonly sessions: number } {
  const { params, session } = move;
  const labels = params.labels === undefined ? 0 : labelsCost(params.labels);
  const outbox = (params.outbox?.add ?? []).reduce((sum, entry) => sum + outboxCost(entry.id), 0);
  const place = session === null ? state.costOfCreating(params.key) : WRITER_BYTES;
  return {
    bytes: recordsCost(copies) + labels + outbox + place,
    sessions: session === null ? 1 : 0,
  };
}

function openSession(state: MemoryState, move: AcceptedMove): MemorySession {
  const session = state.create(move.params.key, move.nowMs);
  if (move.params.timeToLive !== undefined) session.limitLife(move.params.timeToLive, move.nowMs);
  return session;
}

function pushRecords(session: MemorySession, texts: readonly string[], move: ChainMove): void {
  let link = session.log.linkAt(session.log.length) ?? linkBeforeFirst(session);
  texts.forEach((text, index) => {
    link = nextLink(link, move, index);
    session.log.push(text, link);
  });
}

function linkBeforeFirst(session: MemorySession): number {
  return firstLink(
    hashText64([session.tenant, session.sessionId, session.incarnation].join('\u0000')),
  );
}

function recordsCost(copies: CopiedTexts): number {
  return copies.texts.length * RECORD_BYTES + copies.bytes;
}

function relabel(state: MemoryState, session: MemorySession, labels: SessionLabels): void {
  const bytes = labelsCost(labels) - labelsCost(session.labels);
  state.openShelf(session.tenant).relabel(session, labels);
  state.meter.charge(session, bytes);
}

function applyConditions(session: MemorySession, params: AppendParams): void {
  const target = session;
  target.openSegment = params.openSegment ?? session.openSegment;
  target.epoch = Math.max(session.epoch, params.guards?.epoch ?? 0);
}

function applyOutbox(state: MemoryState, session: MemorySession, params: AppendParams): void {
  for (const id of params.outbox?.remove ?? []) state.outbox.take(session, id);
  for (const entry of params.outbox?.add ?? []) state.outbox.put(session, entry.id, entry.dueAtMs);
}

function noteWriter(state: MemoryState, session: MemorySession, entry: LedgerEntry): void {
  const { ledger } = session;
  const costBefore = ledgerCost(ledger.size);
  ledger.record(entry);
  ledger.forgetBefore(entry.atMs - state.settings.retryHorizonMs);
  state.meter.charge(session, ledgerCost(ledger.size) - costBefore);
}

function countIn(state: MemoryState, session: MemorySession, params: AppendParams): void {
  const shelf = state.openShelf(session.tenant);
  session.usage.add(params.counters);
  shelf.usage.add(params.counters);
  shelf.moveToFront(session, state.nextSequence());
}

function copyLabels(copier: TextCopier, labels: SessionLabels): SessionLabels {
  return Object.freeze({
    userId: labels.userId === null ? null : copier.copy(labels.userId),
    properties: copyProperties(copier, labels.properties),
  });
}

function copyProperties(
  copier: TextCopier,
  properties: SessionLabels['properties'],
): SessionLabels['properties'] {
  const entries = Object.entries(properties);
  if (entries.length === 0) return NO_LABELS.properties;
  const copies = entries.map(([name, value]) => [copier.copy(name), copier.copy(value)]);
  return Object.freeze<Record<string, string>>(Object.fromEntries(copies));
}
