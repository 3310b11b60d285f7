import { describe, expect, test } from 'vitest';
import { loadTokenKernel } from '../../../src/kernel/counter-sharing.ts';
import { ENCODINGS, TOKEN_RULES } from '../../../src/kernel/token-rules.ts';
import { findDifferences } from '../../lib/tokens/differences.ts';
import { randomTexts } from '../../lib/tokens/random-text.ts';
import { hasRealTexts, realTexts } from '../../lib/tokens/real-texts.ts';

const RANDOM_TEXTS = 20_000;

/** The regular expressions of js-tiktoken take the square of the time for runs of one character. */
const LONG_RUN = /(.)\1{300}/su;

const HAND_PICKED: readonly string[] = [
  '',
  'hello world',
  'Hello, how are you?',
  'antidisestablishmentarianism',
  'お誕生日おめでとう',
  '1234567890 12½3 ٣٣٣٣ Ⅷ',
  '<|endoftext|> <|im_start|>system<|im_end|>',
  "I'll don't IT'S o're' 'tis x'",
  "it'ſt 'ſ 'ſs",
  'fooBarBAZ HTTPServer 日本ABC 日本ABCdef \u0301ABC \u0301abc',
  'a ?!\n/\nb //// \n/\n',
  'a \n \n  b   \t\n\t  ',
  'x\u0085y \ufeffabc\ufeff \u2028\u3000\u00a0 z',
  '\u1c89\u1c8a \u{10d40}\u{10d50} \u{16d40} \ua7dc \ua7d2 \u{16ea0}\u{16ebb}',
  'a\ud800b \udc00 \ud83d\ud83d\ude00 \ud83d',
  '\0\x01\x1c\x7f\x80',
  '👩‍👩‍👧‍👦🇩🇪👍🏽 e\u0301\u0302',
  'constructor __proto__ toString hasOwnProperty',
  ' '.repeat(200),
  '\n'.repeat(200),
  `${'-'.repeat(150)}${'='.repeat(150)}`,
  'a'.repeat(200),
  '天地玄黃宇宙洪荒'.repeat(20),
  'ภาษาไทย'.repeat(20),
];

describe.each(ENCODINGS)('%s', (encoding) => {
  describe.each(TOKEN_RULES)('by the rules of %s', (rules) => {
    test('W-44: C-42: hand-picked texts have the ids of the package', () => {
      expect(findDifferences(HAND_PICKED, { encoding, rules })).toEqual([]);
    });

    test('every code point has the ids of the package, between letters and beside white space', () => {
      const texts = Array.from({ length: 0x1100 }, (_, block) =>
        Array.from({ length: 256 }, (__, offset) => {
          const character = String.fromCodePoint(block * 256 + offset);
          return `a${character}b ${character}A${character}`;
        }).join('\n'),
      );
      // Blocks of one kind all through say little more than their first, and js-tiktoken takes its time.
      const [near, far] = rules === 'openai' ? [1, 7] : [3, 23];
      const chosen = texts.filter((_, block) => block % (block < 0x200 ? near : far) === 0);
      expect(findDifferences(chosen, { encoding, rules })).toEqual([]);
    });

    test(`${RANDOM_TEXTS} random texts have the ids of the package`, () => {
      const kernel = loadTokenKernel(encoding, rules)!;
      const answers = kernel.answerCount();
      expect(findDifferences(randomTexts(20_261_125, RANDOM_TEXTS), { encoding, rules })).toEqual(
        [],
      );
      expect(kernel.answerCount() - answers).toBe(2 * RANDOM_TEXTS);
      expect(kernel.trapCount()).toBe(0);
    });

    test.skipIf(!hasRealTexts)('C-42: every recorded text has the ids of the package', () => {
      const texts = realTexts().filter((text) => !LONG_RUN.test(text));
      expect(texts.length).toBeGreaterThan(5000);
      // One package takes ten times the time of the other.
      const chosen = rules === 'openai' ? texts : texts.filter((_, index) => index % 10 === 0);
      expect(findDifferences(chosen, { encoding, rules })).toEqual([]);
    });
  });
});
