import { Tiktoken } from 'js-tiktoken/lite';
import o200kRanks from 'js-tiktoken/ranks/o200k_base';
import type { CountText } from './conversation.ts';

/** The rule of thumb of many libraries: four characters a token. */
export function countApproximately(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Counts exactly with the tokenizer that most JavaScript applications use; making it takes seconds. */
export function createTiktokenCount(): CountText {
  const tiktoken = new Tiktoken(o200kRanks);
  return (text) => tiktoken.encode(text, [], []).length;
}
