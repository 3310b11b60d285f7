import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonSyntaxError } from '../../../src/cli/chat-export/json-syntax.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('findJsonSyntaxError', () => {
  test.each([
    ['{"a":1,}', 7, 'a name in double quotes'],
    ['[1 2]', 3, 'a comma or the closing bracket'],
    ['[1,', 3, 'a value'],
    ['[}', 1, 'a value or ]'],
    ['{a:1}', 1, 'a name in double quotes or }'],
    ['{"a" 1}', 5, 'a colon'],
    ['[1] x', 4, 'the end of the document'],
    ['{"a":tru}', 5, 'a value'],
    ['', 0, 'a value'],
    ['{"a":1]', 6, 'a comma or the closing bracket'],
  ])('finds the place in %s', (text, offset, expected) => {
    expect(findJsonSyntaxError(text)).toEqual({ offset, expected });
  });

  test('points at the character of a string that may not be there', () => {
    expect(findJsonSyntaxError('["ab\ncd"]')?.offset).toBe(4);
    expect(findJsonSyntaxError('["ab\\q"]')?.offset).toBe(4);
    expect(findJsonSyntaxError('["ab')?.offset).toBe(4);
  });

  test('accepts what the engine accepts', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonSyntaxError(text)).toBeNull();
      }),
    );
  });

  test('refuses what the engine refuses, whatever is cut out or put in', () => {
    const change = fc.record({
      text: fc.json(),
      at: fc.nat(),
      remove: fc.nat({ max: 2 }),
      add: fc.string({
        unit: fc.constantFrom(...Array.from('{}[]:,"\\0e.-+ntru \u0001')),
        maxLength: 2,
      }),
    });
    fc.assert(
      fc.property(change, ({ text, at, remove, add }) => {
        const index = at % (text.length + 1);
        const changed = `${text.slice(0, index)}${add}${text.slice(index + remove)}`;
        expect(findJsonSyntaxError(changed) === null).toBe(isJson(changed));
      }),
      { numRuns: 1000 },
    );
  });

  test('reads a deep and a long document without running out of stack', () => {
    const depth = 500_000;
    expect(findJsonSyntaxError(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toBeNull();
    expect(findJsonSyntaxError(`["${'x\\n'.repeat(1_000_000)}"`)?.expected).toBe(
      'a comma or the closing bracket',
    );
  });
});
