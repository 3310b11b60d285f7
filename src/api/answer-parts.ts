import { entryOf } from '../domain/entry-of.ts';
import { unwrapAnswer } from '../tools/answer-form.ts';
import { callIdsOf, hasCallId, isResultPart } from '../tools/answered-calls.ts';
import { type AskedToolCall, readToolCalls } from '../tools/asked-tool-call.ts';
import { isCallPart } from '../tools/call-part.ts';
import { isForInterface } from '../tools/part-kinds.ts';

/** What the parts of an answer say, and what they ask for. */
export interface AnswerParts {
  /** The texts among them, joined. */
  readonly text: string;
  /** The same, or where there are media among them, the parts that say something. */
  readonly content: unknown;
  readonly toolCalls: readonly object[];
}

/** What a message has whose calls are named in camel case. */
const CAMEL_KEYS: ReadonlySet<string> = new Set(['role', 'content', 'toolCalls', 'prefix', 'id']);
/** Roles of messages that a model wrote. */
const ROLES: ReadonlySet<unknown> = new Set(['assistant', 'model']);
/** Parts in which a model thinks, by where their text is: AI SDK (before and since v5), Anthropic, Mistral. */
const THOUGHTS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['reasoning', ['text', 'reasoning']],
  ['thinking', ['thinking']],
  ['redacted_thinking', ['data']],
]);
/** Calls that Anthropic carries out itself, what came of them, and what the AI SDK asks a person. */
const SERVER_PART = /^(?:server|mcp)_tool_use$|^[a-z_]+_tool_result$|^tool-approval-request$/;
/** Code that Gemini writes and runs itself, and what came of it. */
const GEMINI_SERVER_PARTS = ['executableCode', 'codeExecutionResult'];

/**
 * Reads an answer that is given as its parts and not as a whole response: a list of them, a message whose content they are, messages
 * of the AI SDK's user interface, a Gemini content or candidate, an OpenAI choice or output, or the list of the messages of an answer.
 * Null for anything else, and for parts of which each says something, which are recorded as they came.
 */
export function readAnswerParts(body: unknown): AnswerParts | null {
  const answer = unwrapAnswer(body);
  if (hasCallsInCamelCase(answer) || refusalOf(answer) !== null) return readAnswerParts([answer]);
  const list = listIn(answer, answer !== body);
  if (list === null) return null;
  return list === body && list.some(isOutputItem)
    ? readOutput(list)
    : readParts({ body, answer, list });
}

interface UnwrappedParts {
  /** The answer as it was given. */
  readonly body: unknown;
  /** The same without what is wrapped around it, and the parts in it. */
  readonly answer: unknown;
  readonly list: readonly unknown[];
}

function readParts({ body, answer, list }: UnwrappedParts): AnswerParts | null {
  const isOfUi = Array.isArray(entryOf(answer, 'parts'));
  const told = list.map((part) => (isLeftOut(part, isOfUi) ? null : part));
  const parts = told.filter((part) => part !== null);
  const isAsItCame = answer === body && parts.length === list.length;
  if (isAsItCame && !isOfUi) return null;
  const isKnown = isOfUi || answer !== body || list.some(isCertain);
  if (!isKnown && isOfTheCaller(list, parts)) return null;
  const toolCalls = readToolCalls(answer).map(toProviderCall);
  const text = joined(told);
  return { text, content: parts.every(isText) ? text : parts, toolCalls };
}

function isLeftOut(part: unknown, isOfUi: boolean): boolean {
  return isUnsaid(part) || (isOfUi && isForInterface(part));
}

/** Of the output of an OpenAI response, what its messages say. */
function readOutput(items: readonly unknown[]): AnswerParts {
  const text = joined(items.flatMap((item) => [null, ...saidInItem(item)]));
  return { text, content: text, toolCalls: readToolCalls(items).map(toProviderCall) };
}

/** What an answer that is no whole response says, and what its parts ask for; undefined where it has none that are read. */
export function readSaid(body: unknown): {
  readonly content: unknown;
  readonly toolCalls: object[] | undefined;
} {
  const parts = readAnswerParts(body);
  if (parts === null) return { content: unwrapAnswer(body), toolCalls: undefined };
  return { content: parts.content, toolCalls: [...parts.toolCalls] };
}

/** A call in the form of OpenAI's chat. */
export function toProviderCall({ callId, toolName, arguments: args }: AskedToolCall): object {
  return {
    ...(callId === null ? {} : { id: callId }),
    type: 'function',
    function: { name: toolName, arguments: JSON.stringify(args) },
  };
}

/** Why its model answers nothing, of a message of OpenAI's chat that says so and nothing else; null of any other value. */
export function refusalOf(message: unknown): string | null {
  const [content, refusal] = ['content', 'refusal'].map((key) => entryOf(message, key));
  const isEmpty = content === null || content === undefined || content === '';
  if (entryOf(message, 'role') !== 'assistant' || !isEmpty) return null;
  return typeof refusal === 'string' && refusal !== '' ? refusal : null;
}

/** Whether a message has its calls as Mistral's SDK has them, and nothing that no interface has; prompts know calls of OpenAI. */
function hasCallsInCamelCase(message: unknown): boolean {
  const calls = entryOf(message, 'toolCalls');
  if (entryOf(message, 'role') !== 'assistant' || !Array.isArray(calls)) return false;
  const areCalls = calls.length > 0 && calls.every((call) => callIdsOf(call).length > 0);
  return areCalls && Object.keys(Object(message)).every((key) => CAMEL_KEYS.has(key));
}

function listIn(answer: unknown, isUnwrapped: boolean): readonly unknown[] | null {
  // Messages that only say what was answered already leave nothing.
  if (Array.isArray(answer)) return answer.length === 0 && !isUnwrapped ? null : answer;
  if (!isUnwrapped && !ROLES.has(entryOf(answer, 'role'))) return null;
  const list = ['content', 'parts'].map((key) => entryOf(answer, key)).find(Array.isArray);
  return Array.isArray(list) && list.length > 0 && list.every(isObject) ? list : null;
}

function isObject(part: unknown): boolean {
  return typeof part === 'object' && part !== null;
}

/** An item of an OpenAI response that is a message. */
function isOutputMessage(item: unknown): boolean {
  return (
    entryOf(item, 'type') === 'message' &&
    entryOf(item, 'role') === 'assistant' &&
    Array.isArray(entryOf(item, 'content'))
  );
}

/** Short messages, as they may be given to OpenAI, have no type, and may have a text for a content. */
function saidInItem(item: unknown): readonly unknown[] {
  if (entryOf(item, 'role') !== 'assistant') return [];
  const content = entryOf(item, 'content');
  return typeof content === 'string' ? [content] : contentOf(item);
}

function isOutputItem(item: unknown): boolean {
  return isOutputMessage(item) || (isCallPart(item) && entryOf(item, 'call_id') !== undefined);
}

function contentOf(item: unknown): readonly unknown[] {
  const content = entryOf(item, 'content');
  return Array.isArray(content) ? content : [];
}

/** Whether entries of a list may only be called like thoughts or like calls, since there is more that no interface has. */
function isOfTheCaller(list: readonly unknown[], said: readonly unknown[]): boolean {
  return said.length === 0 || !said.every(isText) || list.some(isCallPart);
}

/** Whether a part is a call, or what came of one, for certain: with the id that interfaces give it, or in Gemini's form. */
function isCertain(part: unknown): boolean {
  if (!isCallPart(part) && !isResultPart(part)) return false;
  if (entryOf(part, 'functionCall') !== undefined) return true;
  return hasCallId(part) || hasCallId(entryOf(part, 'toolInvocation'));
}

/** Whether a part is none that a model says to whom it answers. */
export function isUnsaid(part: unknown): boolean {
  const type = entryOf(part, 'type');
  if (isCallPart(part) || isResultPart(part) || isThought(part, type)) return true;
  if (GEMINI_SERVER_PARTS.some((name) => isObject(entryOf(part, name)))) return true;
  if (type === 'step-start') return true;
  if (type === 'source') return entryOf(part, 'sourceType') !== undefined;
  return typeof type === 'string' && SERVER_PART.test(type);
}

function isThought(part: unknown, type: unknown): boolean {
  if (entryOf(part, 'thought') === true) return true;
  const names = THOUGHTS.get(type) ?? [];
  return names.map((name) => entryOf(part, name)).some(isThinking);
}

/** Mistral's thoughts are parts themselves. */
function isThinking(value: unknown): boolean {
  return typeof value === 'string' || Array.isArray(value);
}

const TEXTS = ['text', 'refusal', 'transcript'];
const TEXT_TYPES: ReadonlySet<unknown> = new Set(['text', 'output_text', 'refusal']);
/** What Gemini's parts that are texts have; they have no type. */
const GEMINI_TEXT: ReadonlySet<string> = new Set(['text', 'thought', 'thoughtSignature']);

function textOf(part: unknown): string | undefined {
  if (typeof part === 'string') return part;
  if (typeof part !== 'object' || part === null) return undefined;
  const type = entryOf(part, 'type');
  const isOfGemini = type === undefined && Object.keys(part).every((key) => GEMINI_TEXT.has(key));
  if (!isOfGemini && !TEXT_TYPES.has(type)) return undefined;
  return TEXTS.map((name) => entryOf(part, name)).find((text) => typeof text === 'string');
}

function isText(part: unknown): boolean {
  return textOf(part) !== undefined;
}

/** The texts of parts, of which null is one that is left out. */
function joined(parts: readonly unknown[]): string {
  return joinTexts(parts.map((part) => (part === null ? null : textOf(part))));
}

/** Texts that follow one another are one; where something stood between them that is left out, which is null, a line ends. */
export function joinTexts(texts: readonly (string | null | undefined)[]): string {
  let joint = '';
  let isCut = false;
  for (const text of texts) {
    if (typeof text !== 'string' || text === '') isCut = text === null || isCut;
    else {
      joint += (isCut && joint !== '' ? '\n' : '') + text;
      isCut = false;
    }
  }
  return joint;
}
