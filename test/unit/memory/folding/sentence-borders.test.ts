import { describe, expect, test } from 'vitest';
import { sentenceEnds } from '../../../../src/memory/folding/sentence-borders.ts';

function sentences(text: string): readonly string[] {
  let start = 0;
  return sentenceEnds(text).map((end) => {
    const sentence = text.slice(start, end).trim();
    start = end;
    return sentence;
  });
}

describe('sentenceEnds', () => {
  test.each([
    ['plain sentences', 'One is here. Two is there! Three?', 3],
    ['a decimal number', 'It costs 3.14 dollars. Fine.', 2],
    ['a version and a file name', 'Use v2.10.3 of app.config.ts. Done.', 2],
    ['a title', 'Ask Dr. Smith about it. He knows.', 2],
    ['an initial', 'J. R. Miller wrote it. I read it.', 2],
    ['a Latin abbreviation', 'Fruits, e.g. Apples, are fine. Eat them.', 2],
    ['a small letter after a full stop', 'It took approx. twelve days etc. and more.', 1],
    ['a numbered reference', 'See fig. 7 for it. Then go on.', 2],
    ['a refusal', 'The answer is no. We stay.', 2],
    ['a quotation that ends inside', 'He said "Stop it." Then he left.', 2],
    ['an exclamation inside a sentence', '"Really?" she asked. He nodded.', 2],
    ['an ellipsis that goes on', 'Well... maybe not. Yes.', 2],
    ['full stops of Chinese', '我们决定用它。价格是三百元！好吗？', 3],
    ['a closing bracket of Japanese', '「終わりました。」次に進みます。', 2],
    ['the danda of Hindi', 'यह ठीक है। आगे बढ़ो।', 2],
  ])('finds the borders around %s', (_what, text, count) => {
    expect(sentences(text)).toHaveLength(count);
  });

  test('ends the last sentence where the text ends, with or without a mark', () => {
    expect(sentences('One. and no mark')).toEqual(['One. and no mark']);
    expect(sentences('One. Two without a mark')).toEqual(['One.', 'Two without a mark']);
    expect(sentenceEnds('')).toEqual([0]);
  });
});
