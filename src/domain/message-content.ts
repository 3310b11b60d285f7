import { chatMediumOf } from './chat-medium.ts';
import { isJsonObject, type JsonObject, type JsonValue, toText } from './json.ts';
import { withoutData } from './without-data.ts';
import { messageContent, type SessionEvent } from './session-event.ts';

/** One part of a message, as chat interfaces write it: `{type: 'text', text}`, `{type: 'image_url', image_url}` and so on. */
export interface ContentPart extends JsonObject {
  readonly type: string;
}

/** What a message says: text, or parts of which some may be media. */
export type ChatContent = string | readonly ContentPart[];

const TEXT_PARTS: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text']);
/** What a role has a place for beside text. */
interface Places {
  readonly media: boolean;
  readonly refusals: boolean;
}

const OF_USERS: Places = { media: true, refusals: false };
const OF_OTHERS: Places = { media: false, refusals: true };

/**
 * What a user's message says; a content of null becomes empty text, which the format requires. Media of other interfaces get the form
 * of OpenAI's chat.
 */
export function toUserContent(message: JsonValue): ChatContent {
  return toContent(message, OF_USERS) ?? '';
}

/** What an answer says; null when it has no content of its own, as an answer that only calls tools. */
export function toAnswerContent(message: JsonValue): ChatContent | null {
  return toContent(message, OF_OTHERS);
}

/** What a message of the system says; always text. */
export function toSystemText(message: JsonValue): string {
  return contentText(toContent(message, OF_OTHERS));
}

/** The content as one text; parts that are no text are named in brackets. */
export function contentText(content: ChatContent | null): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.map(partWords).join('\n');
}

/** What a message of that source says, as one text, without the data of its media. */
export function messageText({ message, source }: Pick<SessionEvent, 'message' | 'source'>): string {
  return contentText(source === 'user' ? toUserContent(message) : toAnswerContent(message));
}

function partWords(part: ContentPart): string {
  return partText(part) ?? `[${chatMediumOf(part)?.name ?? part.type}]`;
}

/** The text of a text part; null for any other. */
export function partText(part: ContentPart): string | null {
  const text = part['text'];
  return TEXT_PARTS.has(part.type) && typeof text === 'string' ? text : null;
}

function toContent(message: JsonValue, places: Places): ChatContent | null {
  const content = messageContent(message);
  if (content === null || typeof content === 'string') return content;
  if (isArray(content) && content.length === 0) return '';
  if (!isArray(content)) return toText(withoutData(content));
  const parts = content.map((item) => knownPart(item, places));
  if (parts.every((part) => part === null)) return toText(withoutData(content));
  return parts.map((part, index) => part ?? textPart(unknownText(content[index] ?? null)));
}

/** The part as the format of the role allows it; what it has no place for is said in words. Null for what is no part of a message. */
function knownPart(item: JsonValue, places: Places): ContentPart | null {
  if (isPart(item)) {
    const text = partText(item) ?? documentText(item);
    if (text !== null) return item.type === 'text' ? item : textPart(text);
    if (item.type === 'refusal') return places.refusals ? item : textPart(toText(item));
  }
  const medium = chatMediumOf(item);
  if (medium === null) return null;
  return (places.media ? medium.part : null) ?? textPart(`[${medium.name}]`);
}

/** Gemini's text parts have no type. */
function unknownText(item: JsonValue): string {
  if (isJsonObject(item) && typeof item['text'] === 'string' && Object.keys(item).length === 1)
    return item['text'];
  return toText(withoutData(item));
}

/** Documents and resources that are text: Anthropic's, and those of the Model Context Protocol. */
function documentText({ type, source, resource }: ContentPart): string | null {
  if (type === 'document' && isJsonObject(source) && source['type'] === 'text')
    return typeof source['data'] === 'string' ? source['data'] : null;
  if (type === 'resource' && isJsonObject(resource))
    return typeof resource['text'] === 'string' ? resource['text'] : null;
  return null;
}

function textPart(text: string): ContentPart {
  return { type: 'text', text };
}

function isPart(item: JsonValue): item is ContentPart {
  return isJsonObject(item) && typeof item['type'] === 'string';
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
