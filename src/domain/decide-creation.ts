import { type Calibrations, countCalibrated } from './calibration.ts';
import type { FollowUp, NewSession, Opening } from './command.ts';
import { FOLLOW_UP_DELAY_MS, linkParentId } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import { InvalidSessionOperation } from './errors.ts';
import type { SessionKey } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { LogEvent } from './log-event.ts';
import { assertMapSize, assertRecordable } from './record-limit.ts';
import type { SessionState } from './session-state.ts';

/** What an actor knows when it decides; `state` is null while the session does not exist. */
export interface DecisionContext {
  readonly key: SessionKey;
  readonly state: SessionState | null;
  readonly env: DecisionEnvironment;
  /** The life of the session that the caller means; any when not given. */
  readonly lifeId?: string | undefined;
  /** The properties in which the caller says whose session it is; null or not given when it says nothing. */
  readonly claim?: JsonObject | null | undefined;
  /** What comes before the command and with it; nothing when not given. */
  readonly opening?: Opening | undefined;
}

/** The events that begin a session. */
export function creationEvents(context: DecisionContext, session: NewSession): readonly LogEvent[] {
  const { key, env } = context;
  if (session.parentId === key.sessionId) throw ancestorCycle(key.sessionId);
  assertMapSize(session.properties, 'options.metadata');
  const created: LogEvent = {
    type: 'session-created',
    atMs: env.nowMs,
    sessionId: key.sessionId,
    lifeId: env.newId(),
    tenant: key.tenant,
    parentId: session.parentId,
    fork: session.fork,
    properties: session.properties,
  };
  return session.systemPrompt === null ? [created] : [created, promptEvent(session, env, [])];
}

/** The system prompt as it is from now on, with its tokens. */
export function promptEvent(
  { systemPrompt, model }: Pick<NewSession, 'systemPrompt' | 'model'>,
  env: DecisionEnvironment,
  known: Calibrations,
): LogEvent {
  if (systemPrompt !== null) assertRecordable(systemPrompt, 'systemPrompt');
  const tokens =
    systemPrompt === null || systemPrompt.trim() === ''
      ? 0
      : countCalibrated(env, known, { content: systemPrompt, model });
  return { type: 'system-prompt-changed', atMs: env.nowMs, systemPrompt, tokens };
}

/** A new session with a parent still has to be registered there; the reminder is part of the same commit. */
export function creationFollowUps(
  session: NewSession,
  env: DecisionEnvironment,
): readonly FollowUp[] {
  return session.parentId === null
    ? []
    : [{ id: linkParentId(session.parentId), dueAtMs: env.nowMs + FOLLOW_UP_DELAY_MS }];
}

/** The refusal of a link that would make a session its own ancestor. */
export function ancestorCycle(sessionId: string): InvalidSessionOperation {
  return new InvalidSessionOperation({
    operation: 'setParent',
    reason: 'a session cannot be its own ancestor',
    sessionId,
  });
}
