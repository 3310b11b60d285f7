import type { ArchivedContent } from './archived-content.ts';
import { excerptOf } from './archived-content.ts';
import type { NewEvent } from './command.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import { jsonLengthWithin } from './record-limit.ts';

/** What of an event may be large, as a text. */
export interface LargeContent {
  readonly text: string;
  /** `application/json` where the text is that of another value, or of a text that holds half a character. */
  readonly mimeType: 'text/plain' | 'application/json';
}

type Content = Pick<NewEvent, 'message' | 'type'>;

/**
 * The text of a message, or what a tool gave, when it is longer than the limit; null when it is not, and for messages made of
 * parts, which are recorded as they are. Costs no more than the limit allows when it is short.
 */
export function largeContent(event: Content, maxLength: number): LargeContent | null {
  const value = contentOf(event);
  if (typeof value === 'string') {
    return value.length > maxLength ? largeText(value) : null;
  }
  if (event.type !== 'tool_call' || value === undefined || value === null) return null;
  if (jsonLengthWithin(value, maxLength) !== null) return null;
  return { text: JSON.stringify(value), mimeType: 'application/json' };
}

/** The message of an event with an excerpt in the place of its content. */
export function withExcerpt(
  { message, type }: Content,
  { text }: LargeContent,
  archive: ArchivedContent,
): JsonValue {
  const excerpt = excerptOf(text, archive);
  if (!isJsonObject(message)) return excerpt;
  return { ...message, [type === 'tool_call' ? 'result' : 'content']: excerpt };
}

/** No encoding holds half a character, as a text cut at a length may end with; JSON writes it as an escape, so it is read back as it was. */
function largeText(text: string): LargeContent {
  return hasHalfCharacters(text)
    ? { text: JSON.stringify(text), mimeType: 'application/json' }
    : { text, mimeType: 'text/plain' };
}

function contentOf({ message, type }: Content): JsonValue | undefined {
  if (typeof message === 'string') return type === 'message' ? message : undefined;
  if (!isJsonObject(message)) return undefined;
  if (type === 'tool_call') return message['result'];
  return type === 'message' ? message['content'] : undefined;
}

function hasHalfCharacters(text: string): boolean {
  return /[\uD800-\uDFFF]/u.test(text);
}
