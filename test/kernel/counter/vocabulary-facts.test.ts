import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { MAX_TOKEN_BYTES, MAX_TOKENS } from '../../../assembly/shared/tokenizer-layout.ts';
import { parseRanks } from '../../../scripts/lib/vocabulary-merges.ts';
import { ENCODINGS } from '../../../src/kernel/token-rules.ts';

const require = createRequire(import.meta.url);

/** Blanks and the first bytes of blanks beyond ASCII. */
const BLANK_STARTS = '\t\v\f \xc2\xe1\xe2\xe3';

describe.each(ENCODINGS)('the vocabulary of %s', (encoding) => {
  const { bpe_ranks: ranks } = require(`js-tiktoken/ranks/${encoding}`) as { bpe_ranks: string }; // its format
  const tokens = parseRanks(ranks);

  test('fits the tables', () => {
    expect(tokens.length).toBeLessThanOrEqual(MAX_TOKENS);
    const longest = tokens.reduce((most, token) => Math.max(most, token.length), 0);
    expect(longest).toBe(MAX_TOKEN_BYTES);
  });

  // So it cannot be seen where white space at the end of a text is split, which OpenAI has changed.
  test('has no token that ends with a blank after a line end', () => {
    const pattern = new RegExp(`[\\r\\n][${BLANK_STARTS}][^\\r\\n]*$`);
    expect(tokens.filter((token) => pattern.test(token))).toEqual([]);
  });
});
