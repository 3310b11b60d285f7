import { entryOf } from '../domain/entry-of.ts';

/** What a part of an answer is called that asks for a tool: Anthropic, OpenAI responses, the AI SDK, LangChain. */
const CALL_TYPES: ReadonlySet<string> = new Set([
  'tool_use',
  'function_call',
  'custom_tool_call',
  'tool-call',
  'tool_call',
  'dynamic-tool',
]);
/** A part of a message of the AI SDK's user interface names its tool in its type. */
const UI_TYPE =
  /^tool-(?!call$|result$|error$|output-denied$|approval-(?:request|response)$|invocation$)(.+)$/s;
/** Before v5 of the AI SDK it is called so, and holds the call. */
const UI_INVOCATION = 'tool-invocation';
const NAME_KEYS = ['toolName', 'name', 'tool'];

/** A call among the parts of an answer. */
export interface CallPart {
  /** What holds its id, its state and its arguments. */
  readonly call: unknown;
  /** The name of its tool where that stands beside the call. */
  readonly toolName?: string;
}

/** The call that a part of an answer is, also one that was carried out already; null for any other part. */
export function callPartOf(part: unknown): CallPart | null {
  if (typeof part !== 'object' || part === null) return null;
  const held = entryOf(part, 'functionCall') ?? invocationIn(part);
  if (typeof held === 'object' && held !== null) return { call: held };
  const type = entryOf(part, 'type');
  if (typeof type === 'string') {
    if (CALL_TYPES.has(type)) return { call: part };
    const [, toolName] = UI_TYPE.exec(type) ?? [];
    if (toolName !== undefined) return { call: part, toolName };
  }
  return hasBody(part) ? { call: part } : null;
}

/** Whether a part of an answer is a call, also of one that was carried out already. */
export function isCallPart(part: unknown): boolean {
  return callPartOf(part) !== null;
}

/** What holds the name and the arguments of a call. */
export function bodyOf(call: unknown): unknown {
  return entryOf(call, 'function') ?? entryOf(call, 'custom') ?? call;
}

/** The name of the tool that a call names; undefined where it names none. */
export function toolNameOf({ call, toolName }: CallPart): string | undefined {
  if (toolName !== undefined && toolName.trim() !== '') return toolName;
  return [call, bodyOf(call)].flatMap((holder) => textOf(holder, NAME_KEYS))[0];
}

/** The texts under these keys that are not blank. */
export function textOf(holder: unknown, keys: readonly string[]): readonly string[] {
  return keys
    .map((key) => entryOf(holder, key))
    .filter((value) => typeof value === 'string')
    .filter((text) => text.trim() !== '');
}

/** Whether a part is a call of OpenAI's chat, of a function or of a tool that takes text. */
function hasBody(part: object): boolean {
  const called = entryOf(part, 'function');
  if (typeof called === 'object' && called !== null) return true;
  return typeof entryOf(entryOf(part, 'custom'), 'name') === 'string';
}

function invocationIn(part: object): unknown {
  return entryOf(part, 'type') === UI_INVOCATION ? entryOf(part, 'toolInvocation') : null;
}
