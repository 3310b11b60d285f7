import { describe, expect, test } from 'vitest';

import { codePointClasses } from '../../../src/kernel/code-point-classes.ts';
import { ExactMeter } from '../../../src/tokens/exact-meter.ts';
import { WINDOW_LENGTH } from '../../../src/tokens/text-window.ts';
import { loadVocabulary } from '../../../src/tokens/vocabulary-source.ts';

const meter = new ExactMeter({
  encoding: 'o200k_base',
  vocabulary: loadVocabulary('o200k_base')!,
  classes: codePointClasses('openai')!,
  foldsLongS: true,
  memoLimit: 64,
});

describe('ExactMeter', () => {
  test('gives the ids of tokens and of the parts of pieces that are none', () => {
    expect(meter.encode('hello world')).toEqual([24912, 2375]);
    expect(meter.encode('Zyxwvut')).toHaveLength(meter.countUpTo('Zyxwvut', Infinity));
    expect(meter.encode('')).toEqual([]);
  });

  test('counts a text of many windows as the sum of its sentences', () => {
    const sentence = 'Every window ends where a piece does.\n';
    const times = Math.ceil((3 * WINDOW_LENGTH) / sentence.length);
    expect(meter.countUpTo(sentence.repeat(times), Infinity)).toBe(
      times * meter.countUpTo(sentence, Infinity),
    );
  });

  test('counts a window longer than its scratch buffer', () => {
    expect(meter.countUpTo('あ'.repeat(2 * WINDOW_LENGTH), Infinity)).toBeGreaterThan(0);
    expect(meter.countUpTo('7'.repeat(2 * WINDOW_LENGTH), Infinity)).toBe(
      Math.ceil((2 * WINDOW_LENGTH) / 3),
    );
  });

  test.each([
    ['plain words here', 2, 'plain words'],
    ['日本語 で書く', 1, '日本'],
    ['😀😀😀', 2, '😀😀'],
    ['nothing', 0, ''],
    ['all of it', 10, 'all of it'],
  ])('cuts %j to %i tokens between code points', (text, maxTokens, expected) => {
    expect(text.slice(0, meter.prefixWithin(text, maxTokens))).toBe(expected);
  });

  test('cuts in a later window', () => {
    const text = 'word '.repeat(2 * WINDOW_LENGTH);
    const cut = meter.prefixWithin(text, 20_000);
    expect(cut).toBe('word '.repeat(20_000).length - 1);
  });
});
