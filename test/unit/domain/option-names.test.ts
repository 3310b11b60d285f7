import { expect, test } from 'vitest';
import { optionNames } from '../../../src/domain/option-names.ts';

const check = optionNames<{ readonly mode?: string; readonly limit?: number }>({
  mode: true,
  limit: true,
});

test.each([[{}], [{ mode: 'x' }], [{ mode: undefined, limit: 1 }], [Object.create({ odd: 1 })]])(
  'options of known names are taken, whatever they hold: %j',
  (options) => {
    expect(() => {
      check(options);
    }).not.toThrow();
  },
);

test.each([
  [{ mod: 'x' }, 'options.mod'],
  [{ mode: 'x', toString: 1 }, 'options.toString'],
  [null, 'options'],
  [[], 'options'],
  ['mode', 'options'],
])('whatever else is refused by its name: %j', (options, field) => {
  expect(() => {
    check(options);
  }).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field }));
});

test('an option that cannot be read is refused, and its error is not repeated', () => {
  const options = Object.defineProperty({}, 'mode', {
    get: () => {
      throw new Error('a word that no error may repeat');
    },
    enumerable: true,
  });

  expect(() => {
    check(options);
  }).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      message: expect.not.stringContaining('a word') as string,
    }),
  );
});
