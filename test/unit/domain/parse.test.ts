import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { idSchema } from '../../../src/domain/ids.ts';
import { usdStringSchema } from '../../../src/domain/money.ts';
import { parseInput } from '../../../src/domain/parse.ts';

const inner = z.strictObject({ size: z.int().optional() });
const schema = z.strictObject({
  name: z.string().optional(),
  list: z.array(z.union([inner, z.literal('none')])).nullish(),
  byName: z.record(z.string(), inner).optional(),
  byUnit: z.partialRecord(z.enum(['in', 'out']), z.number()).optional(),
  store: z.union([z.literal('memory'), z.custom(() => false, { message: 'a store' })]).optional(),
});

function refusal(value: unknown): InvalidInput {
  try {
    parseInput(schema, value, 'options');
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new TypeError('the value was accepted');
}

describe('parseInput', () => {
  test.each(['abc', ['abc'], 5, true, null, undefined, () => 1])(
    'wants an object where %j was given',
    (value) => {
      expect(refusal(value).message).toBe('options: expected an object');
    },
  );

  test.each([
    ['options.name', { name: 5 }],
    ['options.list', { list: 'secret' }],
    ['options.list[1]', { list: ['none', 'secret'] }],
    ['options.byName.<key 1>.size', { byName: { a: {}, secret: { size: 'x' } } }],
    ['options.byName.<key 0>.sise', { byName: { secret: { size: 1, sise: 1 } } }],
    ['options.byName.<key 0>.<key 1>', { byName: { secret: { size: 1, 'my secret': 1 } } }],
    ['options.byUnit.<key 1>', { byUnit: { in: 1, secret: 2 } }],
    ['options.byUnit.in', { byUnit: { in: 'secret' } }],
    ['options.nmae', { list: [], nmae: 1 }],
    ['options.<key 1>', { name: 'x', 'secret key': 1 }],
    ['options.<key 1>', { name: 'x', [`secret${'x'.repeat(40)}`]: 1 }],
    ['options.__proto__', { ['__proto__']: 1 }],
  ])('calls a wrong place %s, telling no key that may be content', (field, value) => {
    const error = refusal(value);

    expect(error.field).toBe(field);
    expect(error.message.startsWith(`${field}: `)).toBe(true);
    expect(JSON.stringify([error.message, error.data])).not.toContain('secret');
  });

  test('lists the names there are where one is wrong', () => {
    expect(refusal({ nmae: 'x' }).message).toBe(
      'options.nmae: there is no such option; its name has to be one of name, list, byName, byUnit, store',
    );
  });

  test.each<[string, unknown, string]>([
    ['an empty text', '', 'at least 1 character'],
    ['a long text', 'x'.repeat(300), 'at most 256 UTF-16 units'],
    ['a control character', 'a\n', 'well-formed Unicode without control characters'],
    ['a number', 5, 'a string'],
  ])('wants of %s, as an id, what reads as a sentence', (_name, id, expected) => {
    expect(() => parseInput(idSchema, id, 'id')).toThrow(`id: expected ${expected}`);
  });

  test.each<[z.ZodType, unknown, string]>([
    [z.string().min(2), '', 'at least 2 characters'],
    [z.array(z.int()).min(1), [], 'at least 1 entry'],
    [z.array(z.int()).max(2), [1, 2, 3], 'at most 2 entries'],
    [z.int().positive(), 0, 'more than 0'],
    [z.unknown().nonoptional(), undefined, 'a value'],
    [z.iso.datetime(), 'today', 'a valid datetime'],
    [usdStringSchema, 'much', 'a non-negative decimal number of US dollars'],
  ])('puts bounds into words: %#', (bounded, value, expected) => {
    expect(() => parseInput(bounded, value, 'field')).toThrow(`field: expected ${expected}`);
  });

  test.each(['redis', 5, {}])('says once what may be chosen instead of %j', (store) => {
    expect(refusal({ store }).message).toBe("options.store: expected 'memory' or a store");
  });
});
