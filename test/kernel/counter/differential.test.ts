import { describe, expect, test } from 'vitest';
import { WINDOW_BYTES } from '../../../assembly/shared/tokenizer-layout.ts';
import { loadTokenKernel } from '../../../src/kernel/counter-sharing.ts';
import { ENCODINGS, TOKEN_RULES } from '../../../src/kernel/token-rules.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { aTokenKernel, aTwin, BUILDS } from '../../lib/tokens/counters.ts';
import { randomText } from '../../lib/tokens/random-text.ts';

const TEXTS = 1500;
const LONG_TEXTS = 12;

/** Texts of a few windows, joined so that pieces of every kind and length lie across the ends of windows. */
function longText(seed: number): string {
  const random = seededRandom(seed);
  const unbroken = ['a', 'A', '日', '-', ' ', '\n', '日A', 'é', '\ud83d', '1'][seed % 10]!;
  let text = '';
  while (text.length < 2.2 * WINDOW_BYTES) {
    const long = random.below(12) === 0 ? unbroken.repeat(random.below(WINDOW_BYTES)) : '';
    text += randomText(random) + long;
  }
  return text;
}

function* runsOfOneByte(): Generator<string> {
  for (const byte of '-=*#_~./|aAe \n\t\x01\0') {
    for (let length = 1; length < 1000; length += length < 40 ? 3 : 53) {
      const run = byte.repeat(length);
      yield* [run, ` ${run}\n`, `${run}=${run}`, `=${run}--`];
    }
  }
}

/** Texts of a window and a bit less or more, in parts that take one byte and three for a UTF-16 unit. */
function* textsOfTwoWidths(): Generator<string> {
  for (const [narrow, wide] of [
    ['a word ', '日本語'],
    ['=', '\ud83d'],
  ] as const) {
    for (const parts of [2, 7, 8, 9, 16, 64]) {
      for (const units of [0.4, 0.6, 0.98]) {
        const length = Math.round((units * WINDOW_BYTES) / parts);
        const texts = [narrow, wide].map((part) => part.repeat(length).slice(0, length));
        yield Array.from({ length: parts }, (_, part) => texts[part % 2]).join('');
        yield Array.from({ length: parts }, (_, part) => texts[(part + 1) % 2]).join('');
      }
    }
  }
}

describe.each(ENCODINGS)('%s', (encoding) => {
  test.each(TOKEN_RULES)(
    'all builds and the twin give the same ids, by the rules of %s',
    (rules) => {
      const kernels = BUILDS.map((build) => aTokenKernel({ encoding, rules, build }));
      const twin = aTwin(encoding, rules);
      const random = seededRandom(7);
      for (let index = 0; index < TEXTS; index += 1) {
        const text = randomText(random);
        const expected = twin.encode(text);
        for (const kernel of kernels) {
          expect(kernel.encode(text)).toEqual(expected);
          expect(kernel.countUpTo(text, Infinity)).toBe(expected.length);
        }
        expect(twin.countUpTo(text, Infinity)).toBe(expected.length);
      }
      expect(kernels.map((kernel) => kernel.answerCount())).toEqual(BUILDS.map(() => 2 * TEXTS));
    },
  );

  test('all builds and the twin stop and cut at the same place', () => {
    const kernels = BUILDS.map((build) => aTokenKernel({ encoding, build }));
    const twin = aTwin(encoding);
    const random = seededRandom(8);
    for (let index = 0; index < TEXTS; index += 1) {
      const text = randomText(random);
      const limit = random.below(30);
      const [counted, cut] = [twin.countUpTo(text, limit), twin.prefixWithin(text, limit)];
      for (const kernel of kernels) {
        expect(kernel.countUpTo(text, limit)).toBe(counted);
        expect(kernel.prefixWithin(text, limit)).toBe(cut);
      }
    }
    expect(kernels.map((kernel) => kernel.answerCount())).toEqual(BUILDS.map(() => 2 * TEXTS));
  });

  test('runs of one byte have the ids that the twin gives, alone and between others', () => {
    const kernels = (['simd', 'plain'] as const).map((build) => aTokenKernel({ encoding, build }));
    const twin = aTwin(encoding);
    for (const text of runsOfOneByte()) {
      const expected = twin.encode(text);
      for (const kernel of kernels) expect(kernel.encode(text)).toEqual(expected);
    }
  });

  test('texts of many windows have the ids that the twin gives', () => {
    const kernel = loadTokenKernel(encoding, 'openai')!;
    const twin = aTwin(encoding);
    for (let seed = 0; seed < LONG_TEXTS; seed += 1) {
      const text = longText(seed);
      const expected = twin.encode(text);
      expect(kernel.encode(text)?.join() === expected.join()).toBe(true);
      expect(kernel.countUpTo(text, Infinity)).toBe(expected.length);
      const limit = Math.floor(expected.length * 0.8);
      expect(kernel.countUpTo(text, limit)).toBe(limit + 1);
      expect(kernel.prefixWithin(text, limit)).toBe(twin.prefixWithin(text, limit));
    }
    expect(kernel.trapCount()).toBe(0);
  });

  test('texts that are wide in one part and narrow in another have the count that the twin gives', () => {
    const kernels = (['simd', 'plain'] as const).map((build) => aTokenKernel({ encoding, build }));
    const twin = aTwin(encoding);
    for (const text of textsOfTwoWidths()) {
      const expected = twin.countUpTo(text, Infinity);
      for (const kernel of kernels) expect(kernel.countUpTo(text, Infinity)).toBe(expected);
    }
    expect(kernels.map((kernel) => kernel.answerCount())).toEqual([72, 72]);
  });
});
