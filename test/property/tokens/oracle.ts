import { Tiktoken } from 'js-tiktoken/lite';
import cl100kRanks from 'js-tiktoken/ranks/cl100k_base';
import o200kRanks from 'js-tiktoken/ranks/o200k_base';

import type { EncodingName } from '../../../src/kernel/token-rules.ts';

const RANKS = { o200k_base: o200kRanks, cl100k_base: cl100kRanks };
const encoders = new Map<EncodingName, Tiktoken>();

/** A model of each encoding. */
export const MODELS: Readonly<Record<EncodingName, string>> = {
  o200k_base: 'gpt-4o',
  cl100k_base: 'gpt-4',
};

/** The ids js-tiktoken gives for a text, with no special tokens. */
export function oracleIds(encoding: EncodingName, text: string): readonly number[] {
  let encoder = encoders.get(encoding);
  if (encoder === undefined) {
    encoder = new Tiktoken(RANKS[encoding]);
    encoders.set(encoding, encoder);
  }
  return encoder.encode(text, [], []);
}

/** The pieces that the pattern shipped with the ranks splits a text into. */
export function oraclePieces(encoding: EncodingName, text: string): readonly string[] {
  return text.match(new RegExp(RANKS[encoding].pat_str, 'gu')) ?? [];
}
