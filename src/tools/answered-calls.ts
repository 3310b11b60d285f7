import { entryOf } from '../domain/entry-of.ts';
import { callPartOf } from './call-part.ts';

/** Where the formats of providers keep the id of a call beside its result, the most specific name first. */
const ID_KEYS = ['toolCallId', 'tool_use_id', 'tool_call_id', 'call_id', 'callId'];
/** Where they keep it in the call itself. */
export const CALL_ID_KEYS: readonly string[] = ['call_id', 'toolCallId', 'callId', 'id'];
/** What a part of an answer is called that tells what came of a call: the AI SDK, Anthropic, OpenAI responses. */
const RESULT_TYPES: ReadonlySet<unknown> = new Set([
  'tool-result',
  'tool-error',
  'tool-output-denied',
  'tool_result',
  'function_call_output',
  'function_call_result',
  'custom_tool_call_output',
]);
/** Where the parts of an answer are; what the AI SDK made of its text is an `output`, too, and is not looked for beside its content. */
const PART_KEYS = ['content', 'parts', 'output'];
/** Stands for the id that a call does not have under a key; it is no id of any. */
const NO_ID = Symbol('no id');

/**
 * The calls of an answer that somebody has to carry out. Left out are those that a provider carries out itself, and those whose
 * result the answer has already, as answers of SDKs do that run tools: what ran once, a payment among them, must not run again.
 */
export function openCalls(calls: readonly unknown[], answer: unknown): readonly unknown[] {
  if (calls.length === 0) return calls;
  const answered = answeredIds(answer);
  return calls.filter((call) => {
    if (entryOf(call, 'providerExecuted') === true) return false;
    return !CALL_ID_KEYS.some((key) => answered.has(entryOf(call, key)));
  });
}

/** The calls that nobody has to approve first, as an answer of the AI SDK asks for some of them: until then they may not run. */
export function approvedCalls(calls: readonly unknown[], answer: unknown): readonly unknown[] {
  if (calls.length === 0) return calls;
  const requests = partsOf(answer).filter(isApprovalRequest);
  if (requests.length === 0) return calls;
  const pending = new Set(requests.map(requestedId));
  return calls.filter(
    (call) => !CALL_ID_KEYS.some((key) => pending.has(entryOf(call, key) ?? NO_ID)),
  );
}

/** Whether a part of an answer asks a person to approve a call. */
export function isApprovalRequest(part: unknown): boolean {
  return entryOf(part, 'type') === 'tool-approval-request';
}

/** The id of the call that a request for approval is about. */
export function requestedId(request: unknown): unknown {
  return entryOf(request, 'toolCallId') ?? entryOf(entryOf(request, 'toolCall'), 'toolCallId');
}

/**
 * The ids of the calls whose results an answer has, in its parts and in the results of the AI SDK. Results of earlier steps are of
 * other calls, even where ids begin anew with every step.
 */
function answeredIds(answer: unknown): ReadonlySet<unknown> {
  const results = [...listOf(answer, 'toolResults'), ...partsOf(answer).filter(isResultPart)];
  return new Set(results.flatMap(idsIn));
}

/** The ids of the call whose result a part is; none of any other part. */
export function idsOfResult(part: unknown): readonly string[] {
  return isResultPart(part) ? idsIn(part) : [];
}

function idsIn(result: unknown): readonly string[] {
  return ID_KEYS.map((key) => entryOf(result, key)).filter(
    (id): id is string => typeof id === 'string' && id !== '',
  );
}

/** Whether a call, or what came of one, has the id that interfaces give calls. */
export function hasCallId(part: unknown): boolean {
  return [...ID_KEYS, ...CALL_ID_KEYS].some((key) => typeof entryOf(part, key) === 'string');
}

/** The ids of the call that a part of an answer is, under whatever name; none where it has none, and of other parts. */
export function callIdsOf(part: unknown): readonly string[] {
  const call = callPartOf(part)?.call;
  return CALL_ID_KEYS.map((key) => entryOf(call, key)).filter(
    (id): id is string => typeof id === 'string' && id !== '',
  );
}

/** Whether a part of an answer tells what came of a call. */
export function isResultPart(part: unknown): boolean {
  return RESULT_TYPES.has(entryOf(part, 'type'));
}

/** What the first of the parts of a message, or of a list of parts, is called that is the result of a call, with the id of that; null where there is none. */
export function resultPartIn(message: unknown): string | null {
  for (const part of isMessage(message) ? partsOf(message) : []) {
    if (isResultPart(part) && idsIn(part).length > 0) return String(entryOf(part, 'type'));
    const response = entryOf(part, 'functionResponse');
    if (typeof entryOf(response, 'name') === 'string') return 'functionResponse';
  }
  return null;
}

/** Whether a value is parts, or has a role or nothing beside its parts; what else has some is data of a caller's own. */
function isMessage(value: unknown): boolean {
  if (Array.isArray(value) || typeof entryOf(value, 'role') === 'string') return true;
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length === 1 && PART_KEYS.includes(keys[0] ?? '');
}

function partsOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  for (const key of PART_KEYS) {
    const parts = listOf(answer, key);
    if (parts.length > 0) return parts;
  }
  return [];
}

function listOf(holder: unknown, name: string): readonly unknown[] {
  const list = entryOf(holder, name);
  return Array.isArray(list) ? list : [];
}
