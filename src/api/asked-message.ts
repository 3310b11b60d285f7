import { z } from 'zod';
import { reading } from '../domain/argument.ts';
import { argumentsHash } from '../domain/canonical-json.ts';
import { entryOf } from '../domain/entry-of.ts';
import { InvalidInput, PagefoldError } from '../domain/errors.ts';
import { idSchema } from '../domain/ids.ts';
import { type JsonObject, parseJsonValue } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { newUuid } from '../runtime/system.ts';
import { unwrapAnswer } from '../tools/answer-form.ts';
import {
  type AllCalls,
  type AskedToolCall,
  answerOfText,
  readAllCalls,
} from '../tools/asked-tool-call.ts';
import { type AnswerClaims, isSameAnswer, withClaim } from './answer-claim.ts';
import { type CallOperation, KEY_LENGTH, operationsOf } from './call-operations.ts';
import { type AnswerParts, readAnswerParts, toProviderCall } from './answer-parts.ts';
import { isProviderResponse, readLlmResponse, toAnswerBody } from './llm-response.ts';
import type { AnswerOptions } from './record-input.ts';
import type { SessionManager } from './session-manager.ts';
import { waitFields } from './wait.ts';

/** What may be said about an answer whose calls are carried out. */
export interface ProcessOptions extends Pick<
  AnswerOptions,
  'model' | 'provider' | 'usage' | 'apiFlavor' | 'costUsd' | 'taskId' | 'metadata' | 'signal'
> {
  /** The event of the answer where it is recorded already; else it is recorded first. */
  readonly parentEventId?: string | undefined;
  /**
   * Names this answer for repetitions. Default: made of the answer and the turn where its calls have ids, so that the same
   * answer given again in its turn is the same; a fresh one for calls without ids.
   */
  readonly operationId?: string | undefined;
}

/** The event that asked, and whether it was recorded before. */
export interface AskedMessage {
  readonly eventId: string;
  /** Null where it was recorded elsewhere. */
  readonly position: number | null;
  readonly isRepeated: boolean;
  /** Whether this process recorded it, and just learnt that: nobody else carries out its calls, and nobody began any of them. */
  readonly isOwn: boolean;
  /** The calls that were asked for when it was recorded, where others had to be approved first; null where all were. */
  readonly firstCalls: readonly AskedToolCall[] | null;
}

/** Where answers are recorded, and what knows which of them are this process's own. */
interface AskedPlace {
  readonly session: SessionManager;
  readonly claims: AnswerClaims;
}

const given = z.unknown().optional();
const optionsSchema = z.strictObject({
  model: given,
  provider: given,
  usage: given,
  apiFlavor: given,
  costUsd: given,
  taskId: idSchema.optional(),
  metadata: given,
  signal: waitFields.signal,
  // Operations of calls add their number to it.
  parentEventId: idSchema.max(240).optional(),
  operationId: idSchema.max(240).optional(),
});

/** An answer whose calls are to be carried out. */
export interface ReadAnswer extends AllCalls {
  readonly message: unknown;
}

/** An answer, and the turn in which it is given. */
export interface AskedAnswer extends ReadAnswer {
  readonly turn: number;
}

/**
 * An answer and the calls it asks for; of one that tells nothing but its JSON, that is read.
 * @throws INVALID_INPUT when there is none, or it cannot be read
 */
export function readAnswer(answer: unknown): ReadAnswer {
  return reading('message', () => {
    const read = readAllCalls(answer);
    const message = read.calls.length > 0 ? answer : toAnswerBody(answer);
    if (message === undefined || message === null)
      throw new InvalidInput({
        field: 'message',
        expected: `an answer of a model, got ${message}`,
      });
    return { message, ...(message === answer ? read : readAllCalls(message)) };
  });
}

/** Checks the options of a call. @throws INVALID_INPUT naming the option */
export function parseProcessOptions(options: unknown): ProcessOptions {
  parseInput(optionsSchema, options, 'options');
  return options as ProcessOptions; // what is not checked here is checked where it is recorded
}

/** The event of an answer: the one it was recorded under, or the one it will be. @throws STORAGE_ERROR */
export async function nameOfAnswer(
  session: SessionManager,
  asked: AskedAnswer,
  { parentEventId, operationId }: ProcessOptions,
): Promise<string> {
  return parentEventId ?? operationId ?? ownIdOf(session, asked);
}

/**
 * Records the answer that asks for calls, under an id by which a repetition is known.
 * @throws INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND, STORAGE_ERROR, UNKNOWN_OUTCOME
 */
export async function recordAsked(
  place: AskedPlace,
  asked: AskedAnswer & { readonly eventId: string },
  options: ProcessOptions,
): Promise<AskedMessage> {
  const { parentEventId, operationId: _name, ...rest } = options;
  const { session, claims } = place;
  const { message, calls, all, waiting, eventId } = asked;
  if (parentEventId !== undefined)
    return { eventId, position: null, isRepeated: false, isOwn: true, firstCalls: null };
  const told = calls.length > 0 ? answerOfText(message) : message;
  const response = isProviderResponse(told) ? told : saidBy(asked, told);
  const mark = calls.length === 0 ? null : claims.markOf(eventId);
  const metadata = withClaim(rest.metadata, { mark, waiting });
  const named = { ...rest, eventId, metadata };
  // A whole body would be read for calls, and those that it has are not to run.
  const toolCalls = all.length === 0 ? {} : { toolCalls: calls.map(toProviderCall) };
  try {
    return await recordClaim(place, response, { ...named, ...toolCalls });
  } catch (error) {
    const first = isReused(error) ? await session.events.find(eventId) : null;
    if (first === null) throw error;
    const firstCalls = readAllCalls(first.message).calls;
    if (!isSameAnswer(asked, { calls: firstCalls, metadata: first.metadata })) throw error;
    // The record of an answer that asked for nothing yet is the same as before; of another answer it is refused.
    if (firstCalls.length === 0) await session.recordAnswer(response, { ...named, toolCalls: [] });
    const isOwn = claims.settle(eventId, first.metadata);
    return { eventId, position: first.position, isRepeated: true, isOwn, firstCalls };
  }
}

/** Records what claims calls, and tells whether that claim is this process's own, also where the reply of an earlier attempt was lost. */
async function recordClaim(
  { session, claims }: AskedPlace,
  response: unknown,
  options: AnswerOptions & { readonly eventId: string },
): Promise<AskedMessage> {
  const { eventId } = options;
  const { position, isRepeated } = await session.recordAnswer(response, options);
  const stored = isRepeated ? await session.events.find(eventId) : null;
  const isMarked = claims.settle(eventId, stored?.metadata ?? {});
  return { eventId, position, isRepeated, isOwn: !isRepeated || isMarked, firstCalls: null };
}

function isReused(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'IDEMPOTENCY_KEY_REUSED';
}

/** Whether a call had to be approved when its answer was recorded, and is not asked for by that record. */
export function isApprovedSince(
  { operationId }: CallOperation,
  { eventId, firstCalls }: AskedMessage,
): boolean {
  if (firstCalls === null) return false;
  return operationsOf(eventId, firstCalls).every((first) => first.operationId !== operationId);
}

/**
 * Records that a call is carried out which was approved after its answer was recorded: a message of its own, which took no tokens.
 * @throws INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND, STORAGE_ERROR, UNKNOWN_OUTCOME
 */
export async function recordApproved(
  place: AskedPlace,
  { call, operationId }: CallOperation,
  { eventId }: AskedMessage,
): Promise<AskedMessage> {
  const key = argumentsHash({ approved: operationId }).slice(0, KEY_LENGTH);
  const claimId = `${eventId}.${key}`;
  return recordClaim(place, '', {
    eventId: claimId,
    toolCalls: [toProviderCall(call)],
    usage: { inputTokens: 0, outputTokens: 0 },
    metadata: withClaim(undefined, { mark: place.claims.markOf(claimId), waiting: [] }),
  });
}

/**
 * The name that an answer has by itself: by all of its calls, whatever became of them since. Before, only those counted that may run; what
 * is recorded under that name is still found.
 */
async function ownIdOf(session: SessionManager, asked: AskedAnswer): Promise<string> {
  const { calls, all } = asked;
  const isNamed = all.length > 0 && all.every(({ callId }) => callId !== null);
  if (!isNamed) return newUuid();
  const mark = markOf(asked);
  const own = idOf(asked, mark);
  if (calls.length === 0) return own;
  const former = idOf({ ...asked, all: calls }, mark);
  if (own === former) return own;
  return (await session.events.find(former)) === null ? own : former;
}

function idOf({ message, calls, all, turn }: AskedAnswer, mark: JsonObject): string {
  // What an SDK answers with may hold methods and clients; what was said and asked is data.
  const answer = answerOfText(message);
  const said = { text: saidIn(answer, calls).text, id: responseId(answer), ...mark };
  const asked = all.map(({ callId, toolName, arguments: args }) => [callId, toolName, args]);
  return `tools-${turn}-${argumentsHash({ ...said, asked: parseJsonValue(asked, 'message') })}`;
}

/**
 * What tells bodies of chat apart whose server gives them no ids, and begins those of calls anew with each: when it wrote them, and what
 * they took. Ids that begin nowhere anew tell by themselves, and then the message of a body is the same answer as the body.
 */
function markOf({ message, all }: ReadAnswer): JsonObject {
  const answer = answerOfText(message);
  if (!all.every(({ callId }) => callId !== null && COUNTED_ID.test(callId))) return {};
  if (!Array.isArray(entryOf(answer, 'choices')) || responseId(answer) !== '') return {};
  const usage = entryOf(answer, 'usage');
  const counts = ['prompt_tokens', 'completion_tokens'].map((name) => entryOf(usage, name));
  const marks = [entryOf(answer, 'created'), ...counts].map((mark) =>
    typeof mark === 'number' ? mark : null,
  );
  return marks.some((mark) => mark !== null) ? { marks } : {};
}

function responseId(message: unknown): string {
  const id = entryOf(message, 'id');
  return typeof id === 'string' ? id : '';
}

/** Ids as of servers that count the calls of an answer. */
const COUNTED_ID = /^(?:[a-z]+[_-]?)?\d{1,3}$/i;

/** What an answer has one of; what SDKs make up when it is read comes behind what they make it of. */
const ANSWER_KEYS = ['choices', 'candidates', 'content', 'text', 'output', 'output_text'];

/** A text of which the calls are only a part is kept as it came. */
function saidBy({ message, calls, all }: AskedAnswer, told: unknown): unknown {
  const isPart = Array.isArray(told) && told.length > all.length;
  const { content } = saidIn(told, calls);
  return content === '' && isPart && typeof message === 'string' ? message : content;
}

/** What a person would read of an answer that is no whole response. */
function saidIn(
  message: unknown,
  calls: readonly AskedToolCall[],
): Pick<AnswerParts, 'text' | 'content'> {
  const parts = readAnswerParts(message);
  if (parts !== null) return parts;
  const text = textOf(unwrapAnswer(message), calls);
  return { text, content: text };
}

function textOf(message: unknown, calls: readonly AskedToolCall[]): string {
  if (typeof message === 'string') return calls.length === 0 ? message : '';
  const isAnswer = ANSWER_KEYS.some((key) => entryOf(message, key) !== undefined);
  return isAnswer || calls.length === 0 ? readLlmResponse(message).text : '';
}
