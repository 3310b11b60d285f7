import { describe, expect, test } from 'vitest';

import { BytePairMerger } from '../../../src/tokens/byte-pair-merger.ts';
import { ENCODINGS } from '../../../src/kernel/token-rules.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { loadVocabulary } from '../../../src/tokens/vocabulary-source.ts';
import { PATHOLOGICAL, repeatTo } from '../../lib/tokens/pathological.ts';
import { MODELS, oracleIds } from './oracle.ts';

const counter = createTokenCounter();
const LENGTH = 200_000;

describe.each(ENCODINGS)('%s', (encoding) => {
  const model = MODELS[encoding];

  test.each(PATHOLOGICAL)(
    'counts 200,000 characters of %s, and 240 as js-tiktoken does',
    (_, pattern) => {
      const short = repeatTo(pattern, 240);
      const tokensOfShort = counter.countText(short, model);
      expect(tokensOfShort).toBe(oracleIds(encoding, short).length);
      const tokens = counter.countText(repeatTo(pattern, LENGTH), model);
      // A longer run packs no worse than the short ones it is made of, and no better than the longest token allows.
      expect(tokens).toBeLessThanOrEqual(Math.ceil(LENGTH / 240) * (tokensOfShort + 1));
      expect(tokens).toBeGreaterThanOrEqual(Math.ceil(LENGTH / 128));
    },
  );

  test('has closed forms for digits and for runs of one letter', () => {
    for (const digits of [1, 2, 3, 1_000, LENGTH]) {
      expect(counter.countText('7'.repeat(digits), model)).toBe(Math.ceil(digits / 3));
    }
    for (const letters of [64, 256, 512]) {
      const text = 'a'.repeat(letters);
      expect(counter.countText(text, model)).toBe(oracleIds(encoding, text).length);
      expect(counter.countText(text, model)).toBe(letters / 8);
    }
    expect(counter.countText('a'.repeat(LENGTH), model)).toBe(LENGTH / 8);
  });

  test('works in proportion to length, not to its square', () => {
    for (const [, pattern] of PATHOLOGICAL) {
      const small = stepsFor(repeatTo(pattern, 10_000));
      const large = stepsFor(repeatTo(pattern, 80_000));
      expect(large).toBeLessThan(small * 9);
    }
  });

  function stepsFor(text: string): number {
    const merger = new BytePairMerger(loadVocabulary(encoding)!);
    const bytes = new TextEncoder().encode(text);
    merger.count(bytes, 0, bytes.length);
    return merger.steps;
  }
});
