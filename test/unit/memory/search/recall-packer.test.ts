import { describe, expect, test } from 'vitest';
import { RecallPacker } from '../../../../src/memory/search/recall-packer.ts';
import type {
  PackedPage,
  RecallPackerOptions,
} from '../../../../src/memory/search/recall-packer.ts';

/** One token a word. */
function countTokens(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

const LONG = [
  'alpha beta gamma delta epsilon zeta eta theta iota kappa',
  'alpha beta gamma delta alpha beta gamma delta alpha beta',
  'one two three four five six seven eight nine ten',
].join('\n');

interface Packing {
  readonly texts: Readonly<Record<string, string>>;
  readonly maxTokens: number;
  readonly relevance?: Readonly<Record<string, number>>;
  readonly question?: string;
  readonly options?: Partial<RecallPackerOptions>;
}

function pack({
  texts,
  maxTokens,
  relevance = {},
  question = '',
  options,
}: Packing): readonly PackedPage[] {
  const packer = new RecallPacker({ countTokens, lineTokens: 2, minFoldTokens: 10, ...options });
  return packer.pack({
    candidates: Object.keys(texts).map((id) => ({ id, relevance: relevance[id] ?? 1 })),
    textOf: (id) => texts[id] ?? null,
    maxTokens,
    question,
  });
}

describe('RecallPacker', () => {
  test('takes all pages whole when there is room', () => {
    const packed = pack({ texts: { a: LONG, b: 'short' }, maxTokens: 100 });

    expect(packed).toEqual([
      { id: 'a', text: LONG, tokens: 32, maxTokens: 30, isWhole: true },
      { id: 'b', text: 'short', tokens: 3, maxTokens: 1, isWhole: true },
    ]);
  });

  test('leaves out of a long page what repeats', () => {
    const [page] = pack({ texts: { a: LONG }, maxTokens: 25 });

    expect(page).toMatchObject({ id: 'a', isWhole: false });
    expect(page!.text.split('\n')).toEqual([LONG.split('\n')[0], LONG.split('\n')[2]]);
  });

  test('prefers the lines that the question is about', () => {
    const texts = {
      a: `${LONG.split('\n')[0]}\n${'extra words of all kinds that say much more here'}`,
    };

    expect(pack({ texts, maxTokens: 14, question: 'words extra kinds' })[0]!.text).toContain(
      'extra',
    );
    expect(pack({ texts, maxTokens: 14, question: 'kappa iota theta' })[0]!.text).toContain(
      'kappa',
    );
  });

  test('gives the room to the more relevant page', () => {
    const texts = { a: 'one two three', b: 'four five six' };

    expect(pack({ texts, maxTokens: 5, relevance: { a: 0.1 } })).toMatchObject([{ id: 'b' }]);
    expect(pack({ texts, maxTokens: 5, relevance: { b: 0.1 } })).toMatchObject([{ id: 'a' }]);
  });

  test('takes the beginnings of two pages before all of one', () => {
    const other = LONG.replaceAll(/\w+/g, (word) => `${word}x`);

    expect(pack({ texts: { a: LONG, b: other }, maxTokens: 48 })).toHaveLength(2);
  });

  test('folds as it is told, and folds itself when the answer is too long or empty', () => {
    const fold = (answer: string): string =>
      pack({ texts: { a: LONG }, maxTokens: 15, options: { fold: () => answer } })[0]!.text;

    expect(fold('my words')).toBe('my words');
    expect(fold('far too long '.repeat(9))).toBe(LONG.split('\n')[0]);
    expect(fold('')).toBe(LONG.split('\n')[0]);
  });

  test('tells a fold what it may cost and what to keep', () => {
    const seen: unknown[] = [];
    pack({
      texts: { a: LONG },
      maxTokens: 15,
      question: 'kappa?',
      options: {
        fold: (page, maxTokens, focusTerms) => {
          seen.push([page, maxTokens, [...focusTerms]]);
          return '';
        },
      },
    });

    expect(seen).toEqual([[{ id: 'a', text: LONG }, 13, ['kappa']]]);
  });

  test('leaves out pages without text at hand, and gives nothing without room', () => {
    const packer = new RecallPacker({ countTokens });
    const request = { candidates: [{ id: 'a', relevance: 1 }], question: '', maxTokens: 100 };

    expect(packer.pack({ ...request, textOf: () => null })).toEqual([]);
    expect(packer.pack({ ...request, textOf: () => LONG, maxTokens: 0 })).toEqual([]);
    expect(packer.pack({ ...request, textOf: () => LONG, maxTokens: -5 })).toEqual([]);
  });

  test('sees a new text of a page, also when it forgets outlines', () => {
    const packer = new RecallPacker({ countTokens, maxOutlines: 1 });
    const request = {
      candidates: [
        { id: 'a', relevance: 1 },
        { id: 'b', relevance: 1 },
      ],
      question: '',
      maxTokens: 100,
    };
    const first = packer.pack({ ...request, textOf: (id) => `old ${id}` });
    const second = packer.pack({ ...request, textOf: (id) => `new ${id}` });

    expect(first.map(({ text }) => text)).toEqual(['old a', 'old b']);
    expect(second.map(({ text }) => text)).toEqual(['new a', 'new b']);
  });

  test('counts a page that goes in whole or not at all once, and cuts it nowhere', () => {
    const counted: string[] = [];
    const packer = new RecallPacker({
      countTokens: (text) => {
        counted.push(text);
        return countTokens(text);
      },
    });
    const texts = ['First one. Second one.', 'Another page.\nOf two lines.'];
    const candidates = texts.map((id) => ({ id, relevance: 1 }));
    const request = { candidates, textOf: (id: string) => id, question: 'one', maxTokens: 12 };

    expect(packer.pack(request)).toHaveLength(1);
    expect(packer.pack(request)).toHaveLength(1);
    expect(counted).toEqual(texts);
  });
});
