import { isMcpFailure } from '../domain/failure-report.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonValue,
  toText,
} from '../domain/json.ts';
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
  if (!isJsonObject(value)) return false;
  // What says that it failed has to be no more than that: a failure must not pass for a result.
  if (isMcpFailure(value)) return true;
  const { content, isError } = value;
  if (!isList(content)) return false;
  const isFlagged = isError === undefined || isError === false;
  if (!isFlagged || !Object.keys(value).every((key) => FIELDS.has(key))) return false;
  return content.every(isPart) && (content.length > 0 || value['structuredContent'] !== undefined);
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
  const message = text === '' ? textOfDetails(details) : text;
  return new ReportedFailure(
    toolFailure(classifyError(message), message, { details, isTold: false }),
  );
}

function textOfDetails(details: JsonValue): string {
  return details === null ? 'The tool failed and gave no reason.' : toText(details);
}

function parsed(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return parseJsonValue(JSON.parse(text), 'result');
  } catch {
    return text; // A text that only begins like JSON, or has a number or a depth that no record takes.
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
