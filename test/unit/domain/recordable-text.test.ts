import { expect, test } from 'vitest';
import { MAX_RECORD_LENGTH } from '../../../src/domain/record-limit.ts';
import { recordableText } from '../../../src/domain/segment-span.ts';
import { MAX_RESIDENT_SEGMENTS } from '../../../src/domain/segment.ts';

test.each([
  ['letters', 'a'],
  ['quotes', '"'],
  ['characters that take six in JSON', '\u0001'],
  ['halves of characters', '\uD800'],
  ['letters after characters that take six', `${'\u0001'.repeat(20_000)}${'a'.repeat(20_000)}`],
])(
  'a record has room for the texts of all sources of a span and for what stands for them: %s',
  (_, text) => {
    const cut = recordableText(text.repeat(Math.ceil(40_000 / text.length)));

    const texts = Array.from({ length: MAX_RESIDENT_SEGMENTS / 2 + 1 }, () => cut);
    expect(JSON.stringify(texts).length).toBeLessThan(MAX_RECORD_LENGTH * 0.6);
    expect(cut.length).toBeGreaterThan(10_000);
  },
);

test('a text that has room is left as it is', () => {
  expect(recordableText('Roses by the wall.')).toBe('Roses by the wall.');
});
