import { encodePosting } from '../../src/kernel/ranking.ts';
import type { RankingQuery } from '../../src/kernel/ranking.ts';

const K1 = 1.2;
const B = 0.75;
const MEAN_LENGTH = 120;

/** How many of the pages the terms of a query stand in: rare names and words that are everywhere. */
const PAGE_SHARES = [0.002, 0.01, 0.03, 0.1, 0.3] as const;

/** Makes up a query of five terms, the same in every run. */
export function makeQuery(pageCount: number, limit: number): RankingQuery {
  let seed = 7;
  const draw = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const lengths = Array.from({ length: pageCount }, () => Math.round(MEAN_LENGTH * 2 * draw()));
  const terms = PAGE_SHARES.map((share) => {
    const postings = lengths.flatMap((length, page) =>
      draw() < share ? encodePosting(page, 1 + Math.floor(draw() ** 3 * 8), length) : [],
    );
    const count = postings.length / 2;
    const idf = Math.log(1 + (pageCount - count + 0.5) / (count + 0.5));
    return { postings: Uint32Array.from(postings), weight: (K1 + 1) * idf };
  });
  return { pageCount, terms, lengthBase: K1 * (1 - B), lengthSlope: (K1 * B) / MEAN_LENGTH, limit };
}
