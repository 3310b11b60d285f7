import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdFilter } from '../../../src/domain/id-filter.ts';

describe('IdFilter', () => {
  test('knows whatever was added, and so does what goes on from its snapshot', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 200 }), fc.array(fc.string()), (ids, more) => {
        const filter = new IdFilter();
        for (const id of ids) filter.add(id);
        const next = new IdFilter();
        next.restore(filter.snapshot());
        for (const id of more) next.add(id);
        expect(ids.every((id) => filter.mayHave(id))).toBe(true);
        expect([...ids, ...more].every((id) => next.mayHave(id))).toBe(true);
      }),
    );
  });

  test('knows the latest 57,344 of any number, and takes hardly an id for one of them', () => {
    const filter = new IdFilter();
    const [added, known] = [100_000, 57_344];
    for (let index = 0; index < added; index += 1) filter.add(`tools-${index}`);
    for (let index = added - known; index < added; index += 97)
      expect(filter.mayHave(`tools-${index}`)).toBe(true);
    const others = Array.from({ length: 20_000 }, (_, index) => `tools-1-${index}`);
    expect(others.filter((id) => filter.mayHave(id)).length).toBeLessThan(200);
    expect(filter.mayHave('tools-0')).toBe(false);
    expect(filter.snapshot().parts).toHaveLength(8);
  });
});
