import { assertNever } from './assert.ts';
import type { Command, Decision, NewSession } from './command.ts';
import {
  ancestorCycle,
  creationEvents,
  creationFollowUps,
  type DecisionContext,
  promptEvent,
} from './decide-creation.ts';
import { closeSegment, recordEvent, recordTurn, repeatedRecord } from './decide-record.ts';
import { addRunToolCall, changeRunMetadata, moveExistingRun, startRun } from './decide-run.ts';
import { applySummary } from './decide-summary.ts';
import { accepted, FOLLOW_UP_DELAY_MS, linkParentId, UNCHANGED } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import { applyMapChange, type MapChange } from './event-metadata.ts';
import {
  InvalidSessionOperation,
  SessionAlreadyExists,
  SessionManagerError,
  SessionNotFound,
} from './errors.ts';
import { assertExact } from './exact-totals.ts';
import type { LogEvent } from './log-event.ts';
import { assertReadable } from './memory-change.ts';
import { openSession, withOpening } from './opening.ts';
import { assertClaim, assertSameOwner, OF_DIFFERENT_USERS, ownerOf } from './owner.ts';
import { assertMapSize } from './record-limit.ts';
import {
  MAX_CHILDREN,
  MAX_CORRECTIONS,
  type SessionState,
  TOO_MANY_CHILDREN,
} from './session-state.ts';

/** Turns a command into the events that carry it out, or says why not. Pure and synchronous. */
export function decide(context: DecisionContext, command: Command): Decision {
  try {
    assertMeant(context);
    return withClaim(context, decideOpened(context, command));
  } catch (error) {
    if (error instanceof SessionManagerError) return { kind: 'rejected', error };
    // A fault of ours must fail the command that met it, not the others of its commit.
    return {
      kind: 'rejected',
      error: new SessionManagerError('The command could not be decided', { cause: error }),
    };
  }
}

/** Refuses a caller who means another session than the one that is there, or names another owner. */
function assertMeant({ key, state, lifeId, claim }: DecisionContext): void {
  const { sessionId } = key;
  // Deleting is final: who meant a session that has gone must not reach the one that has its id now.
  if (lifeId !== undefined && state?.lifeId !== lifeId) throw new SessionNotFound({ sessionId });
  if (state === null || claim === undefined || claim === null) return;
  assertClaim({ ofSession: state.properties, claim }, { operation: 'open', sessionId });
}

/** While the session is nobody's, another user may come first; what is decided for one holds only if none did. */
function withClaim({ state, claim }: DecisionContext, decision: Decision): Decision {
  if (state === null || claim === undefined || claim === null) return decision;
  if (decision.kind !== 'accepted' || ownerOf(state.properties) !== null) return decision;
  return { ...decision, mode: 'expected' };
}

/** The opening and the command as one: what refuses the one refuses the other. */
function decideOpened(context: DecisionContext, command: Command): Decision {
  const repeated = command.type === 'record-event' ? repeatedRecord(context, command) : null;
  if (repeated !== null) return repeated;
  const opened = openSession(context);
  if (opened === null) return decideCommand(context, command);
  return withOpening(opened, decideCommand({ ...context, state: opened.state }, command));
}

function decideCommand(context: DecisionContext, command: Command): Decision {
  const { state } = context;
  switch (command.type) {
    case 'create':
      return create(context, command.session);
    case 'record-event':
      return recordEvent(context, command);
    case 'record-turn':
      return recordTurn(context, command);
    case 'set-system-prompt':
      return setSystemPrompt(context, command);
    default:
      if (state === null) throw new SessionNotFound({ sessionId: context.key.sessionId });
      return decideExisting(state, command, context.env);
  }
}

type ExistingCommand = Exclude<
  Command,
  { type: 'create' | 'record-event' | 'record-turn' | 'set-system-prompt' }
>;

function decideExisting(
  state: SessionState,
  command: ExistingCommand,
  env: DecisionEnvironment,
): Decision {
  const atMs = env.nowMs;
  switch (command.type) {
    case 'change-event-usage':
      return changeUsage(state, command, atMs);
    case 'change-event-metadata':
      return accepted([
        { type: 'event-metadata-changed', atMs, eventId: command.eventId, change: command.change },
      ]);
    case 'close-segment':
      return closeSegment(state, command, env);
    case 'apply-summary':
      return applySummary(state, command, env);
    case 'change-properties':
      return changeProperties(state, command.change, atMs);
    case 'change-values':
      assertMapSize(applyMapChange(state.values, command.change), 'state');
      return accepted([{ type: 'values-changed', atMs, change: command.change }]);
    case 'start-run':
      return startRun(state, command, env);
    case 'move-run':
      return moveExistingRun(state, command, env);
    case 'add-run-tool-call':
      return addRunToolCall(state, command, env);
    case 'change-run-metadata':
      return changeRunMetadata(state, command, env);
    case 'set-parent':
      return setParent(state, command, atMs);
    case 'change-memory':
      return changeMemory(state, command, atMs);
    case 'link-child':
      return linkChild(state, command, atMs);
    case 'unlink-child':
      return unlinkChild(state, command.childId, atMs);
    default:
      return assertNever(command);
  }
}

function create(context: DecisionContext, session: NewSession): Decision {
  const { sessionId } = context.key;
  if (context.state !== null) throw new SessionAlreadyExists({ sessionId });
  return accepted(creationEvents(context, session), {
    mode: 'expected',
    addFollowUps: creationFollowUps(session, context.env),
  });
}

function changeProperties(state: SessionState, change: MapChange, atMs: number): Decision {
  const { properties: before, sessionId } = state;
  if (Object.keys(change.set).length === 0 && change.remove.length === 0) return UNCHANGED;
  const after = applyMapChange(before, change);
  const call = { operation: 'setProperty', sessionId };
  assertClaim({ ofSession: before, claim: change.set }, call);
  assertSameOwner({ before, after }, call);
  assertMapSize(after, 'properties');
  // Labels are made from the whole map, so the map must be the one they were made from.
  return accepted([{ type: 'properties-changed', atMs, change }], { mode: 'expected' });
}

function setSystemPrompt(
  context: DecisionContext,
  command: Extract<Command, { type: 'set-system-prompt' }>,
): Decision {
  const { state, env } = context;
  if (state !== null) {
    if (state.systemPrompt === command.systemPrompt) return UNCHANGED;
    return accepted([promptEvent(command, env, state.calibrations)], { mode: 'expected' });
  }
  if (command.create === null) throw new SessionNotFound({ sessionId: context.key.sessionId });
  const session = { ...command.create, systemPrompt: command.systemPrompt };
  return accepted(creationEvents(context, session), {
    mode: 'expected',
    addFollowUps: creationFollowUps(session, env),
  });
}

function changeUsage(
  state: SessionState,
  command: Extract<Command, { type: 'change-event-usage' }>,
  atMs: number,
): Decision {
  const { eventId, eventPosition, before, after } = command;
  if (mayBeCorrected(state, command)) {
    throw new SessionManagerError('The usage was corrected while another correction was made', {
      code: 'SESSION_CONFLICT',
      data: { expected: command.basisVersion, actual: state.version },
    });
  }
  if (eventPosition <= (state.fork?.position ?? 0)) {
    throw new InvalidSessionOperation({
      operation: 'events.correctUsage',
      reason:
        'the event belongs to the session this one was forked from, and so does what was paid for it',
      sessionId: state.sessionId,
    });
  }
  assertExact(state.totals, after, before);
  const event: LogEvent = {
    type: 'event-usage-changed',
    atMs,
    eventId,
    eventPosition,
    before,
    after,
  };
  return accepted([event], { mode: 'expected' });
}

/** Whether the figures of an event may be others by now than those that were read. */
function mayBeCorrected(
  { corrections, version }: SessionState,
  { eventPosition, basisVersion }: Extract<Command, { type: 'change-event-usage' }>,
): boolean {
  // What was read is of the future of this state, or older than all that it knows of corrections.
  if (basisVersion > version) return true;
  const since = corrections.filter(({ position }) => position > basisVersion);
  if (since.length === MAX_CORRECTIONS) return true;
  return since.some((correction) => correction.eventPosition === eventPosition);
}

function changeMemory(
  state: SessionState,
  { changes, basisRevision }: Extract<Command, { type: 'change-memory' }>,
  atMs: number,
): Decision {
  if (changes.length === 0) return UNCHANGED;
  if (state.memoryRevision !== basisRevision) {
    throw new SessionManagerError('The memory changed while its next change was being made', {
      code: 'SESSION_CONFLICT',
      data: { expected: basisRevision, actual: state.memoryRevision },
    });
  }
  assertReadable(changes);
  return accepted([{ type: 'memory-changed', atMs, changes }], { mode: 'expected' });
}

function setParent(
  state: SessionState,
  command: Extract<Command, { type: 'set-parent' }>,
  atMs: number,
): Decision {
  const { parentId, from } = command;
  const { parentId: former } = state;
  if (former === parentId || (from !== undefined && former !== from)) return UNCHANGED;
  if (parentId === state.sessionId) throw ancestorCycle(parentId);
  const event = { type: 'parent-changed', atMs, parentId } as const;
  // The lists of both parents still have to follow; the reminders to see to it are part of the same commit.
  const dueAtMs = atMs + FOLLOW_UP_DELAY_MS;
  const addFollowUps = [parentId, former].flatMap((id) =>
    id === null ? [] : [{ id: linkParentId(id), dueAtMs }],
  );
  return accepted([event], { mode: 'expected', addFollowUps });
}

function linkChild(
  state: SessionState,
  command: Extract<Command, { type: 'link-child' }>,
  atMs: number,
): Decision {
  const { childId, isFork } = command;
  if (childId === state.sessionId) throw ancestorCycle(childId);
  const listed = state.children.find((child) => child.id === childId);
  // A fork may be a new one under the id of an expired one: its origin has to notice, or it could go meanwhile.
  if (listed !== undefined && !listed.isFork && !isFork) return UNCHANGED;
  if (listed === undefined) refuseNewChild(state, command);
  return accepted([{ type: 'child-changed', atMs, childId, isLinked: true, isFork }], {
    mode: 'expected',
  });
}

function refuseNewChild(
  { sessionId, properties, children }: SessionState,
  { isFork, owner = null }: Extract<Command, { type: 'link-child' }>,
): void {
  const refused = (reason: string): InvalidSessionOperation =>
    new InvalidSessionOperation({ operation: 'addChild', reason, sessionId });
  if (children.length >= MAX_CHILDREN) throw refused(TOO_MANY_CHILDREN);
  const ownerOfParent = ownerOf(properties);
  // A fork goes with its origin anyway, whoever made it.
  if (isFork || owner === null || ownerOfParent === null || owner === ownerOfParent) return;
  throw refused(OF_DIFFERENT_USERS);
}

function unlinkChild(state: SessionState, childId: string, atMs: number): Decision {
  const child = state.children.find((candidate) => candidate.id === childId);
  if (child === undefined) return UNCHANGED;
  const event: LogEvent = {
    type: 'child-changed',
    atMs,
    childId,
    isLinked: false,
    isFork: child.isFork,
  };
  return accepted([event], { mode: 'expected' });
}
