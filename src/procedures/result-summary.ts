import { isJsonObject, type JsonValue, toText } from '../domain/json.ts';

const MAX_LENGTH = 100;
const ELLIPSIS = '...';

/** A result in at most 100 characters: short values as they are, lists and objects by what they are or say of themselves. */
export function summarizeResult(result: JsonValue): string {
  if (Array.isArray(result)) return `list[${result.length}]`;
  if (!isJsonObject(result)) return shorten(toText(result));
  const status = result['status'];
  if (status !== undefined) return shorten(`status=${toText(status)}`);
  const error = result['error'];
  if (error !== undefined) return shorten(`error: ${toText(error)}`);
  const inner = result['result'];
  if (inner !== undefined) return summarizeResult(inner);
  return `object[${Object.keys(result).length} keys]`;
}

/** What a result is: `null`, `boolean`, `number`, `string`, `list`, `object`, or the status that it names in a word. */
export function resultType(result: JsonValue): string {
  if (result === null) return 'null';
  if (Array.isArray(result)) return 'list';
  if (!isJsonObject(result)) return typeof result;
  const status = result['status'];
  return typeof status === 'string' ? shorten(status) : 'object';
}

/** A text of at most so many characters, the last three of a longer one dots; never half of a character. */
export function shorten(text: string, maxLength: number = MAX_LENGTH): string {
  if (text.length <= maxLength) return text;
  const kept = Math.max(0, maxLength - ELLIPSIS.length);
  const isSplit = kept > 0 && (text.codePointAt(kept - 1) ?? 0) > 0xffff;
  return text.slice(0, isSplit ? kept - 1 : kept) + ELLIPSIS;
}
