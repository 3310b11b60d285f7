import { describe, expect, test } from 'vitest';
import { labelsOf } from '../../../src/actors/commit-figures.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { aShard, says } from './test-shard.ts';

async function labelsFor(properties: JsonObject) {
  const { state } = await aShard().execute(says('hello'));
  return labelsOf({ ...state, properties });
}

describe('labelsOf', () => {
  test('takes scalars as texts and leaves the rest', async () => {
    const properties = { plan: 'pro', seats: 3, isTrial: false, tags: ['a'], none: null };
    expect(await labelsFor({ ...properties, note: 'x'.repeat(257) })).toEqual({
      userId: null,
      properties: { plan: 'pro', seats: '3', isTrial: 'false' },
    });
  });

  test('keeps a property whose name means something to objects', async () => {
    // What JSON makes an own property, a literal would take for the prototype.
    const { properties } = await labelsFor(JSON.parse('{"__proto__":"x","constructor":"y"}'));
    expect(Object.entries(properties)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  test.each(['user_id', 'userId'])('finds the user under %s', async (name) => {
    expect(await labelsFor({ [name]: 'ada' })).toMatchObject({ userId: 'ada' });
    expect(await labelsFor({ [name]: '' })).toMatchObject({ userId: null });
  });
});
