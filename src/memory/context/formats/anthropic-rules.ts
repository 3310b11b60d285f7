/** Stands before a conversation that an assistant begins, which Anthropic's interface refuses, and others too. */
export const CONVERSATION_OPENING = '[conversation continues]';

/** Whether a text says nothing; Anthropic's interface refuses the whole request for one. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
