import { describe, expect, test } from 'vitest';
import { foldArguments } from '../../../../src/memory/folding/fold-arguments.ts';

/** A token for every four characters. */
function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

function folded(value: unknown, maxTokens: number): unknown {
  const short = foldArguments(JSON.stringify(value), { maxTokens, countTokens });
  expect(countTokens(short)).toBeLessThanOrEqual(Math.max(maxTokens, 5));
  return JSON.parse(short);
}

const LONG = 'word '.repeat(2_000);

describe('foldArguments', () => {
  test('leaves arguments that fit as they were written', () => {
    const text = '{ "id": 12345678901234567890, "at": 1.50 }';
    expect(foldArguments(text, { maxTokens: 20, countTokens })).toBe(text);
  });

  test('shortens long texts, says how much is missing, and uses the room', () => {
    const short = folded({ path: 'src/a.ts', content: LONG }, 500);
    expect(short).toMatchObject({
      path: 'src/a.ts',
      content: expect.stringMatching(/^word word .*\.\.\. \d+ more characters$/),
    });
    expect(countTokens(JSON.stringify(short))).toBeGreaterThan(450);
  });

  test('shortens lists, and objects of many keys', () => {
    const rows = Array.from({ length: 3_000 }, (_, id) => id);
    expect(folded({ rows }, 100)).toMatchObject({
      rows: expect.arrayContaining([0, 1, expect.stringMatching(/^\.\.\. \d+ more$/)]),
    });
    const keys = Object.fromEntries(rows.map((id) => [`key${id}`, `value ${id}`]));
    expect(folded(keys, 100)).toMatchObject({ key0: 'value 0' });
  });

  test('keeps the digits of long numbers', () => {
    const text = `{"id":12345678901234567890,"note":"${LONG}"}`;
    const short = foldArguments(text, { maxTokens: 60, countTokens });
    expect(JSON.parse(short)).toMatchObject({ id: '12345678901234567890' });
  });

  test('keeps numbers that are too large to be read', () => {
    const text = `{"most":1e400,"least":-1e400,"note":"${LONG}"}`;
    const short = foldArguments(text, { maxTokens: 60, countTokens });
    expect(JSON.parse(short)).toMatchObject({ most: '1e400', least: '-1e400' });
  });

  test.each(['{}', '{"at":1}', '{"id":12345678}'])('leaves %s as it is in any room', (text) => {
    expect(foldArguments(text, { maxTokens: 0, countTokens })).toBe(text);
  });

  test('gives an object in any room, also of what is nested without end', () => {
    expect(folded({ a: LONG, b: LONG, c: LONG }, 0)).toEqual({ '...': 'shortened' });
    const nested = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const short = foldArguments(nested, { maxTokens: 50, countTokens });
    expect(countTokens(short)).toBeLessThanOrEqual(50);
    expect(JSON.parse(short)).toBeTypeOf('object');
  });
});
