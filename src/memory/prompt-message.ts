import type { ChatMessage, ChatToolCall } from './chat-message.ts';

// Aliases and not interfaces, so that TypeScript takes the parts for JSON objects.

/** Text in a message. */
export type TextPart = {
  type: 'text';
  text: string;
};

/** An image in a message of the user: a URL, or the image itself as a data URL. */
export type ImagePart = {
  type: 'image_url';
  image_url: { url: string; detail?: 'auto' | 'low' | 'high' };
};

/** Sound in a message of the user, base64. */
export type AudioPart = {
  type: 'input_audio';
  input_audio: { data: string; format: 'wav' | 'mp3' };
};

/** A file in a message of the user. */
export type FilePart = {
  type: 'file';
  file: { file_data?: string; file_id?: string; filename?: string };
};

/** A refusal in an answer. */
export type RefusalPart = {
  type: 'refusal';
  refusal: string;
};

/** A call of a tool that an answer asks for. */
export type PromptToolCall = {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
};

/**
 * One message of a prompt as OpenAI's chat interface takes it. Plain mutable objects, since that is what the types of its
 * client ask for; they are the caller's own.
 */
export type PromptMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: string | (TextPart | ImagePart | AudioPart | FilePart)[] }
  | {
      role: 'assistant';
      content: string | (TextPart | RefusalPart)[] | null;
      tool_calls?: PromptToolCall[];
    }
  | { role: 'tool'; tool_call_id: string; name: string; content: string };

/** A copy of rendered messages for the caller to send, and to change at will. */
export function toPromptMessages(messages: readonly ChatMessage[]): PromptMessage[] {
  return messages.map(copyOf);
}

function copyOf(message: ChatMessage): PromptMessage {
  // Nearly every message is texts; to clone one takes over twenty times as long as to copy it.
  return copyOfTexts(message) ?? (structuredClone(message) as PromptMessage);
}

/** Null for what holds more than texts and calls: rendering lets only known kinds of parts through, but what is inside is the caller's. */
function copyOfTexts(message: ChatMessage): PromptMessage | null {
  const { role, content } = message;
  const fields = Object.keys(message).length;
  if (role === 'tool') {
    const { tool_call_id, name } = message;
    return fields === 4 ? { role, tool_call_id, name, content: message.content } : null;
  }
  if (content !== null && typeof content !== 'string') return null;
  if (role === 'assistant' && message.tool_calls !== undefined)
    return fields === 3 ? { role, content, tool_calls: message.tool_calls.map(copyOfCall) } : null;
  return fields === 2 && content !== null ? { role, content } : null;
}

function copyOfCall({
  id,
  type,
  function: { name, arguments: json },
}: ChatToolCall): PromptToolCall {
  return { id, type, function: { name, arguments: json } };
}
