import { InvalidInput } from './errors.ts';
import { type JsonObject, parseJsonObject } from './json.ts';

/**
 * The arguments of a tool call: an object, or the JSON text of one, as some providers send it.
 * @throws INVALID_INPUT naming the field.
 */
export function parseCallArguments(value: unknown, field: string): JsonObject {
  const given = typeof value === 'string' ? fromText(value, field) : value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw unfit(field);
  return parseJsonObject(given, field);
}

function fromText(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unfit(field, cause);
  }
}

function unfit(field: string, cause?: unknown): InvalidInput {
  return new InvalidInput({ field, expected: 'an object, or the JSON text of one', cause });
}
