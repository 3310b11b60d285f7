import type { SearchPage } from '../../../../src/memory/search/search-page.ts';
import { searchTerms } from '../../../../src/memory/search/search-terms.ts';

const K1 = 1.2;
const B = 0.75;

/** BM25 as it is defined, over all pages in the order of the conversation: ids with scores, best first, later ones before equals. */
export function naiveSearch(
  pages: readonly SearchPage[],
  query: string,
): readonly (readonly [id: string, score: number])[] {
  const documents = pages.map(({ id, text }) => ({ id, terms: searchTerms(text) }));
  const total = documents.reduce((sum, { terms }) => sum + terms.length, 0);
  const meanLength = total / Math.max(1, documents.length) || 1;
  const scored = documents.map(({ id, terms }, place) => {
    let score = 0;
    for (const term of new Set(searchTerms(query))) {
      const count = terms.filter((other) => other === term).length;
      const frequency = documents.filter((other) => other.terms.includes(term)).length;
      const rarity = Math.log(1 + (documents.length - frequency + 0.5) / (frequency + 0.5));
      const norm = 1 - B + (B * terms.length) / meanLength;
      score += rarity * ((count * (K1 + 1)) / (count + K1 * norm));
    }
    return { id, score, place };
  });
  return scored
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score || right.place - left.place)
    .map(({ id, score }) => [id, score] as const);
}
