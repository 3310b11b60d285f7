import { entryOf } from '../domain/entry-of.ts';
import { callIdsOf, isResultPart, openCalls } from './answered-calls.ts';
import { callPartOf, isCallPart, toolNameOf } from './call-part.ts';
import { isForInterface, isGeminiContent } from './part-kinds.ts';
import { ToldParts } from './told-parts.ts';

// An answer that took several steps comes as a list of messages: what the model said, and what its tools gave back.

/** Stands between the parts of messages; the AI SDK has such a part between the steps of an answer. */
const STEP = { type: 'step-start' } as const;

/** What a person answered to a request. */
const APPROVAL = 'tool-approval-response';

/** Whether a list is the messages of an answer. */
export function isMessages(list: readonly unknown[]): boolean {
  return (
    list.every((item) => isOfModel(item) || isOfTool(item)) && list.some((item) => isOfModel(item))
  );
}

/**
 * The parts of all messages, with every call as a part and once, and without calls that the messages answer. A result answers the
 * latest call of its id before it, since ids may begin anew with each message.
 */
export function partsOfMessages(messages: readonly unknown[]): readonly unknown[] {
  const told = new ToldParts();
  for (const message of messages) {
    if (isOfTool(message)) takeOutAnswered(told, message);
    else {
      const parts = partsOfMessage(message);
      if (!told.isEmpty) told.add(STEP);
      const open = openCalls(parts, []).filter((part) => !isResultPart(part));
      for (const part of open) told.add(part);
      const beside = listOf(entryOf(message, 'toolResults'));
      for (const result of [...parts.filter(isResultPart), ...beside]) told.takeOut(result);
    }
  }
  return told.left();
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

/** The id of the call that a message of a tool answers as a whole; null where it has none. */
function answeredId(message: unknown): unknown {
  const ids = ['tool_call_id', 'toolCallId'].map((key) => entryOf(message, key) ?? '');
  return ids.find((id) => id !== '') ?? null;
}

/** Takes the calls out that a message of a tool answers: as a whole by its id, by its parts, or else by its name. */
function takeOutAnswered(told: ToldParts, message: unknown): void {
  const callId = answeredId(message);
  if (callId !== null) {
    told.takeOut({ type: 'tool-result', toolCallId: callId });
    return;
  }
  const name = entryOf(message, 'tool_name') ?? entryOf(message, 'name') ?? null;
  const content = entryOf(message, 'content');
  const results = listOf(content).filter(isResultPart);
  for (const result of results) told.takeOut(result);
  // What a person answered to a request is the result of no call.
  const isReply = listOf(content).some((part) => entryOf(part, 'type') === APPROVAL);
  if (results.length === 0 && !isReply) told.takeOutNamed(name);
}

function nameOf(part: unknown): string | undefined {
  const found = callPartOf(part);
  return found === null ? undefined : toolNameOf(found);
}

/** What a message says and asks for; calls may stand among its parts, beside them, or in both places. */
function partsOfMessage(message: unknown): readonly unknown[] {
  const said = [
    ...contentParts(message),
    ...textParts(entryOf(message, 'refusal')),
    ...textParts(entryOf(entryOf(message, 'audio'), 'transcript')),
  ];
  const isTold = sameAsOneOf(said.filter(isCallPart));
  return [...said, ...callsBeside(message).filter((call) => !isTold(call))];
}

/** Tells whether a call is one of others: by an id, or by its name where either of the two has none. */
function sameAsOneOf(calls: readonly unknown[]): (call: unknown) => boolean {
  const ids = new Set(calls.flatMap(callIdsOf));
  const names = new Set(calls.map(nameOf));
  const unmarked = new Set(calls.filter((call) => callIdsOf(call).length === 0).map(nameOf));
  return (call) => {
    const own = callIdsOf(call);
    const name = nameOf(call);
    return own.length === 0 ? names.has(name) : unmarked.has(name) || own.some((id) => ids.has(id));
  };
}

/** What a message of the AI SDK's interface says stands in its parts, and before v5 once more in its content. */
function contentParts(message: unknown): readonly unknown[] {
  const parts = listOf(entryOf(message, 'parts')).filter((part) => !isForInterface(part));
  if (parts.length > 0) return parts;
  const content = entryOf(message, 'content');
  return Array.isArray(content) ? content : textParts(content);
}

function callsBeside(message: unknown): readonly object[] {
  const lists = ['tool_calls', 'toolCalls'].map((key) => listOf(entryOf(message, key)));
  const calls = lists.find((list) => list.length > 0)?.filter(isObject) ?? [];
  const single = entryOf(message, 'function_call');
  if (calls.length === 0 && isObject(single)) return [{ type: 'function', function: single }];
  // What stands in such a list is a call, even where it does not say so.
  return calls.map((call) => (isCallPart(call) ? call : { ...call, type: 'tool-call' }));
}

function textParts(text: unknown): readonly object[] {
  return typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
