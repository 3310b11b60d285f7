import { InvalidInput } from '../domain/errors.ts';
import type { JsonValue } from '../domain/json.ts';
import { entryOf } from '../domain/entry-of.ts';

/** Where the formats of providers keep the name of the tool that a model asks for; prompts read it from there. */
const NAME_KEYS = ['name', 'toolName', 'tool_name', 'tool'];

/** Whether a value is a call that a model asks for, in the format of any provider: an object that names a tool. */
export function isAskedCall(value: unknown): boolean {
  const id = entryOf(value, 'id') ?? '';
  if (typeof id !== 'string') return false;
  return [value, entryOf(value, 'function'), entryOf(value, 'custom')].some((holder) =>
    NAME_KEYS.some((key) => isName(entryOf(holder, key))),
  );
}

/**
 * Refuses what a prompt could show only as a call of a tool that nobody named.
 * @throws INVALID_INPUT naming the entry.
 */
export function assertAskedCalls(calls: JsonValue, field: string): void {
  const wrong = Array.isArray(calls) ? calls.findIndex((call: unknown) => !isAskedCall(call)) : -1;
  if (wrong === -1) return;
  throw new InvalidInput({
    field: `${field}[${wrong}]`,
    expected: 'a tool call as a provider writes it: an object with the name of the tool',
  });
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
