import { assertNever } from './assert.ts';
import { type Calibrations, withObservation } from './calibration.ts';
import { fingerprintOf } from './event-fingerprint.ts';
import { applyMapChange } from './event-metadata.ts';
import type {
  ChildChanged,
  EventRecorded,
  EventUsageChanged,
  LogEvent,
  SegmentClosed,
  SegmentsSummarised,
  SessionCreated,
  SummaryApplied,
} from './log-event.ts';
import { isEnded, type SessionRun } from './run.ts';
import { growthOf } from './prompt-growth.ts';
import { nextSegment, withRecordedEvent } from './segment-growth.ts';
import {
  MAX_RESIDENT_SEGMENTS,
  MESSAGE_OVERHEAD_TOKENS,
  openSegment,
  type ClosedSegment,
} from './segment.ts';
import type { SessionEvent } from './session-event.ts';
import {
  KEY_RETENTION_MS,
  MAX_CORRECTIONS,
  MAX_ENDED_RUNS,
  MAX_REMEMBERED_KEYS,
  type RememberedKey,
  type SessionState,
} from './session-state.ts';
import { countEvent, NO_TOTALS, withFigures, withRecorded } from './totals.ts';

/**
 * The state after one more record of the log. Pure: the same records give the same state in every process.
 * `state` is null before the first record, and the parent's state at the fork position for the first record of a fork.
 */
export function evolve(state: SessionState | null, event: LogEvent): SessionState {
  if (event.type === 'session-created') return begin(state, event);
  if (state === null) throw new TypeError(`a log cannot begin with ${event.type}`);
  // Nearly every record is one of these: copying its state once and not twice is worth the line.
  if (event.type === 'event-recorded') return record(state, event);
  return { ...change(state, event), version: state.version + 1, updatedAtMs: event.atMs };
}

/** Folds records, oldest first. */
export function evolveAll(
  state: SessionState | null,
  events: readonly LogEvent[],
): SessionState | null {
  return events.reduce<SessionState | null>(evolve, state);
}

function begin(origin: SessionState | null, event: SessionCreated): SessionState {
  const identity = {
    sessionId: event.sessionId,
    lifeId: event.lifeId,
    tenant: event.tenant,
    createdAtMs: event.atMs,
    updatedAtMs: event.atMs,
    parentId: event.parentId,
    fork: event.fork,
    children: [],
    runs: [],
    rememberedKeys: [],
  };
  if (event.fork !== null) return beginFork(origin, event, identity);
  return {
    ...identity,
    version: 1,
    lastEventAtMs: null,
    systemPrompt: null,
    systemPromptTokens: 0,
    properties: event.properties,
    values: {},
    totals: NO_TOTALS,
    open: openSegment(1, 2),
    spans: [],
    closed: [],
    latestMessage: null,
    calibrations: [],
    corrections: [],
    conversationTokens: 0,
    memoryRevision: 0,
    openTurn: null,
    namesContent: false,
  };
}

/** A fork keeps the conversation of its origin; what was paid for it stays with the origin, so that sums add up. */
function beginFork(
  origin: SessionState | null,
  event: SessionCreated,
  identity: Pick<
    SessionState,
    | 'sessionId'
    | 'lifeId'
    | 'tenant'
    | 'createdAtMs'
    | 'updatedAtMs'
    | 'parentId'
    | 'fork'
    | 'children'
    | 'runs'
    | 'rememberedKeys'
  >,
): SessionState {
  if (origin === null) throw new TypeError('a fork begins from the state of its origin');
  const { totals } = origin;
  return {
    ...origin,
    ...identity,
    namesContent: false,
    version: origin.version + 1,
    properties: { ...origin.properties, ...event.properties },
    totals: {
      ...NO_TOTALS,
      counts: totals.counts,
      promptTokens: totals.promptTokens,
      completionTokens: totals.completionTokens,
      totalTokens: totals.totalTokens,
    },
  };
}

function change(
  state: SessionState,
  event: Exclude<LogEvent, SessionCreated | EventRecorded>,
): SessionState {
  switch (event.type) {
    case 'event-usage-changed': {
      const without = withFigures(state.totals, event.before, -1);
      const totals = withFigures(without, event.after, 1);
      return { ...state, totals, corrections: withCorrection(state, event) };
    }
    case 'event-metadata-changed':
      return state;
    case 'segment-closed':
      return closeSegment(state, event);
    case 'summary-applied':
      return applySummary(state, event);
    case 'segments-summarised':
      return summariseSegments(state, event);
    case 'system-prompt-changed':
      return { ...state, systemPrompt: event.systemPrompt, systemPromptTokens: event.tokens };
    case 'properties-changed':
      return { ...state, properties: applyMapChange(state.properties, event.change) };
    case 'values-changed':
      return { ...state, values: applyMapChange(state.values, event.change) };
    case 'run-changed':
      return { ...state, runs: withRun(state.runs, event.run) };
    case 'parent-changed':
      return { ...state, parentId: event.parentId };
    case 'child-changed':
      return { ...state, children: withChild(state, event) };
    case 'memory-changed':
      return { ...state, memoryRevision: state.memoryRevision + 1 };
    default:
      return assertNever(event);
  }
}

function withCorrection(
  { corrections, version }: SessionState,
  { eventPosition }: EventUsageChanged,
): SessionState['corrections'] {
  const kept = corrections.slice(Math.max(0, corrections.length - MAX_CORRECTIONS + 1));
  return [...kept, { eventPosition, position: version + 1 }];
}

function record(state: SessionState, recorded: EventRecorded): SessionState {
  const { event } = recorded;
  const position = state.version + 1;
  const whole = growthOf(state.openTurn, recorded);
  // Every key written out: this is in every recording, and a spread copy takes several times as long.
  return {
    sessionId: state.sessionId,
    lifeId: state.lifeId,
    tenant: state.tenant,
    version: position,
    createdAtMs: state.createdAtMs,
    updatedAtMs: recorded.atMs,
    lastEventAtMs: Math.max(state.lastEventAtMs ?? event.timestampMs, event.timestampMs),
    systemPrompt: state.systemPrompt,
    systemPromptTokens: state.systemPromptTokens,
    properties: state.properties,
    values: state.values,
    parentId: state.parentId,
    children: state.children,
    fork: state.fork,
    runs: state.runs,
    totals: withRecorded(state.totals, event),
    open: withRecordedEvent(state.open, recorded, { position, turn: state.openTurn, whole }),
    spans: state.spans,
    closed: state.closed,
    latestMessage: latestMessage(state, event),
    rememberedKeys: rememberKey(state.rememberedKeys, recorded, position),
    calibrations: learn(state.calibrations, recorded),
    corrections: state.corrections,
    memoryRevision: state.memoryRevision,
    conversationTokens: state.conversationTokens + whole.closingTokens + whole.tokens,
    openTurn: whole.turn,
    namesContent: state.namesContent || event.archive !== undefined,
  };
}

function learn(known: Calibrations, { observation }: EventRecorded): Calibrations {
  return observation === undefined ? known : withObservation(known, observation);
}

function latestMessage(state: SessionState, event: SessionEvent): SessionState['latestMessage'] {
  if (event.type !== 'message' || event.source === 'system') return state.latestMessage;
  return { eventId: event.id, source: event.source };
}

function rememberKey(
  keys: readonly RememberedKey[],
  recorded: EventRecorded,
  position: number,
): readonly RememberedKey[] {
  if (recorded.idempotencyKey === null) return keys;
  const oldestMs = recorded.atMs - KEY_RETENTION_MS;
  const kept = keys.slice(-MAX_REMEMBERED_KEYS + 1).filter((entry) => entry.atMs >= oldestMs);
  return [
    ...kept,
    {
      key: recorded.idempotencyKey,
      fingerprint: fingerprintOf(recorded.event),
      eventId: recorded.event.id,
      position,
      atMs: recorded.atMs,
    },
  ];
}

/** About the tokens an event takes in a prompt; only messages and tool calls are ever shown to a model. */
export function promptTokensOf(event: SessionEvent): number {
  if (event.type !== 'message' && event.type !== 'tool_call') return 0;
  return event.contentTokens + MESSAGE_OVERHEAD_TOKENS;
}

function closeSegment(state: SessionState, event: SegmentClosed): SessionState {
  const { open } = state;
  const position = state.version + 1;
  const closed: ClosedSegment = {
    number: open.number,
    fromPosition: open.fromPosition,
    toPosition: position,
    closedAtMs: event.atMs,
    messages: open.messages,
    summary: event.summary,
  };
  const counts = countEvent(state.totals.counts, { type: 'summary', source: 'system' });
  return {
    ...state,
    lastEventAtMs: Math.max(state.lastEventAtMs ?? event.atMs, event.atMs),
    totals: { ...state.totals, counts },
    closed: [...state.closed.slice(-MAX_RESIDENT_SEGMENTS + 1), closed],
    open: nextSegment(open, { closedAtPosition: position, carryTokens: event.carryTokens }),
  };
}

function applySummary(state: SessionState, event: SummaryApplied): SessionState {
  const closed = state.closed.map((segment) =>
    segment.number === event.segment && segment.summary.revision < event.summary.revision
      ? { ...segment, summary: event.summary }
      : segment,
  );
  return { ...state, closed };
}

function summariseSegments(state: SessionState, event: SegmentsSummarised): SessionState {
  const { level, fromSegment, toSegment, fromPosition, summary } = event;
  if (summary.revision > 0) {
    const spans = state.spans.map((span) =>
      span.fromSegment === fromSegment &&
      span.toSegment === toSegment &&
      span.summary.revision < summary.revision
        ? { ...span, summary }
        : span,
    );
    return { ...state, spans };
  }
  const toPosition = state.version + 1;
  const span = { level, fromSegment, toSegment, fromPosition, toPosition, summary };
  const older = state.spans.filter((other) => other.toSegment < fromSegment);
  const newer = state.spans.filter((other) => other.fromSegment > toSegment);
  const closed = state.closed.filter(({ number }) => number > toSegment);
  return { ...state, spans: [...older, span, ...newer], closed };
}

function withRun(runs: readonly SessionRun[], run: SessionRun): readonly SessionRun[] {
  const index = runs.findIndex((candidate) => candidate.id === run.id);
  const changed = index < 0 ? [...runs, run] : runs.map((old, at) => (at === index ? run : old));
  const ended = changed.filter(isEnded);
  if (ended.length <= MAX_ENDED_RUNS) return changed;
  const oldest = ended[0];
  return changed.filter((candidate) => candidate !== oldest);
}

function withChild(state: SessionState, event: ChildChanged): SessionState['children'] {
  const others = state.children.filter((child) => child.id !== event.childId);
  if (!event.isLinked) return others;
  const link = { id: event.childId, isFork: event.isFork };
  if (others.length === state.children.length) return [...others, link];
  return state.children.map((child) => (child.id === link.id ? link : child));
}
