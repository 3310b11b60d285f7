import { createRequire } from 'node:module';
import { Tiktoken } from 'js-tiktoken/lite';
import { get_encoding as openEncoding } from 'tiktoken';
import type { EncodingName, TokenRules } from '../../../src/kernel/token-rules.ts';

/** The ids that another package gives for a text, names of special tokens taken as text. */
export type Oracle = (text: string) => readonly number[];

const require = createRequire(import.meta.url);
const oracles = new Map<string, Oracle>();

/** The package whose counts the rules promise: `tiktoken`, OpenAI's own code compiled to WebAssembly, or `js-tiktoken`. */
export function oracleOf(encoding: EncodingName, rules: TokenRules): Oracle {
  const name = `${encoding} ${rules}`;
  const oracle = oracles.get(name) ?? createOracle(encoding, rules);
  oracles.set(name, oracle);
  return oracle;
}

function createOracle(encoding: EncodingName, rules: TokenRules): Oracle {
  if (rules === 'openai') {
    const encoder = openEncoding(encoding);
    return (text) => [...encoder.encode_ordinary(text)];
  }
  const ranks: unknown = require(`js-tiktoken/ranks/${encoding}`);
  const encoder = new Tiktoken(ranks as ConstructorParameters<typeof Tiktoken>[0]); // the package's own format
  return (text) => encoder.encode(text, [], []);
}
