import { tokensOf } from './fold-counting.ts';
import type { AnalysedTerm, TextAnalysis } from './text-analysis.ts';

/** What stands around words of what was left out. */
const OPENING = '\n[also: ';
const CLOSING = ']';
/** How far a word reaches beyond its letters: signs of a URL, a decimal, an amount. */
const MAX_REACH = 80;
const REACHES = /[\p{L}\p{N}\p{M}_.,:/@#$€£%&'’+=?~-]/u;
const OUTER_SIGNS = /^(?:[,:/'’?&=~]|[.+-](?!\d))+|[.,:/'’?&+=~#@-]+$/gu;
/** Numbers of a list and the like tell nothing away from their place. */
const BARE_NUMBER = /^\d{1,2}$/;
/** How many words are considered for each that there is room for: cheap ones win over long ones. */
const CONSIDERED = 3;

/** How words are chosen. */
export interface TelltaleOptions {
  /** Terms that what is kept holds already. */
  readonly covered: ReadonlySet<number>;
  readonly maxTokens: number;
  /** What a term is worth. */
  readonly weightOf: (term: number) => number;
  /** Whether nothing else is kept, so that nothing has to stand around them. */
  readonly isAlone: boolean;
}

/** The most telling words that nothing kept holds, in their order, in about `maxTokens`; empty when not even one fits. */
export function telltaleWords(analysis: TextAnalysis, options: TelltaleOptions): string {
  const { counting } = analysis;
  const [opening, closing] = options.isAlone ? ['', ''] : [OPENING, CLOSING];
  let room = options.maxTokens - tokensOf(opening + closing, counting);
  const words = new Map<string, number>();
  for (const { word, tokens, at } of rankedWords(analysis, options)) {
    if (room < 1) break;
    if (tokens > room || words.has(word)) continue;
    room -= tokens;
    words.set(word, at);
  }
  if (words.size === 0) return '';
  const ordered = [...words].toSorted(([, one], [, other]) => one - other).map(([word]) => word);
  return opening + ordered.join(' ') + closing;
}

interface RankedWord {
  readonly word: string;
  readonly tokens: number;
  readonly at: number;
  readonly density: number;
}

/** Words that are not covered, those that tell most for their tokens first. */
function rankedWords(
  analysis: TextAnalysis,
  { covered, maxTokens, weightOf }: TelltaleOptions,
): readonly RankedWord[] {
  return analysis.terms
    .flatMap((term, number) =>
      covered.has(number) || term.kind === 'signs' ? [] : [{ term, weight: weightOf(number) }],
    )
    .toSorted((one, other) => other.weight - one.weight || one.term.at - other.term.at)
    .slice(0, Math.max(0, maxTokens) * CONSIDERED)
    .flatMap(({ term, weight }) => rankedWord(analysis, term, weight))
    .toSorted((one, other) => other.density - one.density || one.at - other.at);
}

function rankedWord(
  { text, counting }: TextAnalysis,
  { at }: AnalysedTerm,
  weight: number,
): readonly RankedWord[] {
  const word = wordAt(text, at);
  if (word === '' || BARE_NUMBER.test(word)) return [];
  const tokens = tokensOf(` ${word}`, counting);
  return [{ word, tokens, at, density: weight / Math.max(1, tokens) }];
}

/**
 * The word at a place with all that belongs to it, such as the rest of a URL, as it stands in the text; empty when it is too
 * long, since half of it would be another word.
 */
function wordAt(text: string, at: number): string {
  let start = at;
  while (at - start <= MAX_REACH && start > 0 && reaches(text, start - 1)) start -= 1;
  let end = at;
  while (end - at <= MAX_REACH && end < text.length && reaches(text, end)) end += 1;
  if (at - start > MAX_REACH || end - at > MAX_REACH) return '';
  return text.slice(start, end).replace(OUTER_SIGNS, '');
}

function reaches(text: string, at: number): boolean {
  return REACHES.test(text.charAt(at));
}
