import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LruMap } from '../../../src/domain/lru-map.ts';

type Step = readonly [
  kind: 'set' | 'use' | 'get' | 'delete' | 'deleteWhere' | 'clear',
  number: number,
];

const aStep: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('set', 'set', 'set', 'use', 'use', 'get', 'delete', 'deleteWhere', 'clear'),
  fc.nat({ max: 7 }),
);

/** A list, the entry that was used longest ago first. */
class NaiveLru {
  entries: (readonly [string, number])[] = [];
  readonly #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  run([kind, number]: Step, value: number): unknown {
    const key = `k${number}`;
    const found = this.entries.find(([name]) => name === key);
    const others = this.entries.filter(([name]) => name !== key);
    switch (kind) {
      case 'set':
        this.entries = [...others, [key, value] as const].slice(-this.#maxSize || Infinity);
        return undefined;
      case 'use':
        if (found !== undefined) this.entries = [...others, found];
        return found?.[1];
      case 'get':
        return found?.[1];
      case 'delete':
        this.entries = others;
        return found !== undefined;
      case 'deleteWhere': {
        const before = this.entries.length;
        this.entries = this.entries.filter(([, held]) => held % 3 !== number % 3);
        return before - this.entries.length;
      }
      case 'clear':
        this.entries = [];
        return undefined;
    }
  }
}

function runStep(map: LruMap<number>, [kind, number]: Step, value: number): unknown {
  const key = `k${number}`;
  if (kind === 'set') return map.set(key, value);
  if (kind === 'clear') return map.clear();
  return kind === 'deleteWhere'
    ? map.deleteWhere((held) => held % 3 === number % 3)
    : map[kind](key);
}

test('an LRU map holds what was used last, in its order, whatever is asked of it', () => {
  const property = fc.property(
    fc.nat({ max: 5 }),
    fc.array(aStep, { maxLength: 80 }),
    (maxSize, steps) => {
      const map = new LruMap<number>(maxSize);
      const naive = new NaiveLru(maxSize);
      for (const [value, step] of steps.entries()) {
        expect(runStep(map, step, value)).toEqual(naive.run(step, value));
        expect(map.entries()).toEqual(naive.entries);
        expect(map.size).toBe(naive.entries.length);
      }
    },
  );

  expect(() => fc.assert(property, { numRuns: 2_000 })).not.toThrow();
});

test('a copy of its entries goes on as it would', () => {
  const property = fc.property(
    fc.array(aStep, { maxLength: 40 }),
    fc.array(aStep, { maxLength: 40 }),
    (before, after) => {
      const map = new LruMap<number>(4);
      for (const [value, step] of before.entries()) runStep(map, step, value);
      const copy = new LruMap<number>(4);
      copy.replace(map.entries());

      for (const [value, step] of after.entries()) {
        expect(runStep(copy, step, value)).toEqual(runStep(map, step, value));
      }
      expect(copy.entries()).toEqual(map.entries());
    },
  );

  expect(() => fc.assert(property)).not.toThrow();
});
