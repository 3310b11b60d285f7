import { entryOf } from '../domain/entry-of.ts';

/**
 * What a user said, where it is a message of the AI SDK's user interface or a Gemini content, with its parts as the content that messages
 * of other interfaces have. Anything else as it is.
 */
export function userMessage(message: unknown): unknown {
  const parts = entryOf(message, 'parts');
  const isOther = entryOf(message, 'role') !== 'user' || entryOf(message, 'content') !== undefined;
  if (typeof message !== 'object' || isOther || !Array.isArray(parts)) return message;
  const { parts: content, ...rest } = { ...message, parts };
  return { ...rest, content };
}
