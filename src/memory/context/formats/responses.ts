import { isResponsesCallId } from '../../call-id-rule.ts';
import type { AssistantMessage, ChatMessage } from '../../chat-message.ts';
import type { ChatContent } from '../../../domain/message-content.ts';
import { toChatMessages } from '../../message-shape.ts';
import { type DataSource, partContent, type PartContent, partWords } from './content-source.ts';
import { withUniqueCallIds } from './unique-call-ids.ts';

/** A part of a message for OpenAI's responses interface. */
export type ResponsesPart =
  | { readonly type: 'input_text'; readonly text: string }
  | {
      readonly type: 'input_image';
      readonly image_url: string;
      readonly detail: 'auto' | 'low' | 'high';
    }
  | {
      readonly type: 'input_file';
      readonly file_data?: string;
      readonly file_url?: string;
      readonly file_id?: string;
      readonly filename?: string;
    };

/** An item of the input of OpenAI's responses interface. */
export type ResponsesItem =
  | {
      readonly type: 'message';
      readonly role: 'system' | 'user' | 'assistant';
      readonly content: string | ResponsesPart[];
    }
  | {
      readonly type: 'function_call';
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | { readonly type: 'function_call_output'; readonly call_id: string; readonly output: string };

/**
 * Messages as the input of OpenAI's responses interface, which takes no sound: that is named in words. Ids of calls that are longer than
 * it takes, or come twice, are derived.
 * @throws INVALID_INPUT naming what is no message, or the part of one that is wrong.
 */
export function toResponsesInput(messages: readonly ChatMessage[]): ResponsesItem[] {
  return withUniqueCallIds(toChatMessages(messages), isResponsesCallId).flatMap(toItems);
}

function toItems(message: ChatMessage): readonly ResponsesItem[] {
  switch (message.role) {
    case 'system':
      return [{ type: 'message', role: 'system', content: message.content }];
    case 'user':
      return [{ type: 'message', role: 'user', content: userContent(message.content) }];
    case 'tool':
      return [
        {
          type: 'function_call_output',
          call_id: message.tool_call_id,
          output: message.content,
        },
      ];
    default:
      return assistantItems(message);
  }
}

function assistantItems({
  content,
  tool_calls: calls = [],
}: AssistantMessage): readonly ResponsesItem[] {
  const text = wordsOf(content);
  const said: readonly ResponsesItem[] =
    text === '' && calls.length > 0 ? [] : [{ type: 'message', role: 'assistant', content: text }];
  return [
    ...said,
    ...calls.map(({ id, function: { name, arguments: args } }): ResponsesItem => ({
      type: 'function_call',
      call_id: id,
      name,
      arguments: args,
    })),
  ];
}

/** What an answer says; parts of answers have ids there, which only the interface itself can give, so it is one text. */
function wordsOf(content: ChatContent | null): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.map((part) => partWords(partContent(part))).join('\n');
}

function userContent(content: ChatContent): string | ResponsesPart[] {
  if (typeof content === 'string') return content;
  return content.map((part) => toPart(partContent(part)));
}

function toPart(part: PartContent): ResponsesPart {
  switch (part.kind) {
    case 'image':
      return {
        type: 'input_image',
        image_url: urlOf(part.source),
        detail: part.detail === 'low' || part.detail === 'high' ? part.detail : 'auto',
      };
    case 'file':
      return filePart(part);
    default:
      return { type: 'input_text', text: partWords(part) };
  }
}

function filePart(part: Extract<PartContent, { readonly kind: 'file' }>): ResponsesPart {
  const { source, fileId, filename } = part;
  const name = filename === null ? {} : { filename };
  if (fileId !== null) return { type: 'input_file', file_id: fileId, ...name };
  if (source === null) return { type: 'input_text', text: partWords(part) };
  return source.kind === 'url'
    ? { type: 'input_file', file_url: source.url, ...name }
    : { type: 'input_file', file_data: urlOf(source), ...name };
}

function urlOf(source: DataSource): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
}
