import { TokenLimitExceeded } from '../../../src/domain/errors.ts';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';

/** What building under a limit came to: a prompt, or that it is impossible. */
export interface Attempt {
  readonly prompt: readonly ChatMessage[] | null;
  readonly error: TokenLimitExceeded | null;
}

/** Builds a prompt; an error other than a limit that is too small fails the test. */
export function attempt(build: () => readonly ChatMessage[]): Attempt {
  try {
    return { prompt: build(), error: null };
  } catch (error) {
    if (error instanceof TokenLimitExceeded) return { prompt: null, error };
    throw error;
  }
}
