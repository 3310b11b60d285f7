import { passesFilter } from './search-page.ts';
import type { SearchPage } from './search-page.ts';
import type { SearchHit } from './page-scoring.ts';
import { scoringOf, searchLimit } from './search-index.ts';
import type { SearchIndex, SearchOptions } from './search-index.ts';
import { TopList } from './top-list.ts';

/** Turns texts into vectors of one length, in the same order. */
export type EmbedTexts = (
  texts: readonly string[],
  options: { readonly signal: AbortSignal | undefined },
) => Promise<readonly (readonly number[])[]>;

/** Bounds of a {@link HybridSearch}. */
export interface HybridSearchOptions {
  readonly embed: EmbedTexts;
  /** Pages with a vector at most; the first that were embedded are forgotten. Default 20,000. */
  readonly maxVectors?: number | undefined;
}

/** What was found, and how. */
export interface HybridResult {
  /** In a ranking by `meaning`, scores are those of reciprocal rank fusion. */
  readonly hits: readonly SearchHit[];
  readonly ranking: 'words' | 'words-and-meaning';
  /** Why words alone decided; null when embedding did not fail. */
  readonly error: unknown;
}

/** What became of an attempt to embed pages. */
export interface EmbedResult {
  readonly embedded: number;
  /** Why pages have no vector; null when embedding did not fail. */
  readonly error: unknown;
}

const DEFAULT_MAX_VECTORS = 20_000;
/** How many of each ranking are fused. */
const DEPTH = 100;
/** The constant of reciprocal rank fusion (G. Cormack, C. Clarke, S. Büttcher, 2009). */
const RANK_OFFSET = 60;

/**
 * Ranks by words and by meaning together: the BM25 ranking of an index and the cosines of vectors, by reciprocal rank fusion.
 * When embedding fails, words alone decide, and the result says so.
 */
export class HybridSearch {
  readonly #index: SearchIndex;
  readonly #embed: EmbedTexts;
  readonly #maxVectors: number;
  readonly #vectors = new Map<string, Float32Array>();

  constructor(index: SearchIndex, { embed, maxVectors }: HybridSearchOptions) {
    this.#index = index;
    this.#embed = embed;
    this.#maxVectors = maxVectors ?? DEFAULT_MAX_VECTORS;
  }

  /** Gives pages of the index their vectors; a page whose text changed is given again. */
  async embedPages(
    pages: readonly Pick<SearchPage, 'id' | 'text'>[],
    signal?: AbortSignal,
  ): Promise<EmbedResult> {
    const { vectors, error } = await this.#tryEmbed(
      pages.map((page) => page.text),
      signal,
    );
    vectors.forEach((vector, index) => {
      const id = pages[index]?.id ?? '';
      this.#vectors.delete(id);
      this.#vectors.set(id, vector);
    });
    for (const id of this.#vectors.keys()) {
      if (this.#vectors.size <= this.#maxVectors) break;
      this.#vectors.delete(id);
    }
    return { embedded: vectors.length, error };
  }

  /** The best pages for a query, as {@link SearchIndex.search}; pages that left the index are not found. */
  async search(
    query: string,
    options: SearchOptions & { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<HybridResult> {
    const byWords = this.#index.search(query, { ...options, limit: DEPTH });
    const limit = searchLimit(options.limit);
    if (query.trim() === '') return { hits: [], ranking: 'words', error: null };
    const { vectors, error } = await this.#tryEmbed([query], options.signal);
    const [vector] = vectors;
    if (vector === undefined) {
      const hits = this.#index.search(query, options);
      return { hits, ranking: 'words', error };
    }
    const byMeaning = this.#nearest(vector, options);
    return { hits: fuse(byWords, byMeaning, limit), ranking: 'words-and-meaning', error: null };
  }

  #nearest(vector: Float32Array, { filter }: SearchOptions): readonly SearchHit[] {
    const top = new TopList<SearchHit & { readonly order: number }>(DEPTH, (left, right) =>
      left.score === right.score ? left.order > right.order : left.score > right.score,
    );
    const { pages } = scoringOf(this.#index);
    for (const [id, other] of this.#vectors) {
      const found = pages.at(pages.slotOf(id));
      if (found === null || !passesFilter(found.page, filter ?? {})) continue;
      const score = dot(vector, other);
      top.offer({ page: found.page, order: found.order, score, relevance: score });
    }
    return top.toSorted();
  }

  async #tryEmbed(
    texts: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<{ readonly vectors: readonly Float32Array[]; readonly error: unknown }> {
    try {
      const vectors = (await this.#embed(texts, { signal })).map(toUnit);
      const lengths = new Set(vectors.map((vector) => vector.length));
      const isUsable = vectors.length === texts.length && lengths.size <= 1;
      if (isUsable && vectors.every((vector) => vector.every(Number.isFinite))) {
        return { vectors, error: null };
      }
      return { vectors: [], error: new TypeError('Embedding gave no vector for each text.') };
    } catch (error) {
      // Told to the caller, who decides: a search by words is better than none.
      return { vectors: [], error };
    }
  }
}

function toUnit(values: readonly number[]): Float32Array {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return Float32Array.from(values, (value) => value / norm);
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    sum += (left[index] ?? 0) * (right[index] ?? 0);
  }
  return sum;
}

function fuse(
  byWords: readonly SearchHit[],
  byMeaning: readonly SearchHit[],
  limit: number,
): readonly SearchHit[] {
  const scores = new Map<string, number>();
  const hits = new Map([...byMeaning, ...byWords].map((hit) => [hit.page.id, hit]));
  for (const ranking of [byWords, byMeaning]) {
    ranking.forEach(({ page }, rank) => {
      scores.set(page.id, (scores.get(page.id) ?? 0) + 1 / (RANK_OFFSET + rank + 1));
    });
  }
  const sorted = [...scores].toSorted(([, left], [, right]) => right - left).slice(0, limit);
  const best = sorted[0]?.[1] ?? 1;
  return sorted.flatMap(([id, score]) => {
    const hit = hits.get(id);
    return hit === undefined ? [] : [{ page: hit.page, score, relevance: score / best }];
  });
}
