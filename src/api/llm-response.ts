import { reading } from '../domain/argument.ts';
import { isUnsaid, joinTexts, readAnswerParts, refusalOf } from './answer-parts.ts';
import { assertAnswers } from './error-body.ts';
import { isAskedCall } from './asked-call.ts';
import { type JsonValue, parseJsonValue, toText } from '../domain/json.ts';
import { unwrapAnswer } from '../tools/answer-form.ts';
import { openCalls } from '../tools/answered-calls.ts';
import { entryOf } from '../domain/entry-of.ts';
import { assertNoChunk } from './stream-chunk.ts';
import { assertUnwrapped } from './wrapped-answer.ts';

/** What a model call gave back, in the form it is recorded in. */
export interface LlmResponse {
  /** The text a person would read; empty when the model only asked for tools. */
  readonly text: string;
  /** What is left to be carried out; calls whose result the response has are not among them. */
  readonly toolCalls: readonly JsonValue[];
  /** What may hold the provider's usage, as it came; null when the response carries none. */
  readonly usage: unknown;
  readonly origin: ResponseOrigin;
}

const NOTHING: LlmResponse = { text: '', toolCalls: [], usage: null, origin: {} };

/**
 * Reads the common shapes of a response, as data or as objects of an SDK: plain text; `choices[0].message` (OpenAI chat);
 * `output_text` (OpenAI responses); `candidates[0].content.parts` (Gemini); `content` as text or parts (Anthropic); `text`
 * (AI SDK). Anything else that is data is recorded as its JSON.
 * @throws INVALID_INPUT when it is neither of a known shape nor data, and when it is an error in place of an answer, or a chunk of a
 * stream.
 */
export function readLlmResponse(response: unknown): LlmResponse {
  if (response === null || response === undefined) return NOTHING;
  if (typeof response !== 'object') return { ...NOTHING, text: textOfPlain(response) };
  return reading('response', () => readBody(response));
}

function readBody(response: object): LlmResponse {
  assertAnswers(response);
  assertNoChunk(response);
  assertUnwrapped(response);
  const told = toAnswerBody(response);
  // What is left of a list of messages may be no answer by itself.
  const parts = Array.isArray(told) ? readAnswerParts(told) : null;
  if (parts !== null) {
    const { content, toolCalls } = parts;
    return { ...NOTHING, text: textOfPlain(content), toolCalls: toCalls(toolCalls) };
  }
  const body = unwrapAnswer(told);
  if (body !== response) return readLlmResponse(body);
  const answer =
    readKnown(response) ??
    readAnswerParts(response) ??
    toText(parseJsonValue(response, 'response'));
  const { text, toolCalls } =
    typeof answer === 'string' ? { text: answer, toolCalls: toolCallsOf(response) } : answer;
  return {
    text,
    toolCalls: toCalls(openCalls(toolCalls, response)),
    usage: usageOf(response),
    origin: originOf(response),
  };
}

/**
 * What an answer is read from: the value as it is, or its JSON where its own entries tell nothing. `toJSON` is called once.
 * @throws INVALID_INPUT
 */
export function toAnswerBody(value: unknown): unknown {
  const isTold = typeof value === 'object' && value !== null && hasJson(value);
  return isTold && readKnown(value) === null ? toJsonBody(value) : value;
}

/**
 * The JSON of a value that has a `toJSON`, which is called once; any other as it is.
 * @throws INVALID_INPUT
 */
export function toJsonBody(value: unknown): unknown {
  return hasJson(value) ? parseJsonValue(value, 'response') : value;
}

function hasJson(value: unknown): boolean {
  return typeof entryOf(value, 'toJSON') === 'function';
}

/**
 * Whether a value is the whole response of a provider and not just what it says: OpenAI chat, OpenAI responses,
 * Anthropic, Gemini, or a result of the AI SDK. What a caller composed by itself is never taken for one.
 */
export function isProviderResponse(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (isSdkResult(value)) return true;
  const choices = entryOf(value, 'choices');
  if (Array.isArray(choices)) return isChatBody(value, choices);
  if (entryOf(value, 'object') === 'response') return Array.isArray(entryOf(value, 'output'));
  const candidates = candidatesOf(value);
  if (candidates !== null) return isGeminiResponse(value, candidates[0]);
  const content = entryOf(value, 'content');
  return (
    (entryOf(value, 'type') === 'message' || tellsWhatItTook(value)) &&
    entryOf(value, 'role') === 'assistant' &&
    Array.isArray(content) &&
    content.every((part: unknown) => isText(entryOf(part, 'type')))
  );
}

/** Whether a message says which model wrote it and what that took, as a body does of which some entries were left out. */
function tellsWhatItTook(message: object): boolean {
  const usage = entryOf(message, 'usage');
  return typeof usage === 'object' && usage !== null && isText(entryOf(message, 'model'));
}

/** Whether a body with choices is OpenAI's; one without any, as of a prompt that was blocked, still tells whose it is. */
function isChatBody(response: object, choices: readonly unknown[]): boolean {
  if (choices.length > 0) {
    const message = entryOf(choices[0], 'message');
    return (typeof message === 'object' && message !== null) || isText(entryOf(choices[0], 'text'));
  }
  const form = entryOf(response, 'object');
  const isNamed = form === 'chat.completion' || form === 'text_completion';
  return isNamed || typeof entryOf(entryOf(response, 'usage'), 'prompt_tokens') === 'number';
}

/**
 * Whether a value is a result of the AI SDK. Looked for before anything else: its `content` holds what the model thought too, its
 * `output` is what was made of the text, and throws where nothing could be made.
 */
function isSdkResult(value: object): boolean {
  // The text last: Gemini's SDK makes it up when it is read, and warns of whatever else the model gave.
  return isCounts(entryOf(value, 'usage')) && isText(entryOf(value, 'text'));
}

/** The usage as it came; that of all steps, where the AI SDK took several. */
function usageOf(response: object): unknown {
  const total = isSdkResult(response) ? entryOf(response, 'totalUsage') : undefined;
  const usage = isCounts(total)
    ? total
    : (entryOf(response, 'usage') ?? entryOf(response, 'usageMetadata') ?? null);
  return isCounts(usage) ? withMetadata(response, usage) : usage;
}

/** A usage of the AI SDK beside the metadata in which it has, before v6, what Claude wrote to a cache. */
function withMetadata(response: object, usage: unknown): unknown {
  const providerMetadata = entryOf(response, 'providerMetadata');
  const isTold = typeof providerMetadata === 'object' && providerMetadata !== null;
  return isTold ? { usage, providerMetadata, steps: entryOf(response, 'steps') } : usage;
}

/** The names of counts in a usage of the AI SDK, before and since v5. */
const COUNTS = ['inputTokens', 'outputTokens', 'promptTokens', 'completionTokens'];

/** Whether a value is a usage of the AI SDK; it names its counts also where it has none. */
function isCounts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && COUNTS.some((name) => name in value);
}

/** The candidates of a Gemini response; those of a prompt that was blocked are left out, list and all. */
function candidatesOf(response: object): readonly unknown[] | null {
  const candidates = entryOf(response, 'candidates');
  if (Array.isArray(candidates)) return candidates;
  const feedback = entryOf(response, 'promptFeedback');
  return candidates === undefined && typeof feedback === 'object' && feedback !== null ? [] : null;
}

/** An answer that was held back has no parts, and often no candidate; its usage still tells whose it is. */
function isGeminiResponse(response: object, candidate: unknown): boolean {
  const parts = entryOf(entryOf(candidate, 'content'), 'parts');
  const usage = entryOf(response, 'usageMetadata');
  return Array.isArray(parts) || (typeof usage === 'object' && usage !== null);
}

/** Who a body says it came from, as far as it does. */
export interface ResponseOrigin {
  readonly model?: string;
  readonly provider?: string;
}

/** Longest name of a model that is taken from a body. */
const MAX_MODEL_LENGTH = 200;

/**
 * The model that the body of a response names (`modelVersion` with Gemini, `response.modelId` with the AI SDK). The provider follows from the body's form only
 * where the model is one of the form's own, since many serve the models of others in the forms of others.
 */
export function originOf(body: unknown): ResponseOrigin {
  const names = [
    entryOf(body, 'model'),
    entryOf(body, 'modelVersion'),
    entryOf(entryOf(body, 'response'), 'modelId'),
  ];
  const model = names.find(isText) ?? '';
  if (model === '' || model.length > MAX_MODEL_LENGTH) return {};
  if (entryOf(body, 'type') === 'message' && model.startsWith('claude-'))
    return { model, provider: 'anthropic' };
  if (entryOf(body, 'modelVersion') === model && model.startsWith('gemini-'))
    return { model, provider: 'google' };
  return { model };
}

/** What was said and asked for, as it came. */
interface Answer {
  readonly text: string;
  readonly toolCalls: readonly unknown[];
}

/** Null when the response has none of the known shapes. */
function readKnown(response: object): Answer | string | null {
  if (isSdkResult(response)) {
    const said = entryOf(response, 'text');
    return { text: isText(said) ? said : '', toolCalls: toolCallsOf(response) };
  }
  const choices = entryOf(response, 'choices');
  if (Array.isArray(choices)) return readChoice(choices[0]);
  const output = entryOf(response, 'output');
  if (Array.isArray(output) && output.every(isItem)) return readOutput(output);
  const candidates = candidatesOf(response);
  if (candidates !== null) return readParts(entryOf(entryOf(candidates[0], 'content'), 'parts'));
  const content = entryOf(response, 'content');
  if (Array.isArray(content)) return readParts(content);
  const refusal = refusalOf(response);
  if (refusal !== null) return refusal;
  const texts = [entryOf(response, 'output_text'), content, entryOf(response, 'text')];
  return textOf([...texts, transcriptOf(response)]) ?? (content === null ? '' : null);
}

/** What an item of an OpenAI response is called that asks for a tool. */
const ITEM_CALLS: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);

/** Whether an entry of an output is one of an OpenAI response. */
function isItem(item: unknown): boolean {
  return isText(entryOf(item, 'type'));
}

function readChoice(choice: unknown): Answer {
  const message = entryOf(choice, 'message');
  const content = entryOf(message, 'content');
  const text = Array.isArray(content) ? readParts(content).text : content;
  const texts = [text, entryOf(message, 'refusal'), entryOf(choice, 'text'), transcriptOf(message)];
  return { text: textOf(texts) ?? '', toolCalls: toolCallsOf(message) };
}

/** What an answer that is spoken says. */
function transcriptOf(message: unknown): unknown {
  return entryOf(entryOf(message, 'audio'), 'transcript');
}

/** The first that says something, else the first that is a text at all. */
function textOf(values: readonly unknown[]): string | undefined {
  const texts = values.filter(isText);
  return texts.find((text) => text !== '') ?? texts[0];
}

/** Items of an OpenAI response: messages with parts, each of which ends its line, and calls of functions. */
function readOutput(items: readonly unknown[]): Answer {
  const texts = items.map(saidInItem).filter((text) => text !== '');
  const toolCalls = items.filter((item) => ITEM_CALLS.has(entryOf(item, 'type')));
  return { text: texts.join('\n'), toolCalls };
}

function saidInItem(item: unknown): string {
  const content = entryOf(item, 'content');
  if (entryOf(item, 'type') !== 'message' || !Array.isArray(content)) return '';
  const texts = content.map((part: unknown) =>
    ['text', 'refusal', 'transcript'].map((name) => entryOf(part, name)).find(isText),
  );
  return texts.filter(isText).join('');
}

/** Parts of an answer: texts are joined, and parts that ask for a tool are its calls. */
function readParts(parts: unknown): Answer {
  if (!Array.isArray(parts)) return NOTHING;
  // What a model thought is told like an answer, and marked; it is no part of one.
  const texts = parts.map((part: unknown) => {
    if (isUnsaid(part) || entryOf(part, 'type') === 'reasoning') return null;
    const text = isText(part) ? part : entryOf(part, 'text');
    return isText(text) ? text : undefined;
  });
  const toolCalls = parts.flatMap((part: unknown) => {
    const isCall = entryOf(part, 'type') === 'tool_use' || entryOf(part, 'type') === 'tool-call';
    const call = isCall ? part : entryOf(part, 'functionCall');
    return call === undefined ? [] : [call];
  });
  return { text: joinTexts(texts), toolCalls };
}

/** The calls of a message; older ones name a single one. */
function toolCallsOf(message: unknown): readonly unknown[] {
  const calls = entryOf(message, 'tool_calls') ?? entryOf(message, 'toolCalls');
  if (Array.isArray(calls) && calls.length > 0) return calls;
  return [entryOf(message, 'function_call')].filter(isAskedCall);
}

function toCalls(calls: readonly unknown[]): readonly JsonValue[] {
  // An answer must not be lost for an entry that is no call.
  return calls
    .filter(isAskedCall)
    .map((call, index) => parseJsonValue(call, `response.toolCalls[${index}]`));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function textOfPlain(value: unknown): string {
  return toText(parseJsonValue(value, 'response'));
}
