import { stemOf, termsIn } from './term.ts';
import type { TextAnalysis } from './text-analysis.ts';

/** How much more a unit is worth that holds every word of the focus. */
const MATCH_BOOST = 8;
/** What stands beside a match often answers it. */
const NEIGHBOUR_SHARE = 0.3;
/** What a heading promises, its section holds. */
const SECTION_SHARE = 0.2;

/**
 * For each unit how many times more it is worth for somebody who asks `focus`; 1 for all when no word of the focus stands in
 * the text. Words that stand in few units decide.
 */
export function focusFactors(analysis: TextAnalysis, focus: string): readonly number[] {
  const matches = matchShares(analysis, focus);
  let section = 0;
  return matches.map((match, index) => {
    if (analysis.units[index]?.kind === 'heading') section = match;
    const beside = Math.max(matches[index - 1] ?? 0, matches[index + 1] ?? 0);
    const share = Math.max(match, beside * NEIGHBOUR_SHARE, section * SECTION_SHARE);
    return 1 + MATCH_BOOST * share;
  });
}

/** Which part of the weight of the words asked for stands in each unit. */
function matchShares(analysis: TextAnalysis, focus: string): readonly number[] {
  const asked = new Set(termsIn(focus).map(({ key }) => stemOf(key)));
  const weights = new Map<number, number>();
  const found = new Map<string, number>();
  for (const [number, term] of analysis.terms.entries()) {
    const stem = stemOf(term.key);
    if (!asked.has(stem)) continue;
    const weight = 1 / (1 + Math.log(term.unitCount));
    weights.set(number, weight);
    found.set(stem, Math.max(found.get(stem) ?? 0, weight));
  }
  const total = [...found.values()].reduce((sum, weight) => sum + weight, 0);
  return analysis.units.map(({ terms }) => {
    if (total === 0) return 0;
    const sum = terms.reduce((matched, term) => matched + (weights.get(term) ?? 0), 0);
    return Math.min(1, sum / total);
  });
}
