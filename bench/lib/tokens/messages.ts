import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { MODELS } from './contenders.ts';
import { mixed, recordedMessages } from './corpora.ts';

/** Tokens that a message of the call-by-call rows has. */
export const MESSAGE_TOKENS = { least: 20, most: 200 } as const;

/** Nothing longer has so few tokens, with a share of exceptions that nobody misses. */
const MAX_LENGTH = 2000;

/**
 * Recorded messages of so many tokens, and paragraphs of so many from the longer ones, those of one message behind each other; none
 * twice. Chosen with a counter of another engine: a contender that had counted them would know their words.
 */
export function shortMessages(encoding: EncodingName): readonly string[] {
  const twin = createTokenCounter({ engine: 'js' });
  const isShort = (text: string): boolean => {
    if (text.length > MAX_LENGTH) return false;
    const tokens = twin.countText(text, MODELS[encoding]);
    return tokens >= MESSAGE_TOKENS.least && tokens <= MESSAGE_TOKENS.most;
  };
  const short = mixed([...new Set(recordedMessages())]).flatMap((message) =>
    isShort(message) ? [message] : paragraphsOf(message).filter(isShort),
  );
  return [...new Set(short)];
}

/** Each in one piece of memory of its own, as a message is; not a slice of the whole. */
function paragraphsOf(text: string): readonly string[] {
  return text.split(/\n\s*\n/).map((paragraph) => Buffer.from(paragraph).toString());
}
