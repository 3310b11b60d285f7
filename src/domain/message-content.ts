import { isJsonObject, type JsonObject, type JsonValue, toText } from './json.ts';
import { messageContent } from './session-event.ts';

/** One part of a message, as chat interfaces write it: `{type: 'text', text}`, `{type: 'image_url', image_url}` and so on. */
export interface ContentPart extends JsonObject {
  readonly type: string;
}

/** What a message says: text, or parts of which some may be media. */
export type ChatContent = string | readonly ContentPart[];

const TEXT_PARTS: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text']);
const MEDIA_PARTS: ReadonlySet<string> = new Set(['image_url', 'input_audio', 'file']);
const ANSWER_PARTS: ReadonlySet<string> = new Set(['refusal']);

/** What a user's message says; a content of null becomes empty text, which the format requires. */
export function toUserContent(message: JsonValue): ChatContent {
  return toContent(message, MEDIA_PARTS) ?? '';
}

/** What an answer says; null when it has no content of its own, as an answer that only calls tools. */
export function toAnswerContent(message: JsonValue): ChatContent | null {
  return toContent(message, ANSWER_PARTS);
}

/** What a message of the system says; always text. */
export function toSystemText(message: JsonValue): string {
  return contentText(toContent(message, ANSWER_PARTS));
}

/** The content as one text; parts that are no text are named in brackets. */
export function contentText(content: ChatContent | null): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.map((part) => partText(part) ?? `[${part.type}]`).join('\n');
}

/** The text of a text part; null for any other. */
export function partText(part: ContentPart): string | null {
  const text = part['text'];
  return TEXT_PARTS.has(part.type) && typeof text === 'string' ? text : null;
}

function toContent(message: JsonValue, allowed: ReadonlySet<string>): ChatContent | null {
  const content = messageContent(message);
  if (content === null || typeof content === 'string') return content;
  if (isArray(content) && content.length === 0) return '';
  if (!isArray(content) || !content.some(isKnownPart)) return toText(content);
  return content.map((item) => toPart(item, allowed));
}

/** The part as the format of the role allows it; what it has no place for is said in words. */
function toPart(item: JsonValue, allowed: ReadonlySet<string>): ContentPart {
  if (!isPart(item)) return { type: 'text', text: toText(item) };
  const text = partText(item);
  if (text !== null) return item.type === 'text' ? item : { type: 'text', text };
  if (allowed.has(item.type)) return item;
  // The data of a picture as JSON text would fill a prompt with base64.
  return { type: 'text', text: MEDIA_PARTS.has(item.type) ? `[${item.type}]` : toText(item) };
}

function isKnownPart(item: JsonValue): boolean {
  if (!isPart(item)) return false;
  return partText(item) !== null || MEDIA_PARTS.has(item.type) || ANSWER_PARTS.has(item.type);
}

function isPart(item: JsonValue): item is ContentPart {
  return isJsonObject(item) && typeof item['type'] === 'string';
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
