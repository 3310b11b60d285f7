import type { TokenCounter } from '../../tokens/token-counter.ts';

/** Who counts what is folded, and for which model. */
export interface FoldCounting {
  readonly counter: Pick<TokenCounter, 'countText' | 'truncateText'>;
  readonly model: string;
}

/** The tokens of a text. */
export function tokensOf(text: string, { counter, model }: FoldCounting): number {
  return counter.countText(text, model);
}
