import { canonicalJson } from './canonical-json.ts';
import { reportsFailure } from './failure-report.ts';
import { notedFailure } from './guard-note.ts';
import { isJsonObject, type JsonObject, type JsonValue, toText } from './json.ts';
import { withoutData } from './without-data.ts';

/** A tool call as somebody asked for it. */
export interface ToolRequest {
  /** The id it was recorded with; null when it had none. */
  readonly callId: string | null;
  /** A name that chat interfaces accept. */
  readonly name: string;
  /** JSON text of an object. */
  readonly arguments: string;
}

/** What came of a tool call. */
export interface ToolOutcome {
  readonly content: string;
  readonly hasFailed: boolean;
}

/** A recorded tool call; `outcome` is null while there is none. */
export interface ToolUse extends ToolRequest {
  readonly outcome: ToolOutcome | null;
}

/** Stands for the name of a tool that was not recorded. */
const UNKNOWN_TOOL = 'unknown';

/** Names of functions longer than this are refused by OpenAI's chat interface. */
const MAX_NAME_LENGTH = 64;
const NO_REASON = 'the call failed';
const MIN_MEDIUM_LENGTH = 256;

// Where events and the formats of providers keep the same facts, the most specific name first.
const ID_KEYS = ['callId', 'call_id', 'tool_call_id', 'toolCallId'];
const NAME_KEYS = ['tool_name', 'tool', 'toolName', 'name'];
const ARGUMENT_KEYS = ['arguments', 'args', 'input'];
const RESULT_KEYS = ['result', 'content', 'output'];
/**
 * The calls that a message carries in `tool_calls`, in their order, or in the `function_call` of older ones; entries that are no
 * objects are left out.
 */
export function declaredCalls(message: JsonValue): readonly ToolRequest[] {
  return callsOf(message)
    .filter(isJsonObject)
    .map((call) => {
      const { function: called, custom } = call;
      const body = [called, custom].find(isJsonObject) ?? call;
      return {
        // An item of an OpenAI response has an id of its own beside that of the call, which its result is sent with.
        callId: firstText(call, [...ID_KEYS, 'id']),
        name: toToolName(firstText(body, NAME_KEYS) ?? firstText(call, NAME_KEYS)),
        arguments:
          body === custom || call['type'] === 'custom_tool_call'
            ? freeText(body['input'])
            : argumentsText(firstValue(body, ARGUMENT_KEYS)),
      };
    });
}

function callsOf(message: JsonValue): readonly JsonValue[] {
  if (!isJsonObject(message)) return [];
  const { tool_calls: calls, function_call: single } = message;
  if (isArray(calls) && calls.length > 0) return calls;
  const isNamed = isJsonObject(single) && firstText(single, NAME_KEYS) !== null;
  return isNamed ? [single] : [];
}

/** Reads the message of a tool-call event and its metadata; one that is no object counts as the result of an unknown tool. */
export function toolUseOf(message: JsonValue, metadata: JsonObject = {}): ToolUse {
  if (!isJsonObject(message)) {
    const outcome = { content: toldText(message), hasFailed: false };
    return { ...toolRequestOf(message), outcome };
  }
  return { ...toolRequestOf(message), outcome: outcomeOf(message, metadata) };
}

/** What the message of a tool-call event says was asked, without a look at what came of it. */
export function toolRequestOf(message: JsonValue): ToolRequest {
  if (!isJsonObject(message)) return { callId: null, name: UNKNOWN_TOOL, arguments: '{}' };
  return {
    callId: firstText(message, ID_KEYS),
    name: toToolName(firstText(message, NAME_KEYS)),
    arguments: argumentsText(firstValue(message, ARGUMENT_KEYS)),
  };
}

/** Whether {@link toolUseOf} finds an outcome; writes no text, which may be long. */
export function hasOutcome(message: JsonValue): boolean {
  if (!isJsonObject(message)) return true;
  return hasFailed(message) || firstValue(message, RESULT_KEYS) !== undefined;
}

function hasFailed(message: JsonObject): boolean {
  return hasError(message) || message['success'] === false;
}

function hasError({ error = null }: JsonObject): boolean {
  return error !== null && error !== '' && error !== false;
}

function outcomeOf(message: JsonObject, metadata: JsonObject): ToolOutcome | null {
  const result = firstValue(message, RESULT_KEYS);
  if (hasFailed(message)) {
    const error = hasError(message) ? (message['error'] ?? null) : NO_REASON;
    return { content: toldText({ error, details: result ?? null }), hasFailed: true };
  }
  if (result === undefined) return null;
  return { content: toldText(result), hasFailed: notedFailure(metadata) ?? reportsFailure(result) };
}

/** A result as a model is told it, with data of media in it named; short ones are not looked through, as no picture is in them. */
export function toldText(result: JsonValue): string {
  const text = toText(result);
  return text.length < MIN_MEDIUM_LENGTH ? text : toText(withoutData(result));
}

/** Servers that render a chat read the arguments back, so text that is no JSON object is wrapped in one. */
function argumentsText(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return '{}';
  if (isJsonObject(value)) return toText(value);
  if (typeof value === 'string' && isObjectText(value)) return value;
  return toText({ raw: value });
}

/** Tools that take a text instead of JSON get it under one name, as they do when they are run. */
function freeText(input: JsonValue | undefined): string {
  return toText({ input: typeof input === 'string' ? input : '' });
}

/**
 * One text for all spellings of arguments: models, their servers and records have blanks, escapes and orders of keys of their own.
 */
export function argumentsMeaning(text: string): string {
  try {
    return canonicalJson(JSON.parse(text) as JsonValue); // what JSON.parse gives is one
  } catch {
    return text; // No JSON, or nested deeper than can be walked through: it is compared as it was written.
  }
}

/** As {@link argumentsMeaning}; reads each text once, since one is compared with all calls that wait beside it. */
export function rememberedMeanings(): (text: string) => string {
  const meanings = new Map<string, string>();
  return (text) => {
    const known = meanings.get(text);
    if (known !== undefined) return known;
    const meaning = argumentsMeaning(text);
    meanings.set(text, meaning);
    return meaning;
  };
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false; // A model's own broken JSON; the caller wraps it.
  }
}

function toToolName(name: string | null): string {
  if (name === null) return UNKNOWN_TOOL;
  return name.slice(0, MAX_NAME_LENGTH).replace(/[^A-Za-z0-9_-]/g, '_');
}

function firstText(holder: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = holder[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

function firstValue(holder: JsonObject, keys: readonly string[]): JsonValue | undefined {
  const key = keys.find((candidate) => Object.hasOwn(holder, candidate));
  return key === undefined ? undefined : holder[key];
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
