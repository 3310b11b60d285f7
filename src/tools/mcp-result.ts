import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { classifyError } from '../procedures/error-class.ts';
import { ReportedFailure, toolFailure } from './tool-failure.ts';

const FIELDS: ReadonlySet<string> = new Set(['content', 'structuredContent', 'isError', '_meta']);
const PART_TYPES: ReadonlySet<unknown> = new Set([
  'text',
  'image',
  'audio',
  'resource',
  'resource_link',
]);

/** Whether a value has the form in which servers of the Model Context Protocol answer. */
function isMcpResult(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value) || !Object.keys(value).every((key) => FIELDS.has(key))) return false;
  const { content, isError } = value;
  const isFlagged = isError === undefined || typeof isError === 'boolean';
  if (!isFlagged || !isList(content) || !content.every(isPart)) return false;
  return content.length > 0 || value['structuredContent'] !== undefined;
}

/**
 * What an answer of such a server holds: its structured content; else the one text, as JSON where it is an object or a list; else
 * its one part or all of its parts. Any other value is what it is.
 * @throws ReportedFailure for an answer that says it is an error.
 */
export function fromMcpResult(value: JsonValue): JsonValue {
  if (!isMcpResult(value)) return value;
  const content = value['content'];
  const parts = isList(content) ? content : [];
  if (value['isError'] === true) throw reported(parts, value['structuredContent'] ?? null);
  const structured = value['structuredContent'];
  if (structured !== undefined && structured !== null) return structured;
  const [only] = parts;
  if (parts.length !== 1 || only === undefined) return parts;
  return textIn(only) === null ? only : parsed(textIn(only) ?? '');
}

function reported(parts: readonly JsonValue[], details: JsonValue): ReportedFailure {
  const text = parts
    .map(textIn)
    .filter((part) => part !== null)
    .join('\n');
  const message = text === '' ? 'The tool failed and gave no reason.' : text;
  return new ReportedFailure(
    toolFailure(classifyError(message), message, { details, isTold: false }),
  );
}

function parsed(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as JsonValue; // what JSON.parse gives is a JSON value
  } catch {
    return text; // A text that only begins like JSON.
  }
}

function textIn(part: JsonValue): string | null {
  if (!isJsonObject(part) || part['type'] !== 'text') return null;
  return typeof part['text'] === 'string' ? part['text'] : null;
}

function isPart(part: JsonValue): boolean {
  return isJsonObject(part) && PART_TYPES.has(part['type']);
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
