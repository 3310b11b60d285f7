import {
  POSTING_STRIDE,
  RESULT_KEY,
  RESULT_SCORE,
  RESULT_STRIDE,
  TEXT_SLAB_BYTES,
} from '../../assembly/shared/layout.ts';
import type { KernelInstance } from './kernel-instance.ts';
import type { KernelModule } from './kernel-module.ts';
import { checkQuery, mustRank } from './ranking.ts';
import type { RankedPage, RankingQuery } from './ranking.ts';

const SLAB_WORDS = TEXT_SLAB_BYTES / Uint32Array.BYTES_PER_ELEMENT;
const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/** Ranks pages in a kernel instance, whose postings are brought through the slab. */
export function rankInWasm(query: RankingQuery, instance: KernelInstance): readonly RankedPage[] {
  checkQuery(query);
  const { exports } = instance;
  const status = call(instance, () => addAll(query, exports));
  mustRank(status);
  const count = call(instance, () => exports.finishRanking(query.limit));
  return readBest(exports, count);
}

function addAll(query: RankingQuery, exports: KernelModule): number {
  const begun = exports.beginRanking(query.pageCount, query.lengthBase, query.lengthSlope);
  if (begun < 0) return begun;
  // The memory grows at the beginning only, so the view lives until the end.
  const slab = new Uint32Array(exports.memory.buffer, exports.textSlabAddress(), SLAB_WORDS);
  for (const { postings, weight } of query.terms) {
    for (let from = 0; from < postings.length; from += SLAB_WORDS) {
      const part = postings.subarray(from, from + SLAB_WORDS);
      slab.set(part);
      const status = exports.addPostings((part.length * WORD_BYTES) / POSTING_STRIDE, weight);
      if (status < 0) return status;
    }
  }
  return 0;
}

function readBest({ memory, resultsAddress }: KernelModule, count: number): readonly RankedPage[] {
  const view = new DataView(memory.buffer, resultsAddress(), count * RESULT_STRIDE);
  return Array.from({ length: count }, (_, index) => ({
    page: view.getUint32(index * RESULT_STRIDE + RESULT_KEY, true),
    score: view.getFloat64(index * RESULT_STRIDE + RESULT_SCORE, true),
  }));
}

function call(instance: KernelInstance, run: () => number): number {
  try {
    return run();
  } catch (error) {
    throw instance.poison(error);
  }
}
