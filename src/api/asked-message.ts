import { z } from 'zod';
import { reading } from '../domain/argument.ts';
import { keyReused } from '../domain/decide-record.ts';
import type { NewEvent } from '../domain/command.ts';
import { InvalidInput, PagefoldError } from '../domain/errors.ts';
import { fingerprintOf } from '../domain/event-fingerprint.ts';
import { idSchema } from '../domain/ids.ts';
import { type JsonObject, parseJsonValue } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import type { RecordedEvent } from '../domain/session.ts';
import { answerOfText, type AskedToolCall, readAllCalls } from '../tools/asked-tool-call.ts';
import { type AnswerClaims, isSameAnswer, withClaim } from './answer-claim.ts';
import { type AnswerLog, findRecorded } from './answer-log.ts';
import { type NamedAnswer, type ReadAnswer, saidIn } from './answer-name.ts';
import { toProviderCall } from './answer-parts.ts';
import { approvalIdOf, type CallOperation, operationsOf } from './call-operations.ts';
import { isProviderResponse, toAnswerBody } from './llm-response.ts';
import { answerInput, type AnswerOptions } from './record-input.ts';
import { sessionHandleOf, type SessionManager } from './session-manager.ts';
import { waitFields } from './wait.ts';

/** What may be said about an answer whose calls are carried out. */
export interface ProcessOptions extends Pick<
  AnswerOptions,
  'model' | 'provider' | 'usage' | 'apiFlavor' | 'costUsd' | 'taskId' | 'metadata' | 'signal'
> {
  /** The event of the answer where it is recorded already; else it is recorded first. */
  readonly parentEventId?: string | undefined;
  /**
   * Names this answer for repetitions. Default: made of the answer where its calls have ids, and of the turn where these may come again
   * in another one (`call_0`), so that the same answer given again is the same; a fresh one for calls without ids.
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
  /** The operations that were asked for when it was recorded, where other calls had to be approved first; null where all were. */
  readonly firstOperations: ReadonlySet<string> | null;
  /** Which model made it, of an answer that was recorded before. */
  readonly maker: Pick<AnswerOptions, 'model' | 'provider'>;
}

/** Where answers are recorded, and what knows which of them are this process's own. */
export interface AskedPlace extends AnswerLog {
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

/**
 * Records the answer that asks for calls, under an id by which a repetition is known.
 * @throws INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND, STORAGE_ERROR, UNKNOWN_OUTCOME
 */
export async function recordAsked(
  place: AskedPlace,
  asked: NamedAnswer,
  options: ProcessOptions,
): Promise<AskedMessage> {
  const { parentEventId, operationId: _name, ...rest } = options;
  const { message, calls, all, waiting, eventId, isNew } = asked;
  if (parentEventId !== undefined) {
    await assertThere(place, parentEventId);
    const found = { eventId, position: null, firstOperations: null, maker: {} };
    return { ...found, isRepeated: false, isOwn: true };
  }
  const told = calls.length > 0 ? answerOfText(message) : message;
  const response = isProviderResponse(told) ? told : saidBy(asked, told);
  const mark = calls.length === 0 ? null : place.claims.markOf(eventId);
  const metadata = withClaim(rest.metadata, { mark, waiting });
  const named = { ...rest, eventId, metadata };
  // A whole body would be read for calls, and those that it has are not to run.
  const toolCalls = all.length === 0 ? {} : { toolCalls: calls.map(toProviderCall) };
  const claim = { response, options: { ...named, ...toolCalls }, paid: heldBack(waiting) };
  // Its key may be forgotten, and then it would be recorded, and its calls run, once more.
  const earlier = isNew ? null : await findRecorded(place, eventId);
  if (earlier !== null) return repeatOf(place, asked, { claim, first: earlier });
  try {
    return await recordClaim(place, claim);
  } catch (error) {
    const first = isReused(error) ? await place.session.events.find(eventId) : null;
    if (first === null) throw error;
    return repeatOf(place, asked, { claim, first });
  }
}

/** A name that is mistyped would be that of another answer, whose calls run once more. */
async function assertThere({ session, tools }: AskedPlace, eventId: string): Promise<void> {
  if (tools.answerAt(eventId) !== null || (await session.events.find(eventId)) !== null) return;
  const expected = 'the id of an event of this session';
  throw new InvalidInput({ field: 'options.parentEventId', expected });
}

/** What its model wrote it is paid for, whether a person lets it run or not. */
function heldBack(waiting: readonly AskedToolCall[]): Claim['paid'] {
  if (waiting.length === 0) return {};
  return { heldCalls: waiting.map((call) => parseJsonValue(toProviderCall(call), 'message')) };
}

/** What is to be recorded of an answer. */
interface Claim {
  readonly response: unknown;
  readonly options: AnswerOptions & { readonly eventId: string };
  readonly paid: Pick<NewEvent, 'heldCalls' | 'isPart'>;
}

/**
 * An answer that is in the log already, with the same calls or with some that had to be approved then.
 * @throws IDEMPOTENCY_KEY_REUSED where another one is
 */
function repeatOf(
  { session, claims }: AskedPlace,
  asked: NamedAnswer,
  { claim, first }: { readonly claim: Claim; readonly first: RecordedEvent },
): AskedMessage {
  const { eventId } = asked;
  const firstCalls = readAllCalls(first.message).calls;
  const isWhole = isRecordOf(session, claim, first);
  const isSame = isWhole || isSameAnswer(asked, { calls: firstCalls, metadata: first.metadata });
  // The record of an answer that asked for nothing yet is the same as before.
  const asBefore = { ...claim, options: { ...claim.options, toolCalls: [] } };
  const isOther = !isWhole && firstCalls.length === 0 && !isRecordOf(session, asBefore, first);
  if (!isSame || isOther) throw keyReused(eventId);
  const isOwn = claims.settle(eventId, first.metadata);
  const firstOperations = isWhole
    ? null
    : new Set(operationsOf(eventId, firstCalls).map(({ operationId }) => operationId));
  const found = { eventId, position: first.position, isRepeated: true, isOwn };
  return { ...found, firstOperations, maker: makerOf(first.metadata) };
}

/** Whether a claim says what an event does. */
function isRecordOf(session: SessionManager, claim: Claim, first: RecordedEvent): boolean {
  const { maxLength } = sessionHandleOf(session);
  const { event } = answerInput(claim.response, claim.options, maxLength);
  return fingerprintOf(event) === fingerprintOf(first);
}

/** Records what claims calls, and tells whether that claim is this process's own, also where the reply of an earlier attempt was lost. */
async function recordClaim(
  { session, claims }: AskedPlace,
  { response, options, paid }: Claim,
): Promise<AskedMessage> {
  const { eventId } = options;
  const handle = sessionHandleOf(session);
  const input = answerInput(response, options, handle.maxLength);
  const event = { ...input.event, ...paid };
  const { position, isRepeated } = await handle.record({ ...input, event });
  const stored = isRepeated ? await session.events.find(eventId) : null;
  const isMarked = claims.settle(eventId, stored?.metadata ?? {});
  const isOwn = !isRepeated || isMarked;
  return { eventId, position, isRepeated, isOwn, firstOperations: null, maker: {} };
}

function isReused(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'IDEMPOTENCY_KEY_REUSED';
}

/** Whether a call had to be approved when its answer was recorded, and is not asked for by that record. */
export function isApprovedSince(
  { operationId }: CallOperation,
  { firstOperations }: AskedMessage,
): boolean {
  return firstOperations !== null && !firstOperations.has(operationId);
}

/**
 * Records that a call is carried out which was approved after its answer was recorded: a message of its own, which nobody is paid
 * for, since the answer was.
 * @throws INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND, STORAGE_ERROR, UNKNOWN_OUTCOME
 */
export async function recordApproved(
  place: AskedPlace,
  operation: CallOperation,
  { eventId, maker }: AskedMessage,
): Promise<AskedMessage> {
  const claimId = approvalIdOf(eventId, operation);
  const earlier = await findRecorded(place, claimId);
  if (earlier !== null) {
    const isOwn = place.claims.settle(claimId, earlier.metadata);
    const { position } = earlier;
    const found = { eventId: claimId, position, firstOperations: null, maker };
    return { ...found, isRepeated: true, isOwn };
  }
  const options = {
    ...maker,
    eventId: claimId,
    toolCalls: [toProviderCall(operation.call)],
    metadata: withClaim(undefined, { mark: place.claims.markOf(claimId), waiting: [] }),
  };
  return recordClaim(place, { response: '', options, paid: { isPart: true } });
}

function makerOf(metadata: JsonObject): AskedMessage['maker'] {
  const { model, provider } = metadata;
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof provider === 'string' ? { provider } : {}),
  };
}

/** A text of which the calls are only a part is kept as it came. */
function saidBy({ message, calls, all }: ReadAnswer, told: unknown): unknown {
  const isPart = Array.isArray(told) && told.length > all.length;
  const { content } = saidIn(told, calls);
  return content === '' && isPart && typeof message === 'string' ? message : content;
}
