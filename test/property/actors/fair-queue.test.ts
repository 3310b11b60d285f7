import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue } from '../../../src/actors/fair-queue.ts';

interface Item {
  readonly tenant: string;
  readonly number: number;
  readonly cost: number;
}

const QUANTUM = 8;
const WEIGHTS = new Map([
  ['heavy', 3],
  ['light', 0.5],
]);
const weightOf = (tenant: string): number => WEIGHTS.get(tenant) ?? 1;
const costOf = ({ cost }: Item): number => cost;

const tenant = fc.constantFrom('heavy', 'light', 'a', 'b', 'c');
const cost = fc.integer({ min: 1, max: 20 });

function aQueue(items: readonly Item[] = []): FairQueue<Item> {
  const queue = new FairQueue<Item>({ quantum: QUANTUM, weightOf });
  for (const item of items) queue.push(item.tenant, item);
  return queue;
}

function takeAll(queue: FairQueue<Item>): readonly Item[] {
  const taken: Item[] = [];
  for (let item = queue.next(costOf); item !== null; item = queue.next(costOf)) taken.push(item);
  return taken;
}

function numbered(tenants: readonly (readonly [string, number])[]): readonly Item[] {
  return tenants.map(([name, price], number) => ({ tenant: name, number, cost: price }));
}

describe('FairQueue', () => {
  test('hands every item out once, in the order of its tenant', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tenant, cost), { maxLength: 60 }), (tenants) => {
        const items = numbered(tenants);
        const taken = takeAll(aQueue(items));
        for (const name of new Set(items.map((item) => item.tenant))) {
          const own = (item: Item): boolean => item.tenant === name;
          expect(taken.filter(own)).toEqual(items.filter(own));
        }
        expect(taken).toHaveLength(items.length);
      }),
    );
  });

  test('invariant: while two tenants wait, neither gets ahead by more than a share and an item', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tenant, cost), { minLength: 40, maxLength: 120 }), (list) => {
        const queue = aQueue(numbered(list));
        const left = new Map<string, number>();
        for (const [name] of list) left.set(name, (left.get(name) ?? 0) + 1);
        const served = new Map<string, number>();
        const names = [...left.keys()];
        while (names.every((name) => (left.get(name) ?? 0) > 0)) {
          const item = queue.next(costOf);
          if (item === null) break;
          left.set(item.tenant, (left.get(item.tenant) ?? 0) - 1);
          served.set(
            item.tenant,
            (served.get(item.tenant) ?? 0) + item.cost / weightOf(item.tenant),
          );
        }
        const amounts = names.map((name) => served.get(name) ?? 0);
        // A share of each, and the largest item of the smallest weight on both sides.
        expect(Math.max(...amounts) - Math.min(...amounts)).toBeLessThanOrEqual(QUANTUM + 2 * 40);
      }),
    );
  });

  test('takes out what is meant, and leaves the rest in its order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tenant, cost), { maxLength: 40 }), (list) => {
        const items = numbered(list);
        const queue = aQueue(items);
        queue.next(costOf);
        const before = queue.size;
        const removed = queue.remove(({ number }) => number % 2 === 0);
        expect(queue.size).toBe(before - removed);
        expect(takeAll(queue).every(({ number }) => number % 2 === 1)).toBe(true);
        expect(queue.size).toBe(0);
      }),
    );
  });

  test('remembers who took more than its share, as long as others wait', () => {
    const queue = aQueue();
    queue.push('a', { tenant: 'a', number: 0, cost: 100 });
    queue.push('b', { tenant: 'b', number: 1, cost: 1 });
    expect(queue.next(costOf)?.tenant).toBe('a');
    queue.push('a', { tenant: 'a', number: 2, cost: 1 });
    for (let number = 3; number < 60; number += 1)
      queue.push('b', { tenant: 'b', number, cost: 1 });

    expect(takeAll(queue).findIndex((item) => item.tenant === 'a')).toBeGreaterThan(50);
  });

  test('lets go of what it has handed out, also of a tenant that always asks for more', () => {
    const queue = aQueue();
    const places = Array.from({ length: 2000 }, (_, number) => {
      const item = { tenant: 'a', number, cost: 1 };
      queue.push('a', item);
      // There is always something queued besides what is taken.
      if (number >= 64) queue.next(costOf);
      return item;
    });

    expect(places).toHaveLength(2000);
    expect(queue.size).toBe(64);
    expect(queue.heldItems).toBeLessThanOrEqual(192);
  });
});
