import type { JsonObject } from '../../../domain/json.ts';
import { optionNames } from '../../../domain/option-names.ts';
import { isAnthropicCallId } from '../../call-id-rule.ts';
import type { AssistantMessage, ChatMessage, ToolMessage } from '../../chat-message.ts';
import type { ChatContent } from '../../../domain/message-content.ts';
import { toChatMessages } from '../../message-shape.ts';
import { blockStart } from '../context-block.ts';
import { CONVERSATION_OPENING, isBlank } from './anthropic-rules.ts';
import { parseCallArguments } from './call-arguments.ts';
import { type DataSource, partContent, type PartContent, partWords } from './content-source.ts';
import { PDF } from './file-type.ts';
import { withUniqueCallIds } from './unique-call-ids.ts';

/** The kinds of pictures that Anthropic's interface takes as data. */
export type AnthropicImageType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';

/** Where data of a medium is, as Anthropic writes it. */
export type AnthropicSource<
  MediaType extends AnthropicImageType | 'application/pdf' = AnthropicImageType | 'application/pdf',
> =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'base64'; readonly media_type: MediaType; readonly data: string };

/** Ends a part of the prompt that stays the same from call to call. */
export interface CacheMark {
  readonly cache_control?: { readonly type: 'ephemeral' };
}

/** Text in a message or in the instructions. */
export interface AnthropicText extends CacheMark {
  readonly type: 'text';
  readonly text: string;
}

/** A part of a message for Anthropic's messages interface. */
export type AnthropicBlock =
  | AnthropicText
  | ({ readonly type: 'image'; readonly source: AnthropicSource<AnthropicImageType> } & CacheMark)
  | ({
      readonly type: 'document';
      readonly source: AnthropicSource<'application/pdf'>;
      readonly title?: string;
    } & CacheMark)
  | ({
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: JsonObject;
    } & CacheMark)
  | ({
      readonly type: 'tool_result';
      readonly tool_use_id: string;
      readonly content: string;
    } & CacheMark);

/** A message for Anthropic's messages interface. */
export interface AnthropicMessage {
  readonly role: 'user' | 'assistant';
  readonly content: AnthropicBlock[];
}

/** What Anthropic's messages interface is given; its arrays are the caller's own, as the types of its client ask for. */
export interface AnthropicPrompt {
  /** Left out of the request when empty. */
  readonly system: AnthropicText[];
  /** User and assistant by turns, the user first. */
  readonly messages: AnthropicMessage[];
}

/** How to convert. */
export interface AnthropicOptions {
  /** Whether what stays the same is marked for the cache of the provider. Default true. */
  readonly markForCache?: boolean | undefined;
}

const assertNames = optionNames<AnthropicOptions>({ markForCache: true });

type PartOf<Kind extends PartContent['kind']> = Extract<PartContent, { readonly kind: Kind }>;

/** A block with what it has to do with caching. */
interface Draft {
  readonly role: 'system' | 'user' | 'assistant';
  readonly block: AnthropicBlock;
  /** Which message it comes from. */
  readonly source: number;
}

const IMAGE_TYPES: ReadonlyMap<string, AnthropicImageType> = new Map([
  ['image/jpeg', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/png', 'image/png'],
  ['image/gif', 'image/gif'],
  ['image/webp', 'image/webp'],
]);

/**
 * Messages for Anthropic's messages interface. What the system says before any turn becomes the instructions, what it says later text
 * of the user. Up to four marks for the cache: after the instructions, after the first block of pages, after the last turn before the
 * newest message of the user, and at the end while tools are being called. Ids of calls that the interface refuses, as Kimi's
 * `functions.get:0`, or that come twice, are derived.
 * @throws INVALID_INPUT naming what is no message, or the part of one that is wrong.
 */
export function toAnthropicPrompt(
  given: readonly ChatMessage[],
  options: AnthropicOptions = {},
): AnthropicPrompt {
  assertNames(options);
  const { markForCache = true } = options;
  const messages = toChatMessages(given);
  const leading = messages.findIndex(({ role }) => role !== 'system');
  const systemCount = leading === -1 ? messages.length : leading;
  const drafts = withUniqueCallIds(messages, isAnthropicCallId).flatMap((message, source) =>
    blocksOf(message).map((block): Draft => ({
      role: roleOf(message, source < systemCount),
      block,
      source,
    })),
  );
  const sent = markForCache ? withMarks(drafts, cacheEnds(messages)) : drafts;
  return {
    // Messages of the system give text and nothing else.
    system: sent.flatMap(({ role, block }) =>
      role === 'system' && block.type === 'text' ? [block] : [],
    ),
    messages: alternating(sent),
  };
}

function roleOf({ role }: ChatMessage, isLeading: boolean): Draft['role'] {
  if (role === 'assistant') return 'assistant';
  return role === 'system' && isLeading ? 'system' : 'user';
}

/** The messages after which the cache may end, at most four. */
function cacheEnds(messages: readonly ChatMessage[]): readonly number[] {
  const isSystem = messages[0]?.role === 'system';
  const firstBlock = messages.findIndex(
    ({ role, content }) =>
      role === 'system' && typeof content === 'string' && content.startsWith(blockStart('CONTEXT')),
  );
  const newest = messages.findLastIndex(({ role }) => role === 'user');
  const lastTurn = messages.findLastIndex(
    ({ role, content }, at) => at < newest && !(role === 'system' && isManifest(content)),
  );
  const isCalling = newest !== -1 && newest < messages.length - 1;
  return [
    ...(isSystem ? [0] : []),
    ...(firstBlock === -1 ? [] : [firstBlock]),
    ...(lastTurn === -1 ? [] : [lastTurn]),
    ...(isCalling ? [messages.length - 1] : []),
  ];
}

function isManifest(content: ChatContent | null): boolean {
  return typeof content === 'string' && content.startsWith(blockStart('MANIFEST_JSON'));
}

function withMarks(drafts: readonly Draft[], ends: readonly number[]): readonly Draft[] {
  // A message may have come to nothing; what was before it is the end then.
  const places = new Set(ends.map((end) => drafts.findLastIndex(({ source }) => source <= end)));
  return drafts.map((draft, at) =>
    places.has(at) ? { ...draft, block: marked(draft.block) } : draft,
  );
}

function marked(block: AnthropicBlock): AnthropicBlock {
  return { ...block, cache_control: { type: 'ephemeral' } };
}

/** Neighbours of one role are one message; results of tools come first in it, as they have to. */
function alternating(drafts: readonly Draft[]): AnthropicMessage[] {
  const messages: AnthropicMessage[] = [];
  for (const { role, block } of drafts) {
    if (role === 'system') continue;
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(block);
    else messages.push({ role, content: [block] });
  }
  if (messages[0]?.role === 'assistant')
    messages.unshift({ role: 'user', content: [{ type: 'text', text: CONVERSATION_OPENING }] });
  return messages;
}

function blocksOf(message: ChatMessage): readonly AnthropicBlock[] {
  switch (message.role) {
    case 'system':
      return textBlocks(message.content);
    case 'user':
      return contentBlocks(message.content);
    case 'tool':
      return [toolResult(message)];
    default:
      return assistantBlocks(message);
  }
}

function toolResult({ tool_call_id: id, content }: ToolMessage): AnthropicBlock {
  return { type: 'tool_result', tool_use_id: id, content };
}

function assistantBlocks({
  content,
  tool_calls: calls = [],
}: AssistantMessage): readonly AnthropicBlock[] {
  const said =
    content === null || typeof content === 'string'
      ? textBlocks(content ?? '')
      : content.flatMap((part) => textBlocks(partWords(partContent(part))));
  return [
    ...said,
    ...calls.map(({ id, function: { name, arguments: args } }): AnthropicBlock => ({
      type: 'tool_use',
      id,
      name,
      input: parseCallArguments(args),
    })),
  ];
}

function contentBlocks(content: ChatContent): readonly AnthropicBlock[] {
  if (typeof content === 'string') return textBlocks(content);
  return content.flatMap((part) => partBlocks(partContent(part)));
}

function partBlocks(part: PartContent): readonly AnthropicBlock[] {
  switch (part.kind) {
    case 'image':
      return imageBlocks(part);
    case 'file':
      return fileBlocks(part);
    default:
      return textBlocks(partWords(part));
  }
}

function imageBlocks(part: PartOf<'image'>): readonly AnthropicBlock[] {
  const source = imageSource(part.source);
  return source === null ? textBlocks(partWords(part)) : [{ type: 'image', source }];
}

/** Pictures and PDF have a place there. */
function fileBlocks(part: PartOf<'file'>): readonly AnthropicBlock[] {
  const { source, filename } = part;
  const document = source === null ? null : documentSource(source);
  if (document !== null)
    return [
      { type: 'document', source: document, ...(filename === null ? {} : { title: filename }) },
    ];
  const image = source === null ? null : imageSource(source);
  return image === null ? textBlocks(partWords(part)) : [{ type: 'image', source: image }];
}

function textBlocks(text: string): readonly AnthropicText[] {
  return isBlank(text) ? [] : [{ type: 'text', text }];
}

/** Null for what is of a kind that the interface refuses, and the whole request with it. */
function imageSource(source: DataSource): AnthropicSource<AnthropicImageType> | null {
  const mediaType = IMAGE_TYPES.get(source.mediaType);
  if (mediaType === undefined) return null;
  if (source.kind === 'url') return { type: 'url', url: source.url };
  return { type: 'base64', media_type: mediaType, data: source.data };
}

function documentSource(source: DataSource): AnthropicSource<'application/pdf'> | null {
  if (source.mediaType !== PDF) return null;
  if (source.kind === 'url') return { type: 'url', url: source.url };
  return { type: 'base64', media_type: PDF, data: source.data };
}
