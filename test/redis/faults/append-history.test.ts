import { describe, expect, test } from 'vitest';
import { createMemoryStore, type Store } from '../../../src/index.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { type AppendSeen, findViolations, type Told } from '../../lib/redis/append-history.ts';

const key = aKey();

async function aStoreOf(records: readonly string[]): Promise<Store> {
  const store = createMemoryStore();
  await store.append(anAppend({ records }));
  return store;
}

function seen(record: string, parts: Partial<AppendSeen> = {}): AppendSeen {
  return { key, record, writer: 'w', begunAt: 0, ackedAt: null, position: null, ...parts };
}

async function violationsOf(
  records: readonly string[],
  appends: readonly AppendSeen[],
  told: readonly Told[] = [],
): Promise<readonly string[]> {
  return findViolations(await aStoreOf(records), { appends, told });
}

describe('findViolations', () => {
  test('accepts acknowledged records in their places, and those of unknown outcome anywhere', async () => {
    const appends = [
      seen('a', { ackedAt: 1, position: 1 }),
      seen('b', { begunAt: 2, ackedAt: 5, position: 3 }),
      seen('x', { begunAt: 1 }),
      seen('never-there'),
    ];
    expect(await violationsOf(['a', 'x', 'b'], appends)).toEqual([]);
  });

  test.each([
    {
      what: 'a lost record',
      records: ['a'],
      appends: [seen('a', { ackedAt: 1, position: 1 }), seen('b', { ackedAt: 2, position: 2 })],
      text: 'b is at no place, not at 2',
    },
    {
      what: 'a doubled record',
      records: ['a', 'a'],
      appends: [seen('a', { ackedAt: 1, position: 2 })],
      text: 'a is there twice',
    },
    {
      what: 'a misplaced record',
      records: ['b', 'a'],
      appends: [seen('a', { ackedAt: 9, position: 1 }), seen('b')],
      text: 'a is at 2, not at 1',
    },
    {
      what: 'a record of nobody',
      records: ['a', 'z'],
      appends: [seen('a', { ackedAt: 1, position: 1 })],
      text: 'z was sent by nobody',
    },
    {
      what: 'an order that time forbids',
      records: ['b', 'a'],
      appends: [seen('a', { ackedAt: 1, position: 2 }), seen('b', { begunAt: 2 })],
      text: 'b was begun after a was acknowledged, and stands before it',
    },
  ])('finds $what', async ({ records, appends, text }) => {
    expect(await violationsOf(records, appends)).toContain(text);
  });

  test('accepts that a record is missing when its writer was told later, and only then', async () => {
    const appends = [
      seen('a', { ackedAt: 1, position: 1 }),
      seen('b', { ackedAt: 3, position: 2 }),
    ];
    const told = { key, writer: 'w', at: 4 };
    expect(await violationsOf(['a'], appends, [told])).toEqual([]);
    const text = 'b is lost, and its writer was not told';
    expect(await violationsOf(['a'], appends, [{ ...told, at: 2 }])).toEqual([text]);
    expect(await violationsOf(['a'], appends, [{ ...told, writer: 'other' }])).toEqual([text]);
  });
});
