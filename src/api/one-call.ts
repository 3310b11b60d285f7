import { z } from 'zod';
import { assertObject, reading } from '../domain/argument.ts';
import { InvalidInput, SessionNotFound } from '../domain/errors.ts';
import { withFieldNamesLater } from '../domain/field-name.ts';
import { optionNames } from '../domain/option-names.ts';
import { parseInput } from '../domain/parse.ts';
import { idSchema } from '../domain/ids.ts';
import type { SessionStats } from '../domain/session-stats.ts';
import type { ConversationTurn } from './conversation.ts';
import { systemClock } from '../runtime/system.ts';
import { toldError } from './error-body.ts';
import { type LlmResponse, readLlmResponse } from './llm-response.ts';
import { handleOf, optionsFor } from './manager-options.ts';
import { answerInput, type ToolUse, userInput as questionInput } from './record-input.ts';
import { isReadableUsage } from './readable-usage.ts';
import type { SessionHandle } from './session-handle.ts';
import { SessionManager } from './session-manager.ts';

/** One turn: what was asked and what was answered. */
export interface TrackedTurn {
  readonly userMessage: unknown;
  readonly aiResponse: unknown;
  /** Default `unknown`, which has no price. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** Continues this session; a new one when not given. */
  readonly sessionId?: string | null | undefined;
  readonly infiniteContext?: boolean | undefined;
  readonly tokenThreshold?: number | undefined;
}

/** A turn of a conversation without end. */
export interface InfiniteTurn extends Omit<TrackedTurn, 'infiniteContext'> {
  /** Messages a segment may hold. Default 20. */
  readonly maxTurns?: number | undefined;
}

/** A call to a model that is recorded around. */
export interface TrackedCall {
  readonly userInput: unknown;
  /** Gets the user's input; what it returns or resolves to is recorded. */
  readonly llmFunction: (input: never) => unknown;
  /** Default what a whole body names that the function returns; else `unknown`, which has no price. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** Records into this session; the other session options are not looked at then. */
  readonly sessionManager?: SessionManager | undefined;
  readonly sessionId?: string | null | undefined;
  readonly infiniteContext?: boolean | undefined;
  readonly tokenThreshold?: number | undefined;
}

const TURN_NAMES = { userMessage: true, aiResponse: true, model: true, provider: true } as const;
const SESSION_NAMES = { sessionId: true, tokenThreshold: true } as const;

const rangeSchema = z.strictObject({ includeAllSegments: z.boolean().optional() });

// Each call names its own options: those of the manager that it makes are others.
const checkQuickTurn = optionNames<Omit<TrackedTurn, keyof typeof SESSION_NAMES>>(
  { ...TURN_NAMES, infiniteContext: true },
  'turn',
);
const checkTurn = optionNames<TrackedTurn>(
  { ...TURN_NAMES, ...SESSION_NAMES, infiniteContext: true },
  'turn',
);
const checkInfiniteTurn = optionNames<InfiniteTurn>(
  { ...TURN_NAMES, ...SESSION_NAMES, maxTurns: true },
  'turn',
);
const checkCall = optionNames<TrackedCall>(
  {
    userInput: true,
    llmFunction: true,
    model: true,
    provider: true,
    sessionManager: true,
    infiniteContext: true,
    ...SESSION_NAMES,
  },
  'tracked',
);

/** Records one turn and returns the session's id. @throws INVALID_INPUT and what recording throws. */
export async function trackConversation(turn: TrackedTurn): Promise<string> {
  checkTurn(turn);
  const { userMessage, aiResponse, model, provider, ...session } = turn;
  return withFieldNamesLater(turnField, () =>
    recordTurn(handleOf(session), { userMessage, aiResponse, ...named(model, provider) }),
  );
}

/**
 * Records the user's input, calls the model, records its answer, and returns the answer's text and the session's id. A call
 * that fails is recorded as an event of the system, and its error is thrown on.
 */
export async function trackLlmCall(
  tracked: TrackedCall,
): Promise<readonly [response: string, sessionId: string]> {
  checkCall(tracked);
  const { userInput, llmFunction, model, provider, sessionManager, ...session } = tracked;
  if (typeof llmFunction !== 'function')
    throw new InvalidInput({ field: 'tracked.llmFunction', expected: 'a function' });
  if (!(sessionManager instanceof SessionManager) && (sessionManager ?? null) !== null)
    throw new InvalidInput({ field: 'tracked.sessionManager', expected: 'a SessionManager' });
  // Not around the function: what that throws is the caller's own.
  const manager = await withFieldNamesLater(trackedField, async () => {
    const chosen = sessionManager ?? new SessionManager(session);
    await chosen.userSays(userInput);
    return chosen;
  });
  const clock = systemClock();
  const startMs = clock.nowMs();
  const call = { ...named(model, provider), latencyMs: () => clock.nowMs() - startMs };
  const response = await callModel(llmFunction, userInput).catch((error: unknown) =>
    rethrowRecorded(manager, error, call),
  );
  // Who is named by the caller is meant, and the body's word on a provider goes with its word on the model.
  const origin = model
    ? named(model, provider)
    : { ...response.origin, ...named(undefined, provider) };
  await manager.aiResponds(response.text, {
    ...origin,
    metadata: { latencyMs: call.latencyMs() },
    ...(response.toolCalls.length === 0 ? {} : { toolCalls: response.toolCalls }),
    ...(isReadableUsage(response.usage, origin) ? { usage: response.usage } : {}),
  });
  return [response.text, manager.sessionId];
}

/** Records one turn in a new session and returns its figures. */
export async function quickConversation(
  turn: Omit<TrackedTurn, 'sessionId' | 'tokenThreshold'>,
): Promise<SessionStats> {
  checkQuickTurn(turn);
  const { userMessage, aiResponse, model, provider, ...session } = turn;
  return withFieldNamesLater(turnField, async () => {
    const handle = handleOf(session);
    await recordTurn(handle, { userMessage, aiResponse, ...named(model, provider) });
    return new SessionManager(optionsFor(handle)).getStats();
  });
}

/** Records one turn of a conversation without end; the id returned stays the same however long it grows. */
export async function trackInfiniteConversation(turn: InfiniteTurn): Promise<string> {
  checkInfiniteTurn(turn);
  const { userMessage, aiResponse, model, provider, maxTurns, ...session } = turn;
  const limit = maxTurns === undefined ? {} : { maxTurnsPerSegment: maxTurns };
  return withFieldNamesLater(turnField, () => {
    const handle = handleOf({ ...session, ...limit, infiniteContext: true });
    return recordTurn(handle, { userMessage, aiResponse, ...named(model, provider) });
  });
}

/** Records a tool call, in a new session when none is named, and returns the session's id. */
export async function trackToolUse(
  use: ToolUse & { readonly sessionId?: string | null | undefined },
): Promise<string> {
  assertObject(use, 'use');
  const { sessionId, ...toolUse } = reading('use', () => ({ ...use }));
  return withFieldNamesLater(
    (field) => field.replace(/^options\./, 'use.'),
    async () => new SessionManager({ sessionId: sessionId ?? null }).toolUsed(toolUse),
  );
}

/** Figures of a session's open segment, with `includeAllSegments` of all of it. Never creates one. @throws SESSION_NOT_FOUND */
export async function getSessionStats(
  sessionId: string,
  options: { readonly includeAllSegments?: boolean | undefined } = {},
): Promise<SessionStats> {
  const { includeAllSegments = false } = parseInput(rangeSchema, options, 'options');
  const manager = await existing(sessionId);
  return manager.getStats({ includeAllSegments });
}

/**
 * The messages of a session's open segment, with `includeAllSegments` all of them. Never creates a session.
 * @throws SESSION_NOT_FOUND
 */
export async function getConversationHistory(
  sessionId: string,
  options: { readonly includeAllSegments?: boolean | undefined } = {},
): Promise<readonly ConversationTurn[]> {
  const { includeAllSegments = false } = parseInput(rangeSchema, options, 'options');
  const manager = await existing(sessionId);
  return manager.getConversation({ includeAllSegments });
}

/** What a field of the calls behind a turn is called in the turn. */
function turnField(field: string): string {
  return field
    .replace(/^options\.maxTurnsPerSegment$/, 'turn.maxTurns')
    .replace(/^options\b/, 'turn')
    .replace(/^message\b/, 'turn.userMessage')
    .replace(/^response\b/, 'turn.aiResponse');
}

/** As {@link turnField} for a tracked call. */
function trackedField(field: string): string {
  return field.replace(/^options\b/, 'tracked').replace(/^message\b/, 'tracked.userInput');
}

async function callModel(
  llmFunction: TrackedCall['llmFunction'],
  input: unknown,
): Promise<LlmResponse> {
  // The caller's function takes what the caller passed as `userInput`; no type here could say so.
  const response: unknown = await Reflect.apply(llmFunction, undefined, [input]);
  return readLlmResponse(response);
}

interface ModelCall {
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  latencyMs(): number;
}

/** The model's own error is what the caller has to see, whatever becomes of the record of it. */
async function rethrowRecorded(
  manager: SessionManager,
  error: unknown,
  call: ModelCall,
): Promise<never> {
  const details = { ...named(call.model, call.provider), latencyMs: call.latencyMs() };
  // Of a body that tells an error in place of an answer, that error.
  const told = toldError(error);
  const failure =
    told === undefined ? error : Object.assign(new Error(told.message), { name: told.name });
  await Promise.allSettled([manager.recordFailure(failure, details)]);
  throw error;
}

async function recordTurn(
  handle: SessionHandle,
  turn: Pick<TrackedTurn, 'userMessage' | 'aiResponse' | 'model' | 'provider'>,
): Promise<string> {
  const answer = answerInput(turn.aiResponse, named(turn.model, turn.provider));
  // As one: a turn whose answer is refused must not leave its question behind.
  await handle.recordTurn(questionInput(turn.userMessage, {}), answer);
  return handle.key.sessionId;
}

async function existing(sessionId: string): Promise<SessionManager> {
  const id = parseInput(idSchema, sessionId, 'sessionId');
  const manager = new SessionManager({ sessionId: id });
  if (!(await manager.exists())) throw new SessionNotFound({ sessionId: id });
  return manager;
}

function named(
  model: string | undefined,
  provider: string | undefined,
): { readonly model?: string; readonly provider?: string } {
  return {
    ...(model === undefined ? {} : { model }),
    ...(provider === undefined ? {} : { provider }),
  };
}
