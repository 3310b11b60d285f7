import { argumentsHash } from '../domain/canonical-json.ts';
import { entryOf } from '../domain/entry-of.ts';
import { type JsonObject, parseJsonValue } from '../domain/json.ts';
import { newUuid } from '../runtime/system.ts';
import { unwrapAnswer } from '../tools/answer-form.ts';
import { type AllCalls, type AskedToolCall, answerOfText } from '../tools/asked-tool-call.ts';
import { type AnswerLog, isRecorded } from './answer-log.ts';
import { type AnswerParts, readAnswerParts } from './answer-parts.ts';
import { readLlmResponse } from './llm-response.ts';

/** An answer whose calls are to be carried out. */
export interface ReadAnswer extends AllCalls {
  readonly message: unknown;
}

/** An answer, and the turn in which it is given. */
export interface AskedAnswer extends ReadAnswer {
  readonly turn: number;
}

/** An answer by its name. */
export interface NamedAnswer extends AskedAnswer {
  /** The event of it: the one it was recorded under, or the one it will be. */
  readonly eventId: string;
  /** Whether nothing can have been recorded under that name. */
  readonly isNew: boolean;
}

/** What a caller says of the name of an answer. */
export interface GivenName {
  readonly parentEventId?: string | undefined;
  readonly operationId?: string | undefined;
}

/** Names an answer. @throws STORAGE_ERROR */
export async function nameAnswer(
  log: AnswerLog,
  asked: AskedAnswer,
  { parentEventId, operationId }: GivenName,
): Promise<NamedAnswer> {
  const given = parentEventId ?? operationId;
  if (given !== undefined) return { ...asked, eventId: given, isNew: false };
  const isNamed = asked.all.length > 0 && asked.all.every(({ callId }) => callId !== null);
  if (!isNamed) return { ...asked, eventId: newUuid(), isNew: true };
  return { ...asked, eventId: await ownIdOf(log, asked), isNew: false };
}

/**
 * The name that an answer has by itself: by all of its calls, whatever became of them since, and in any turn where their ids tell it from all
 * others. Before, the turn always counted, and only those calls that may run; what is recorded under such a name is still found.
 */
async function ownIdOf(log: AnswerLog, asked: AskedAnswer): Promise<string> {
  const mark = markOf(asked);
  const hash = hashOf(asked, mark);
  const inTurn = `tools-${asked.turn}`;
  const own = asked.all.every(hasUniqueId) ? `tools-${hash}` : `${inTurn}-${hash}`;
  const former = [`${inTurn}-${hash}`];
  const isPart = asked.calls.length > 0 && asked.calls.length < asked.all.length;
  if (isPart) former.push(`${inTurn}-${hashOf({ ...asked, all: asked.calls }, mark)}`);
  for (const eventId of former) {
    // In order: the later one is older.
    if (eventId !== own && (await isRecorded(log, eventId))) return eventId;
  }
  return own;
}

function hashOf({ message, calls, all }: ReadAnswer, mark: JsonObject): string {
  // What an SDK answers with may hold methods and clients; what was said and asked is data.
  const answer = answerOfText(message);
  const said = { text: saidIn(answer, calls).text, id: responseId(answer), ...mark };
  const asked = all.map(({ callId, toolName, arguments: args }) => [callId, toolName, args]);
  return argumentsHash({ ...said, asked: parseJsonValue(asked, 'message') });
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

/** Ids that tell by their form: of RFC 9562, and numbers of 15 digits and more. */
const KNOWN_FORMS = /(?:^|[^a-z\d])(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|(?!0{4})\d{15,})$/i;
const WORDS = /[a-z\d]+/gi;
/** A word that counts, as behind `call_`. */
const COUNTER = /^(?:[a-z]+|[A-Z][a-z]*)?\d{1,4}$/;
const SHORTEST = 8;
/** So long are ids in base64url, in which some words are short: those of Bedrock. */
const LONG = 20;
/** Between a letter and a digit, and between these and letters of the other case. A word with a number behind it has one of the former. */
const DIGIT_BORDERS = /[a-z](?=\d)|\d(?=[a-z])/gi;
const BORDERS = /[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[a-zA-Z])/g;
const MIN_BORDERS = 8;

/** Whether no other answer has a call of this id: not where calls are counted, also those of a tool, or named by it. */
export function hasUniqueId({
  callId,
  toolName,
}: Pick<AskedToolCall, 'callId' | 'toolName'>): boolean {
  if (callId === null) return false;
  const id = callId.replaceAll(toolName, '');
  const words = id.match(WORDS) ?? [];
  const last = words.at(-1) ?? '';
  if (KNOWN_FORMS.test(id) || isMadeUp(last)) return true;
  const whole = words.join('');
  return whole.length >= LONG && !COUNTER.test(last) && count(BORDERS, whole) >= MIN_BORDERS;
}

/** Whether a word was made up at random, as `8f3a2b1c` and `toolcall1`, `message12`, `00000001` and `10000001` were not. */
function isMadeUp(word: string): boolean {
  if (word.length < SHORTEST || word.startsWith('0000')) return false;
  return count(DIGIT_BORDERS, word) >= 2 || count(BORDERS, word) >= MIN_BORDERS;
}

function count(pattern: RegExp, text: string): number {
  return text.match(pattern)?.length ?? 0;
}

/** What an answer has one of; what SDKs make up when it is read comes behind what they make it of. */
const ANSWER_KEYS = ['choices', 'candidates', 'content', 'text', 'output', 'output_text'];

/** What a person would read of an answer that is no whole response. */
export function saidIn(
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
