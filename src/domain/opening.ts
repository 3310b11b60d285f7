import type { Decision, FollowUp, Wanted } from './command.ts';
import {
  creationEvents,
  creationFollowUps,
  type DecisionContext,
  promptEvent,
} from './decide-creation.ts';
import { accepted } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import { evolve, evolveAll } from './evolve.ts';
import { canonicalJson, type JsonObject, type JsonValue } from './json.ts';
import type { LogEvent } from './log-event.ts';
import { assertSameOwner } from './owner.ts';
import { assertMapSize } from './record-limit.ts';
import type { SessionState } from './session-state.ts';

/** A session as its opening leaves it. */
export interface Opened {
  readonly state: SessionState;
  readonly events: readonly LogEvent[];
  readonly followUps: readonly FollowUp[];
  readonly mode: 'any' | 'expected';
}

/**
 * Carries out the opening of a command; null when it changes nothing.
 * @throws INVALID_INPUT, INVALID_SESSION_OPERATION, EVENT_TOO_LARGE when what it brings is refused.
 */
export function openSession(context: DecisionContext): Opened | null {
  const { state, opening, env } = context;
  if (opening === undefined) return null;
  const { create, wanted } = opening;
  if (state !== null) return wanted === null ? null : bring(state, wanted, env);
  if (create === null) return null;
  const events = creationEvents(context, create);
  const created = evolveAll(null, events);
  if (created === null) throw new TypeError('a creation has at least one event');
  return { state: created, events, followUps: creationFollowUps(create, env), mode: 'expected' };
}

/** A decision on a session that was opened for it, with the events of the opening before its own. */
export function withOpening(opened: Opened, decision: Decision): Decision {
  const { events, followUps, mode } = opened;
  switch (decision.kind) {
    case 'accepted':
      return {
        ...decision,
        events: [...events, ...decision.events],
        mode: mode === 'expected' ? mode : decision.mode,
        addFollowUps: [...followUps, ...decision.addFollowUps],
      };
    case 'unchanged':
      return accepted(events, { mode, addFollowUps: followUps });
    default:
      return decision;
  }
}

/** Which parts of what is wanted a session does not have. */
export function missingOf(
  state: SessionState,
  { properties, systemPrompt }: Omit<Wanted, 'model'>,
): { readonly properties: boolean; readonly systemPrompt: boolean } {
  return {
    properties: Object.entries(properties).some(
      ([name, value]) => !isSame(state.properties[name], value),
    ),
    systemPrompt: systemPrompt !== null && systemPrompt !== state.systemPrompt,
  };
}

function bring(before: SessionState, wanted: Wanted, env: DecisionEnvironment): Opened | null {
  const missing = missingOf(before, wanted);
  const events: LogEvent[] = [];
  if (missing.systemPrompt) events.push(promptEvent(wanted, env, before.calibrations));
  if (missing.properties) events.push(propertiesEvent(before, wanted.properties, env));
  if (events.length === 0) return null;
  const state = events.reduce<SessionState>((at, event) => evolve(at, event), before);
  // Labels are made from the whole map, so the map must be the one they were made from.
  return { state, events, followUps: [], mode: missing.properties ? 'expected' : 'any' };
}

function propertiesEvent(
  { properties: before, sessionId }: SessionState,
  set: JsonObject,
  env: DecisionEnvironment,
): LogEvent {
  const after = { ...before, ...set };
  assertSameOwner({ before, after }, { operation: 'open', sessionId });
  assertMapSize(after, 'options.metadata');
  return { type: 'properties-changed', atMs: env.nowMs, change: { set, remove: [] } };
}

function isSame(left: JsonValue | undefined, right: JsonValue): boolean {
  return left !== undefined && canonicalJson(left) === canonicalJson(right);
}
