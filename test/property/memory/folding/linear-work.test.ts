import { describe, expect, test } from 'vitest';
import type { FoldCounting } from '../../../../src/memory/folding/fold-counting.ts';
import { foldText } from '../../../../src/memory/folding/fold-text.ts';
import { type Candidate, selectUnits } from '../../../../src/memory/folding/select-units.ts';
import { textUnits } from '../../../../src/memory/folding/text-unit.ts';
import { COUNTING } from '../../../lib/folding.ts';

/** Counting that remembers how many characters it was shown. */
function watched(): { readonly counting: FoldCounting; readonly seen: () => number } {
  let characters = 0;
  const { counter, model } = COUNTING;
  const counting: FoldCounting = {
    model,
    counter: {
      countText: (text, name) => {
        characters += text.length;
        return counter.countText(text, name);
      },
      truncateText: (text, options) => {
        characters += text.length;
        return counter.truncateText(text, options);
      },
    },
  };
  return { counting, seen: () => characters };
}

const SHAPES: readonly (readonly [name: string, piece: (index: number) => string])[] = [
  ['sentences', (index) => `Engineer${index} fixed module${index} on host${index % 9}. `],
  ['lines', (index) => `- item ${index} of the list\n`],
  ['one line without an end', (index) => `word${index} `],
  ['one word without an end', () => 'aB3'],
  ['full stops', () => '. '],
  ['signs without spaces', () => '我们决定使用'],
  ['open fences', () => '```\n'],
  ['tables', (index) => `| a${index} | b |\n`],
];

describe('folding a text', () => {
  test.each(SHAPES)(
    'counts each character of %s a few times, whatever the length',
    (_name, piece) => {
      const shares = [200, 2_000].map((count) => {
        const text = Array.from({ length: count }, (_, index) => piece(index)).join('');
        const { counting, seen } = watched();
        foldText(text, { maxTokens: 100, focus: 'host7 module5', counting });
        return seen() / text.length;
      });

      expect(Math.max(...shares)).toBeLessThan(12);
      expect(shares[1]!).toBeLessThan(shares[0]! * 1.5);
    },
  );

  test('folds a megabyte', () => {
    const text = Array.from(
      { length: 20_000 },
      (_, index) => `Engineer${index} fixed module${index} on host${index % 9}. `,
    ).join('');
    const { counting, seen } = watched();
    const folded = foldText(text, { maxTokens: 200, counting });

    expect(text.length).toBeGreaterThan(800_000);
    expect(folded.tokens).toBeLessThanOrEqual(200);
    expect(folded.tokens).toBeGreaterThan(150);
    expect(seen() / text.length).toBeLessThan(4);
  });

  test.each(['.', '?!', '."', '|-', '*', '- ', '```', 'http://', '1,', '\n', 'e\u0301'])(
    'comes to an end with hundreds of thousands of %j',
    (piece) => {
      const text = `Some words first. ${piece.repeat(200_000)}x and last`;
      const folded = foldText(text, { maxTokens: 40, counting: COUNTING });

      expect(folded.tokens).toBeLessThanOrEqual(40);
    },
  );

  test('divides into units that cover the text once', () => {
    for (const [, piece] of SHAPES) {
      const text = Array.from({ length: 500 }, (_, index) => piece(index)).join('');
      const units = textUnits(text);
      const places = units.flatMap(({ start, end }) => [start, end]);

      expect(places).toEqual(places.toSorted((one, other) => one - other));
    }
  });
});

describe('selectUnits', () => {
  /** Candidates that count how often their terms are read. */
  function candidates(count: number): {
    readonly units: readonly Candidate[];
    readonly reads: () => number;
  } {
    let reads = 0;
    const units = Array.from({ length: count }, (_, index): Candidate => {
      const terms = Array.from(
        { length: 6 },
        (__, term) => (index * 7 + term * term) % (count * 2),
      );
      return {
        tokens: 8 + (index % 13),
        frameTokens: 0,
        frame: null,
        factor: 1 + (index % 5) / 10,
        get terms() {
          reads += 1;
          return terms;
        },
      };
    });
    return { units, reads: () => reads };
  }

  test('looks at each unit a bounded number of times', () => {
    for (const share of [0.01, 0.5]) {
      const perUnit = [100, 1_000, 10_000].map((count) => {
        const { units, reads } = candidates(count);
        selectUnits(units, { maxTokens: count * 14 * share, weightOf: () => 1 });
        return reads() / count;
      });

      expect(Math.max(...perUnit)).toBeLessThan(100);
      expect(perUnit[2]!).toBeLessThan(perUnit[0]! * 1.5 + 5);
    }
  });
});
