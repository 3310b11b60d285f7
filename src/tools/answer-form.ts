import { entryOf } from '../domain/entry-of.ts';
import {
  hasCallId,
  isApprovalRequest,
  isResultPart,
  openCalls,
  requestedId,
} from './answered-calls.ts';
import { callPartOf, isCallPart, toolNameOf } from './call-part.ts';

/** Stands between the parts of messages; the AI SDK has such a part between the steps of an answer. */
const STEP = { type: 'step-start' } as const;
/** Parts of messages of the AI SDK's user interface that are for the interface. */
const UI_PART = /^(?:step-start|source|source-url|source-document|data-.+)$/;
/** Entries of Gemini's parts, of which each has one. */
const GEMINI_KEYS = [
  'text',
  'functionCall',
  'functionResponse',
  'inlineData',
  'fileData',
  'executableCode',
  'codeExecutionResult',
];

/** What stands beside the message of a choice: OpenAI, its deployments by others, gateways. */
const CHOICE_KEYS: ReadonlySet<string> = new Set([
  'index',
  'finish_reason',
  'finishReason',
  'native_finish_reason',
  'logprobs',
  'content_filter_results',
  'stop_reason',
  'matched_stop',
  'token_ids',
  'seed',
  'delta',
]);

/**
 * An answer without what an interface wraps around it: of an OpenAI choice its message, of a Gemini candidate its content, and of a
 * list of the messages of an answer, as the AI SDK gives, the parts of all of them, without calls that they answer themselves.
 * Anything else as it is.
 */
export function unwrapAnswer(answer: unknown): unknown {
  if (Array.isArray(answer)) return isMessages(answer) ? partsOfMessages(answer) : answer;
  const message = entryOf(answer, 'message');
  if (entryOf(message, 'role') === 'assistant' && isChoice(answer)) return message;
  const content = entryOf(answer, 'content');
  return isGeminiContent(content) ? content : answer;
}

/** Whether a part is for an interface, and nothing that a model said. */
export function isForInterface(part: unknown): boolean {
  const type = entryOf(part, 'type');
  return typeof type === 'string' && UI_PART.test(type);
}

/** Whether an object has what a choice has beside its message, and nothing else. */
function isChoice(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  const others = Object.keys(answer).filter((key) => key !== 'message');
  return others.length > 0 && others.every((key) => CHOICE_KEYS.has(key));
}

function isGeminiContent(content: unknown): boolean {
  const parts = entryOf(content, 'parts');
  return (
    entryOf(content, 'role') === 'model' &&
    Array.isArray(parts) &&
    parts.every((part) => GEMINI_KEYS.some((key) => entryOf(part, key) !== undefined))
  );
}

/** Whether a list is messages of an answer: what a model said, and what its tools gave back. */
function isMessages(list: readonly unknown[]): boolean {
  return (
    list.every((item) => isOfModel(item) || isOfTool(item)) && list.some((item) => isOfModel(item))
  );
}

function isOfModel(item: unknown): boolean {
  if (isGeminiContent(item)) return true;
  if (entryOf(item, 'role') !== 'assistant') return false;
  const content = entryOf(item, 'content');
  const isContent = content === null || typeof content === 'string' || Array.isArray(content);
  return isContent || (content === undefined && partsOfMessage(item).length > 0);
}

/** Whether a message is what a tool gave back; before its tools, OpenAI had functions. */
function isOfTool(item: unknown): boolean {
  const role = entryOf(item, 'role');
  if (role !== 'tool' && role !== 'function') return false;
  return entryOf(item, 'content') !== undefined || answeredId(item) !== null;
}

/** The id of the call that a message of a tool answers as a whole. */
function answeredId(message: unknown): unknown {
  return entryOf(message, 'tool_call_id') ?? entryOf(message, 'toolCallId') ?? null;
}

/** Results answer the latest call of their id before them, since ids may begin anew with each message. */
function partsOfMessages(messages: readonly unknown[]): readonly unknown[] {
  const told: unknown[] = [];
  for (const message of messages) {
    if (isOfTool(message)) takeOutAnswered(told, message);
    else {
      const parts = partsOfMessage(message);
      if (told.length > 0) told.push(STEP);
      told.push(...openCalls(parts, []).filter((part) => !isResultPart(part)));
      for (const result of parts.filter(isResultPart)) takeOut(told, result);
    }
  }
  return told;
}

/** Takes the calls out that a message of a tool answers: by its parts, or as a whole by its id or else by its name. */
function takeOutAnswered(told: unknown[], message: unknown): void {
  const content = entryOf(message, 'content');
  const results = Array.isArray(content) ? content.filter(isResultPart) : [];
  const callId = answeredId(message);
  if (callId !== null) takeOut(told, { type: 'tool-result', toolCallId: callId });
  else if (results.length === 0) takeOutNamed(told, message);
  else for (const result of results) takeOut(told, result);
}

/** Takes the call out that a result answers, and with it what asks whether it may run. */
function takeOut(parts: unknown[], result: unknown): void {
  const isAnswered = (call: unknown): boolean => openCalls([call], [result]).length === 0;
  const index = parts.findLastIndex((part) => isCallPart(part) && isAnswered(part));
  if (index === -1) return;
  parts.splice(index, 1);
  const isAsked = (part: unknown): boolean =>
    isApprovalRequest(part) && isAnswered({ toolCallId: requestedId(part) });
  const request = parts.findIndex((part, at) => at >= index && isAsked(part));
  if (request !== -1) parts.splice(request, 1);
}

/**
 * Takes out the first call that has the name of a result, or any name where the result has none; rather one without an id, though
 * there are interfaces, Ollama's among them, whose calls have ids that their results do not name.
 */
function takeOutNamed(parts: unknown[], message: unknown): void {
  const name = entryOf(message, 'tool_name') ?? entryOf(message, 'name') ?? null;
  const isNamed = (part: unknown): boolean => {
    const found = callPartOf(part);
    return found !== null && (name === null || toolNameOf(found) === name);
  };
  const unmarked = parts.findIndex((part) => isNamed(part) && !hasCallId(callPartOf(part)?.call));
  const index = unmarked === -1 ? parts.findIndex(isNamed) : unmarked;
  if (index !== -1) parts.splice(index, 1);
}

function partsOfMessage(message: unknown): readonly unknown[] {
  const said = [
    ...contentParts(message),
    ...textParts(entryOf(message, 'refusal')),
    ...textParts(entryOf(entryOf(message, 'audio'), 'transcript')),
  ];
  const ids = new Set(said.map((part) => entryOf(part, 'id') ?? entryOf(part, 'toolCallId')));
  return [...said, ...callsOf(message).filter((call) => !isIn(ids, entryOf(call, 'id')))];
}

function isIn(ids: ReadonlySet<unknown>, id: unknown): boolean {
  return id !== undefined && ids.has(id);
}

/** What a message of the AI SDK's interface says stands in its parts, and before v5 once more in its content. */
function contentParts(message: unknown): readonly unknown[] {
  const parts = listOf(entryOf(message, 'parts')).filter((part) => !isForInterface(part));
  if (parts.length > 0) return parts;
  const content = entryOf(message, 'content');
  return Array.isArray(content) ? content : textParts(content);
}

function callsOf(message: unknown): readonly unknown[] {
  const calls = ['tool_calls', 'toolCalls'].flatMap((key) => listOf(entryOf(message, key)));
  const single = entryOf(message, 'function_call');
  if (calls.length > 0 || typeof single !== 'object' || single === null) return calls;
  return [{ type: 'function', function: single }];
}

function textParts(text: unknown): readonly object[] {
  return typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
