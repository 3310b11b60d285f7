import { type ChatMedium, chatMediumOf } from './chat-medium.ts';
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

/** What a reader of a message has a place for beside text. */
interface Places {
  readonly media: boolean;
  readonly refusals: boolean;
  /** Where media are that it has no place for. */
  readonly addresses: boolean;
}

const OF_USERS: Places = { media: true, refusals: false, addresses: true };
const OF_OTHERS: Places = { media: false, refusals: true, addresses: true };
/** An address says nothing in a summary, and its question mark would be taken for a question. */
const OF_WORDS: Places = { media: false, refusals: false, addresses: false };

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

/** What a message says, as one text, with its media named. */
export function messageText({ message }: Pick<SessionEvent, 'message'>): string {
  return contentText(toContent(message, OF_WORDS));
}

function partWords(part: ContentPart): string {
  const { refusal } = part;
  if (part.type === 'refusal' && typeof refusal === 'string') return refusal;
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
  // A picture alone is a list of one.
  const items = isArray(content) ? content : [content].filter(isMedium);
  const parts = items.map((item) => knownParts(item, places));
  if (parts.every((part) => part === null)) return toText(withoutData(content));
  return parts.flatMap((known, index) => known ?? [textPart(unknownText(items[index] ?? null))]);
}

/** A part as its reader takes it; what that has no place for is said in words. Null for what is no part of a message. */
function knownParts(item: JsonValue, places: Places): readonly ContentPart[] | null {
  if (isPart(item)) {
    const text = partText(item) ?? documentText(item);
    if (text !== null) return [item.type === 'text' ? item : textPart(text)];
    if (item.type === 'refusal') return [places.refusals ? item : textPart(partWords(item))];
  }
  const medium = chatMediumOf(item);
  if (medium === null) return null;
  const { part, hasMore } = medium;
  const shown = places.media && part !== null ? [part] : [];
  if (hasMore) return [...shown, textPart(toText(withoutData(item)))];
  return shown.length > 0 ? shown : [textPart(mediumWords(medium, places))];
}

function mediumWords({ name, title, address }: ChatMedium, { addresses }: Places): string {
  const words = [name, title, addresses ? address : null].filter((word) => word !== null);
  return `[${words.join(' ')}]`;
}

/** Gemini's text parts have no type. */
function unknownText(item: JsonValue): string {
  if (isJsonObject(item) && typeof item['text'] === 'string' && Object.keys(item).length === 1)
    return item['text'];
  return toText(withoutData(item));
}

/** Documents and resources that are text, with what is said of them: Anthropic's, and those of the Model Context Protocol. */
function documentText({ type, source, resource, title, context }: ContentPart): string | null {
  if (type === 'document' && isJsonObject(source) && source['type'] === 'text')
    return textOf([title, context], source['data']);
  if (type === 'resource' && isJsonObject(resource))
    return textOf([resource['uri']], resource['text']);
  return null;
}

function textOf(
  about: readonly (JsonValue | undefined)[],
  said: JsonValue | undefined,
): string | null {
  if (typeof said !== 'string') return null;
  const lines = about.filter((text) => typeof text === 'string').filter((text) => text !== '');
  return [...lines, said].join('\n');
}

function textPart(text: string): ContentPart {
  return { type: 'text', text };
}

function isMedium(item: JsonValue): boolean {
  return chatMediumOf(item) !== null;
}

function isPart(item: JsonValue): item is ContentPart {
  return isJsonObject(item) && typeof item['type'] === 'string';
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
