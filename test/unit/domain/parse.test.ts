import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { InvalidInput } from '../../../src/domain/errors.ts';
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
    ['options.byName.<key 0>.<key 1>', { byName: { secret: { size: 1, secret: 1 } } }],
    ['options.byUnit.<key 1>', { byUnit: { in: 1, secret: 2 } }],
    ['options.byUnit.in', { byUnit: { in: 'secret' } }],
    ['options.<key 1>', { name: 'x', secret: 1 }],
    ['options.<key 0>', { ['__proto__']: 1 }],
  ])('calls a wrong place %s, telling no key that the schema does not know', (field, value) => {
    const error = refusal(value);

    expect(error.field).toBe(field);
    expect(error.message.startsWith(`${field}: `)).toBe(true);
    expect(JSON.stringify([error.message, error.data])).not.toContain('secret');
  });

  test('lists the names there are where one is wrong', () => {
    expect(refusal({ nmae: 'x' }).message).toBe(
      'options.<key 0>: there is no such option; its name has to be one of name, list, byName, byUnit, store',
    );
  });

  test.each(['redis', 5, {}])('says once what may be chosen instead of %j', (store) => {
    expect(refusal({ store }).message).toBe("options.store: expected 'memory' or a store");
  });
});
