import type { ChatMessage } from '../chat-message.ts';
import { messageTokens, type PromptCounting } from '../message-tokens.ts';
import { wrapBlock } from './context-block.ts';
import { messageHash } from './context-receipt.ts';
import { GenerationMap } from '../generation-map.ts';
import type { WrittenLine } from './line-memo.ts';

/** A block as it is sent, counted and hashed. */
export interface WrittenBlock {
  readonly message: ChatMessage;
  readonly hash: string;
  readonly tokens: number;
}

interface KnownBlock extends Omit<WrittenBlock, 'message'> {
  readonly lines: readonly WrittenLine[];
}

/** Remembers the figures of the blocks of the latest contexts, by the identity of their lines. */
export class BlockMemo {
  readonly #known = new GenerationMap<WrittenLine | undefined, KnownBlock>();

  /**
   * Begins another context: blocks that were not in the latest two are forgotten. Where not all of them are asked for, a context counts
   * once it has written so many.
   */
  begin(minWritten: number = 0): void {
    this.#known.begin(minWritten);
  }

  /** Lines that were written for one model as a block. */
  write(lines: readonly WrittenLine[], counting: PromptCounting): WrittenBlock {
    const content = wrapBlock('CONTEXT', lines.map(({ line }) => line).join('\n'));
    const message: ChatMessage = { role: 'system', content };
    const known = this.#known.get(lines[0]);
    if (known !== undefined && isSameList(known.lines, lines)) {
      return { message, hash: known.hash, tokens: known.tokens };
    }
    const figures = { hash: messageHash(message), tokens: messageTokens(message, counting) };
    this.#known.set(lines[0], { lines, ...figures });
    return { message, ...figures };
  }
}

function isSameList(left: readonly WrittenLine[], right: readonly WrittenLine[]): boolean {
  return left.length === right.length && left.every((line, at) => line === right[at]);
}
