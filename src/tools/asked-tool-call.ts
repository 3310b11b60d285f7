import { entryOf } from '../domain/entry-of.ts';
import { unwrapAnswer } from './answer-form.ts';
import { approvedCalls, CALL_ID_KEYS, openCalls } from './answered-calls.ts';
import { bodyOf, type CallPart, callPartOf, textOf, toolNameOf } from './call-part.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonValue } from '../domain/json.ts';

/** A call of a tool as a model asked for it, whatever the format. */
export interface AskedToolCall {
  /** The model's own id of it; null where the format has none. */
  readonly callId: string | null;
  /** As the model wrote it; `unknown` where it wrote none. */
  readonly toolName: string;
  /** What could not be read as an object stands under `raw`. */
  readonly arguments: JsonObject;
  /** Why it cannot be carried out, for the model; null when nothing is wrong with its form. */
  readonly problem: string | null;
}

const UNKNOWN_TOOL = 'unknown';
const MAX_NAME_LENGTH = 256;
const MAX_ID_LENGTH = 256;
/** Names of ids that nothing but a call has. */
const CERTAIN_ID_KEYS = CALL_ID_KEYS.filter((key) => key !== 'id');
/** What is to become of a call. */
type Standing = 'open' | 'waiting' | 'done';

/** The same by the state of a part of the AI SDK's user interface; those that are still being written have no other. */
const STANDINGS: ReadonlyMap<unknown, Standing> = new Map([
  [undefined, 'open'],
  ['call', 'open'],
  ['input-available', 'open'],
  ['approval-requested', 'waiting'],
  ['output-available', 'done'],
  ['output-error', 'done'],
  ['output-denied', 'done'],
  ['result', 'done'],
]);
const ANSWERED_REQUEST = 'approval-responded';

/**
 * The calls that an answer of a model asks for, in their order: `tool_calls` and `function_call` (OpenAI chat), items of an
 * OpenAI response, `tool_use` parts (Anthropic), parts and results of the AI SDK, `functionCall` parts (Gemini), a list of any of
 * these, or the JSON text of one. An answer that is only text asks for none; calls whose result the answer has already, and
 * those that the provider carries out itself, or that a person has to approve first, are left out.
 */
export function readToolCalls(message: unknown): readonly AskedToolCall[] {
  return readAllCalls(message).calls;
}

/** The calls of an answer by what is to become of them. */
export interface AllCalls {
  /** Those that may run now. */
  readonly calls: readonly AskedToolCall[];
  /** Those that a person has to approve first. */
  readonly waiting: readonly AskedToolCall[];
  /** All, with those that wait, have a result or were denied. */
  readonly all: readonly AskedToolCall[];
}

/** The calls of an answer, those too that may not run now. */
export function readAllCalls(message: unknown): AllCalls {
  const answer = unwrapAnswer(answerOfText(message));
  const found = foundIn(answer, typeof message === 'string');
  const open = openCalls(
    found.map(({ call }) => call).filter((call) => standingOf(call) !== 'done'),
    answer,
  );
  const unasked = open.filter((call) => standingOf(call) !== 'waiting');
  const approved = new Set(approvedCalls(unasked, answer));
  const waiting = new Set(open.filter((call) => !approved.has(call)));
  const asked = found.map((part) => ({ part, call: toAskedCall(part) }));
  const callsAmong = (parts: ReadonlySet<unknown>): readonly AskedToolCall[] =>
    asked.filter(({ part }) => parts.has(part.call)).map(({ call }) => call);
  return {
    calls: callsAmong(approved),
    waiting: callsAmong(waiting),
    all: asked.map(({ call }) => call),
  };
}

function foundIn(message: unknown, isText: boolean): readonly CallPart[] {
  const plain = isText ? callsInText : callsIn;
  if (Array.isArray(message)) return message.flatMap((part: unknown) => plain(part, true));
  const choices = entryOf(message, 'choices');
  if (Array.isArray(choices)) return foundIn(entryOf(choices[0], 'message'), false);
  for (const key of ['tool_calls', 'toolCalls']) {
    const calls = entryOf(message, key);
    if (Array.isArray(calls) && calls.length > 0) return calls.map(asCall);
  }
  const single = entryOf(message, 'function_call');
  if (typeof single === 'object' && single !== null) return [asCall(single)];
  const candidates = entryOf(message, 'candidates');
  const answer = Array.isArray(candidates) ? entryOf(candidates[0], 'content') : message;
  // An output that the AI SDK could not make throws when it is read, and stands beside a content.
  for (const key of ['content', 'parts', 'output']) {
    const parts = entryOf(answer, key);
    if (Array.isArray(parts)) return parts.flatMap((part: unknown) => callsIn(part, false));
  }
  return plain(message, false);
}

function asCall(call: unknown): CallPart {
  return { call };
}

/** The call that a part is, whatever became of it; in a plain list of calls, whatever names a tool is one. */
function callsIn(part: unknown, isListed: boolean): readonly CallPart[] {
  const found = callPartOf(part);
  if (found !== null) return isOurs(found.call) ? [found] : [];
  return isListed && isNamed(part) ? [{ call: part }] : [];
}

/**
 * The same of what a model wrote as text, which may be an answer in JSON: a list of tools, say, or their definitions. A call has an id or
 * says that it is one, and has arguments, unless what it has is the id of a call for certain.
 */
function callsInText(part: unknown, isListed: boolean): readonly CallPart[] {
  return callsIn(part, isListed).filter(({ call }) => {
    if (textOf(call, CERTAIN_ID_KEYS).length > 0) return true;
    const isMarked = callPartOf(part) !== null;
    return hasArguments(call) && (isMarked || textOf(call, ['id']).length > 0);
  });
}

/** Messages may have names, too: of who speaks, and of the tool whose result they are; so may whatever a list is made of. */
function isNamed(part: unknown): boolean {
  const isPlain = [entryOf(part, 'type'), entryOf(part, 'role')].every((key) => key === undefined);
  const isCalled = hasArguments(part) || textOf(part, CERTAIN_ID_KEYS).length > 0;
  const name = entryOf(part, 'toolName') ?? entryOf(part, 'name');
  return isPlain && isCalled && typeof name === 'string';
}

function hasArguments(call: unknown): boolean {
  return argumentsIn(bodyOf(call)) !== undefined;
}

function argumentsIn(body: unknown): unknown {
  return ['arguments', 'input', 'args']
    .map((key) => entryOf(body, key))
    .find((value) => value !== undefined);
}

/** Not what is still being written, or what the provider itself carries out. */
function isOurs(call: unknown): boolean {
  return standingOf(call) !== undefined && entryOf(call, 'providerExecuted') !== true;
}

function standingOf(call: unknown): Standing | undefined {
  const state = stateOf(call);
  if (state !== ANSWERED_REQUEST) return STANDINGS.get(state);
  return entryOf(entryOf(call, 'approval'), 'approved') === true ? 'open' : 'done';
}

/** Items of an OpenAI response have a state, too, which says nothing about the call. */
function stateOf(part: unknown): unknown {
  const state = entryOf(part, 'state');
  return typeof state === 'string' ? state : undefined;
}

function toAskedCall(found: CallPart): AskedToolCall {
  const part = found.call;
  const body = bodyOf(part);
  const name = toolNameOf(found);
  const [callId = null] = textOf(part, CALL_ID_KEYS);
  const isFreeText =
    body === entryOf(part, 'custom') || entryOf(part, 'type') === 'custom_tool_call';
  const raw = argumentsIn(body);
  const parsed = isFreeText ? freeText(raw) : parsedArguments(raw);
  const problem = name === undefined ? 'The call names no tool.' : parsed.problem;
  return {
    callId: callId?.slice(0, MAX_ID_LENGTH) ?? null,
    toolName: (name ?? UNKNOWN_TOOL).slice(0, MAX_NAME_LENGTH),
    arguments: parsed.arguments,
    problem,
  };
}

type ParsedArguments = Pick<AskedToolCall, 'arguments' | 'problem'>;

/** Tools that take a text instead of JSON. */
function freeText(input: unknown): ParsedArguments {
  return { arguments: { input: typeof input === 'string' ? input : '' }, problem: null };
}

function parsedArguments(given: unknown): ParsedArguments {
  if (given === undefined || given === null) return { arguments: {}, problem: null };
  if (typeof given === 'string' && given.trim() === '') return { arguments: {}, problem: null };
  const value = typeof given === 'string' ? parsedText(given) : readable(given);
  if (value === undefined) {
    const kept = typeof given === 'string' ? { raw: given } : {};
    return { arguments: kept, problem: 'The arguments are not valid JSON.' };
  }
  if (isJsonObject(value)) return { arguments: value, problem: null };
  return { arguments: { raw: value }, problem: 'The arguments are not a JSON object.' };
}

function parsedText(text: string): JsonValue | undefined {
  try {
    return readable(JSON.parse(text));
  } catch {
    return undefined; // A model's own broken JSON; the call says so.
  }
}

/** Undefined for what is no JSON, or is nested beyond what is read. */
function readable(value: unknown): JsonValue | undefined {
  try {
    return parseJsonValue(value, 'arguments');
  } catch {
    return undefined; // One odd call must not take the others with it; the call says so.
  }
}

/** Answers come as JSON text, too; any other text is what the model said. */
export function answerOfText(message: unknown): unknown {
  if (typeof message !== 'string' || !/^\s*[[{]/.test(message)) return message;
  return parsedText(message) ?? message;
}
