import type { ChatMessage } from './chat-message.ts';

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
  const { role, content } = message;
  // Nearly every message is a text and whose it is; cloning such a one takes over twenty times as long.
  if (role !== 'tool' && typeof content === 'string' && Object.keys(message).length === 2)
    return { role, content };
  // Rendering lets only these kinds of parts through; what is inside one is what the caller recorded.
  return structuredClone(message) as PromptMessage;
}
