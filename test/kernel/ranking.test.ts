import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_RANKED, STATUS_OK, TEXT_SLAB_BYTES } from '../../assembly/shared/layout.ts';
import { createWasmKernel } from '../../src/kernel/wasm-kernel.ts';
import { encodePosting } from '../../src/kernel/ranking.ts';
import type { RankedPage, RankingQuery } from '../../src/kernel/ranking.ts';
import { instantiateBuild, KERNEL_NAMES, makeKernel, WASM_BUILDS } from '../lib/kernels.ts';

type Posting = readonly [page: number, frequency: number, length: number];

interface NaiveTerm {
  readonly postings: readonly Posting[];
  readonly weight: number;
}

interface NaiveQuery extends Omit<RankingQuery, 'terms'> {
  readonly terms: readonly NaiveTerm[];
}

function toQuery(query: NaiveQuery): RankingQuery {
  const terms = query.terms.map(({ postings, weight }) => ({
    postings: Uint32Array.from(postings.flatMap((posting) => encodePosting(...posting))),
    weight,
  }));
  return { ...query, terms };
}

/** BM25 as the books have it, over a map, sorted. */
function rankNaively({ terms, lengthBase, lengthSlope, limit }: NaiveQuery): readonly RankedPage[] {
  const scores = new Map<number, number>();
  for (const { postings, weight } of terms) {
    for (const [page, frequency, length] of postings) {
      const gain = (weight * frequency) / (frequency + (lengthBase + lengthSlope * length));
      scores.set(page, (scores.get(page) ?? 0) + gain);
    }
  }
  return [...scores]
    .map(([page, score]) => ({ page, score }))
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score || left.page - right.page)
    .slice(0, limit);
}

const weight = fc.double({ min: 0, max: 20, noNaN: true });

const anyQuery: fc.Arbitrary<NaiveQuery> = fc.integer({ min: 1, max: 400 }).chain((pageCount) =>
  fc.record({
    pageCount: fc.constant(pageCount),
    terms: fc.array(
      fc.record({
        postings: fc.uniqueArray(
          fc.tuple(
            fc.nat({ max: pageCount - 1 }),
            fc.integer({ min: 1, max: 9 }),
            fc.nat({ max: 2000 }),
          ),
          { selector: ([page]) => page },
        ),
        weight,
      }),
      { maxLength: 6 },
    ),
    lengthBase: fc.constantFrom(0.3, 1.2, 0.01),
    lengthSlope: fc.constantFrom(0, 0.0075, 0.1),
    limit: fc.nat({ max: 30 }),
  }),
);

describe('rankPages', () => {
  test('finds what a naive ranking finds, to the bit, in every kernel', () => {
    const wasm = WASM_BUILDS.map((build) => createWasmKernel(instantiateBuild(build)));
    const kernels = [...wasm, makeKernel('js')];
    fc.assert(
      fc.property(anyQuery, (query) => {
        const expected = rankNaively(query);
        for (const kernel of kernels) expect(kernel.rankPages(toQuery(query))).toEqual(expected);
      }),
      { numRuns: 600 },
    );
    for (const kernel of wasm) expect(kernel.rankingCount()).toBe(600);
  });

  test.each(KERNEL_NAMES)('takes terms that are longer than the slab (%s)', (name) => {
    const pageCount = TEXT_SLAB_BYTES / 4 + 3;
    const postings = Array.from({ length: pageCount }, (_, page): Posting => [
      page,
      1 + ((page * 7) % 5),
      page % 300,
    ]);
    const query = {
      pageCount,
      terms: [
        { postings, weight: 2 },
        { postings: postings.slice(11), weight: 0.5 },
      ],
      lengthBase: 0.3,
      lengthSlope: 0.0075,
      limit: MAX_RANKED,
    };
    expect(makeKernel(name).rankPages(toQuery(query))).toEqual(rankNaively(query));
  });

  test.each(KERNEL_NAMES)('refuses numbers that are out of range (%s)', (name) => {
    const kernel = makeKernel(name);
    const query = { pageCount: 3, terms: [], lengthBase: 1, lengthSlope: 0, limit: 3 };
    const term = (postings: readonly number[], termWeight = 1) => ({
      postings: Uint32Array.from(postings),
      weight: termWeight,
    });
    const invalid = expect.objectContaining({ code: 'INVALID_INPUT' });
    for (const wrong of [
      { pageCount: -1 },
      { pageCount: 1.5 },
      { pageCount: 1e9 },
      { limit: MAX_RANKED + 1 },
      { limit: Number.NaN },
      { lengthBase: Number.NaN },
      { lengthSlope: Infinity },
      { terms: [term([0])] },
      { terms: [term([3, 1])] },
      { terms: [term([0, 1], Number.NaN)] },
    ]) {
      expect(() => kernel.rankPages({ ...query, ...wrong })).toThrow(invalid);
    }
    expect(kernel.rankPages({ ...query, terms: [term([2, 1])] })).toEqual([
      { page: 2, score: 0.5 },
    ]);
  });

  test('counts frequencies and lengths above 65535 as that', () => {
    expect(encodePosting(7, 1e6, 1e6)).toEqual([7, 0xffffffff]);
    expect(encodePosting(7, 2, 3)).toEqual([7, 0x00030002]);
  });

  test.each(WASM_BUILDS)(
    'stays within the memory when its steps are called wildly (%s)',
    (build) => {
      const module = instantiateBuild(build);
      const values = [
        -1,
        0,
        1,
        7,
        1024,
        1025,
        4096,
        4097,
        2 ** 21,
        2 ** 22,
        2 ** 31,
        0.5,
        Number.NaN,
      ];
      const steps = [module.beginRanking, module.addPostings, module.finishRanking, module.openSet];
      let state = 99;
      const draw = (count: number): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((state / 2 ** 32) * count);
      };
      for (let round = 0; round < 5000; round += 1) {
        const slab = new Uint32Array(module.memory.buffer, module.textSlabAddress(), 64);
        slab[draw(64)] = draw(2 ** 32);
        const pick = (): number => values[draw(build === 'debug' ? 8 : values.length)]!;
        const step: (...numbers: readonly number[]) => number = steps[draw(steps.length)]!;
        expect(Number.isInteger(step(pick(), pick(), pick()))).toBe(true);
      }
      expect(module.audit(0)).toBeLessThanOrEqual(STATUS_OK);
    },
  );
});
