import { readFileSync } from 'node:fs';

/** A chat that is held again. */
export interface DemoChat {
  readonly id: string;
  readonly turns: readonly { readonly isUser: boolean; readonly text: string }[];
  /** Asked at the end. */
  readonly question: string;
}

interface StoredChat {
  readonly id: string;
  readonly turns: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly questions: readonly { readonly question: string; readonly kind: string }[];
}

/** The first chat of a file of `beam` chats, with a question about a fact that was told in it; null when there is none. */
export function readDemoChat(file: string): DemoChat | null {
  // The documented shape of the file.
  const [chat] = JSON.parse(readFileSync(file, 'utf8')) as readonly StoredChat[];
  const asked = chat?.questions.find(({ kind }) => kind === 'information_extraction');
  if (chat === undefined || asked === undefined) return null;
  const turns = chat.turns.map(({ role, text }) => ({ isUser: role === 'user', text }));
  return { id: chat.id, turns, question: asked.question };
}
