import { createRequire } from 'node:module';

import type { EncodingName } from './encoding.ts';
import { Vocabulary } from './vocabulary.ts';

/** Gives the vocabulary of an encoding, or null where it cannot be had. */
export type VocabularySource = (encoding: EncodingName) => Vocabulary | null;

/** Tokens of each vocabulary; another number means another package than the one these counts were proved with. */
const EXPECTED_TOKENS: Readonly<Record<EncodingName, number>> = {
  o200k_base: 199_998,
  cl100k_base: 100_256,
};

const BASE64_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SPACE = 0x20;
const PADDING = 0x3d;

const loaded = new Map<EncodingName, Vocabulary | null>();

/**
 * The vocabulary of an encoding, from the ranks that js-tiktoken ships; null when they cannot be had (a bundle without them).
 *
 * Synchronous, offline and done once a process: about 50 ms and 19 MB for o200k_base, 35 ms and 10 MB for cl100k_base (two
 * virtual cores, Node 20.20, 2026-11-25). Counting happens inside synchronous turns, and importing must stay free of it.
 */
export function loadVocabulary(encoding: EncodingName): Vocabulary | null {
  const known = loaded.get(encoding);
  if (known !== undefined) return known;
  const ranks = requireRanks(encoding);
  const vocabulary = ranks === null ? null : parseRanks(ranks);
  const usable = vocabulary?.size === EXPECTED_TOKENS[encoding] ? vocabulary : null;
  loaded.set(encoding, usable);
  return usable;
}

/** The text of all ranks, or null when the package is absent or has another shape. */
function requireRanks(encoding: EncodingName): string | null {
  try {
    const module: unknown = createRequire(import.meta.url)(`js-tiktoken/ranks/${encoding}`);
    if (typeof module !== 'object' || module === null || !('bpe_ranks' in module)) return null;
    return typeof module.bpe_ranks === 'string' ? module.bpe_ranks : null;
  } catch {
    return null; // Not installed: the caller estimates instead, and says so.
  }
}

/**
 * Reads `! <first rank> <base64> <base64> ...`: every token in rank order, from 0 and without holes.
 *
 * Decoded by hand into one buffer, since 200,000 small buffers would cost ten times as much time and memory.
 */
export function parseRanks(text: string): Vocabulary {
  const letters = new TextEncoder().encode(`${text} `);
  const values = base64Values();
  const bytes = new Uint8Array(letters.length);
  const starts = new Uint32Array(letters.length);
  let tokens = 0;
  let length = 0;
  let bits = 0;
  let bitCount = 0;
  for (let at = text.indexOf(' ', 2) + 1; at < letters.length; at++) {
    const letter = letters[at] ?? SPACE;
    if (letter === SPACE) {
      starts[++tokens] = length;
      bitCount = 0;
    } else if (letter !== PADDING) {
      bits = (bits << 6) | (values[letter] ?? 0);
      bitCount += 6;
      if (bitCount >= 8) {
        bitCount -= 8;
        bytes[length++] = bits >> bitCount;
      }
    }
  }
  return new Vocabulary(bytes.slice(0, length), starts.slice(0, tokens + 1));
}

function base64Values(): Uint8Array {
  const values = new Uint8Array(256);
  for (let value = 0; value < BASE64_ALPHABET.length; value++) {
    values[BASE64_ALPHABET.charCodeAt(value)] = value;
  }
  return values;
}
