import { LARGE_WINDOW_BYTES } from '../../assembly/shared/tokenizer-layout.ts';

/** The encodings counted exactly. */
export const ENCODINGS = ['o200k_base', 'cl100k_base'] as const;

/** Name of an encoding, as OpenAI calls it. */
export type EncodingName = (typeof ENCODINGS)[number];

/**
 * Whose splitting is followed to the letter. `openai`: OpenAI's own tokenizer, with the classes of Unicode 16 whatever the
 * Node. `js-tiktoken`: that package under this Node, whose regular expressions follow the Unicode version of the process.
 */
export const TOKEN_RULES = ['openai', 'js-tiktoken'] as const;

/** Name of the rules of splitting. */
export type TokenRules = (typeof TOKEN_RULES)[number];

/** Whether `'ſ` is a contraction, as it is where patterns ignore case the way Unicode does. */
export function foldsLongS(rules: TokenRules): boolean {
  return rules === 'openai';
}

/**
 * Where a piece ends is decided by no more bytes than this from where it begins, as if the text ended behind them, so that
 * memory is bounded whatever the text. What goes on behind them is a piece of its own, which can make a token more.
 */
export const MAX_PIECE_BYTES: number = LARGE_WINDOW_BYTES;
