import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PageTlb } from '../../../../src/memory/table/page-tlb.ts';

type Step = readonly [kind: 'insert' | 'lookup' | 'invalidate' | 'where' | 'flush', page: number];

const aStep: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('insert', 'insert', 'lookup', 'lookup', 'invalidate', 'where', 'flush'),
  fc.nat({ max: 6 }),
);

/** The pages that are kept, the one used longest ago first. */
class NaiveTlb {
  pages: { readonly page: number; readonly value: number }[] = [];

  run([kind, page]: Step, { value, places }: Record<'value' | 'places', number>): unknown {
    const found = this.pages.find((one) => one.page === page);
    const others = this.pages.filter((one) => one.page !== page);
    switch (kind) {
      case 'insert':
        this.pages = places === 0 ? [] : [...others, { page, value }].slice(-places);
        return undefined;
      case 'lookup':
        if (found !== undefined) this.pages = [...others, found];
        return found?.value ?? null;
      case 'invalidate':
        this.pages = others;
        return found !== undefined;
      case 'where': {
        const before = this.pages.length;
        this.pages = this.pages.filter((one) => one.value % 3 !== page % 3);
        return before - this.pages.length;
      }
      case 'flush': {
        const { length } = this.pages;
        this.pages = [];
        return length;
      }
    }
  }
}

function runStep(tlb: PageTlb<number>, [kind, page]: Step, value: number): unknown {
  const id = `p${page}`;
  if (kind === 'insert') return tlb.insert(id, value);
  if (kind === 'lookup') return tlb.lookup(id);
  if (kind === 'invalidate') return tlb.invalidate(id);
  return kind === 'where' ? tlb.invalidateWhere((one) => one % 3 === page % 3) : tlb.flush();
}

test('M-77: the buffer keeps what was used last, whatever is asked of it', () => {
  const property = fc.property(
    fc.nat({ max: 4 }),
    fc.array(aStep, { maxLength: 60 }),
    (places, steps) => {
      const tlb = new PageTlb<number>(places);
      const naive = new NaiveTlb();
      for (const [value, step] of steps.entries()) {
        expect(runStep(tlb, step, value)).toEqual(naive.run(step, { value, places }));
        expect(tlb.size).toBe(naive.pages.length);
      }
    },
  );

  expect(() => fc.assert(property, { numRuns: 2_000 })).not.toThrow();
});
