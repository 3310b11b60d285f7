import { describe, expect, test } from 'vitest';
import { textUnits, wordBorder } from '../../../../src/memory/folding/text-unit.ts';

function units(text: string): readonly (readonly [kind: string, content: string])[] {
  return textUnits(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
}

describe('textUnits', () => {
  test('tells headings, sentences and items of lists apart', () => {
    const text = '# Plan\n\nWe start. Then we stop.\n- first item\n2. second. It goes on.\n';

    expect(units(text)).toEqual([
      ['heading', '# Plan'],
      ['prose', 'We start.'],
      ['prose', 'Then we stop.'],
      ['prose', '- first item'],
      ['prose', '2. second.'],
      ['prose', 'It goes on.'],
    ]);
  });

  test('joins a sentence that was broken to fit a width', () => {
    const broken = 'This sentence is so long that it is broken\nover two lines.';

    expect(units('short\nlines')).toHaveLength(2);
    expect(units(`${broken} Next.`)).toEqual([
      ['prose', broken],
      ['prose', 'Next.'],
    ]);
  });

  test('reads lines of code with their indentation, and the fence as their frame', () => {
    const text = 'Look:\n```ts\nif (a) {\n  run(a.b); // Stop. Now.\n}\n```\nDone.';
    const code = textUnits(text).filter(({ kind }) => kind === 'code');

    expect(units(text)).toContainEqual(['code', '  run(a.b); // Stop. Now.']);
    expect(code).toHaveLength(3);
    const frame = code[0]!.frame!;
    expect(text.slice(frame.open.start, frame.open.end)).toBe('```ts');
    expect(text.slice(frame.close!.start, frame.close!.end)).toBe('```');
  });

  test('ends a block of code only where a fence stands alone', () => {
    const text = '````md\n```ts\na\n```\n````\nAfter.';

    expect(units(text)).toEqual([
      ['code', '```ts'],
      ['code', 'a'],
      ['code', '```'],
      ['prose', 'After.'],
    ]);
    expect(units('```run``` starts it.\nAfter.')).toHaveLength(2);
  });

  test('takes a fence without an end as code up to the end of the text', () => {
    const text = '```\na = 1\n\nb = 2';

    expect(units(text)).toEqual([
      ['code', 'a = 1'],
      ['code', 'b = 2'],
    ]);
    expect(textUnits(text)[0]!.frame!.close).toBeNull();
  });

  test('reads rows of a table with its head as their frame', () => {
    const text = '| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\nAfter.';
    const rows = textUnits(text);

    expect(units(text)).toEqual([
      ['row', '| 1 | 2 |'],
      ['row', '| 3 | 4 |'],
      ['prose', 'After.'],
    ]);
    const frame = rows[0]!.frame!;
    expect(text.slice(frame.open.start, frame.open.end)).toBe('| a | b |\n|---|---|');
  });

  test('keeps the head of a table that has no rows, and lines that only look like a table', () => {
    expect(units('| a | b |\n|---|---|')).toEqual([['row', '| a | b |\n|---|---|']]);
    expect(units('| a\n| b')).toEqual([
      ['row', '| a'],
      ['row', '| b'],
    ]);
  });

  test('divides a wall of text between words, and between characters where there are none', () => {
    const walls = [`${'word '.repeat(400)}`, 'x'.repeat(2_000), '👍🏽'.repeat(500)];
    for (const wall of walls) {
      const parts = textUnits(wall).map(({ start, end }) => wall.slice(start, end));

      expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(480);
      expect(parts.join('').replaceAll(' ', '')).toBe(wall.replaceAll(' ', ''));
    }
  });

  test('keeps a link in one piece, however long', () => {
    const link = `https://example.org/${'a1'.repeat(600)}`;

    expect(units(`See ${link} for it.`)).toContainEqual(['prose', link]);
  });

  test('finds nothing in a text of white space', () => {
    expect(textUnits('')).toEqual([]);
    expect(textUnits(' \r\n\t\n')).toEqual([]);
  });
});

describe('wordBorder', () => {
  test.each([
    ['between words', 'alpha beta gamma', 12, 10],
    ['never inside a character', '👍🏽👍🏽', 5, 4],
    ['never inside a link', 'see,https://example.org/abc', 20, 4],
    ['never inside a number', 'x12,345.678', 7, 1],
    ['at the end when all of it fits', 'alpha', 9, 5],
  ])('cuts %s', (_what, ...[text, at, expected]) => {
    expect(wordBorder(text, 0, at)).toBe(expected);
  });
});
