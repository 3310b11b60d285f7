import { assertObject, assertText } from '../../domain/argument.ts';
import { fillRoom } from './fill-room.ts';
import { focusFactors } from './focus.ts';
import { type FoldCounting, tokensOf } from './fold-counting.ts';
import { renderUnits } from './render-units.ts';
import { selectUnits } from './select-units.ts';
import { telltaleWords } from './telltale-words.ts';
import { analyseText, type TextAnalysis } from './text-analysis.ts';
import { wordBorder } from './text-unit.ts';

/** How far to fold a text, and towards what. */
export interface FoldTextOptions {
  /** What is left has no more tokens. */
  readonly maxTokens: number;
  /** A question or words: what has to do with them is kept first. */
  readonly focus?: string | undefined;
  /**
   * Which share of the room goes to single words of what is left out, from 0 to 1: more of them tell more of what a page is
   * about, fewer leave more sentences to read. Default {@link DEFAULT_WORDS_SHARE}.
   */
  readonly wordsShare?: number | undefined;
}

/** What is left of a text. */
export interface FoldedText {
  readonly text: string;
  readonly tokens: number;
}

/** About two thirds of sentences; see the folding benchmark for what other shares keep. */
export const DEFAULT_WORDS_SHARE = 0.35;
/** With less room than this there is no sentence, only words. */
const MIN_SENTENCE_TOKENS = 12;
/** Room that may stay empty. */
const WASTE_SHARE = 0.03;
/** How often a fold is tried again that came out longer or shorter than its parts. */
const MAX_TRIES = 4;

/**
 * A text in at most `maxTokens`, made without a model: the sentences, items and lines that tell most, in their order and word
 * for word, and telling words of the rest. A text that fits comes back as it is. Linear in the length of the text.
 */
export function foldText(
  text: string,
  options: FoldTextOptions & { readonly counting: FoldCounting },
): FoldedText {
  assertText(text, 'text');
  assertObject(options, 'options', { counting: 'an object', maxTokens: 'a number' });
  const tokens = tokensOf(text, options.counting);
  if (tokens <= options.maxTokens) return { text, tokens };
  return foldAnalysis(analyseText(text, options.counting), options);
}

/** As {@link foldText}, for a text that is folded more than once. */
export function foldAnalysis(analysis: TextAnalysis, options: FoldTextOptions): FoldedText {
  const { text, tokens, counting } = analysis;
  const { maxTokens, focus, wordsShare = DEFAULT_WORDS_SHARE } = options;
  if (tokens <= maxTokens) return { text, tokens };
  const focused = towards(analysis, focus ?? '');
  let best: FoldedText = { text: '', tokens: 0 };
  let room = maxTokens;
  for (let tries = 0; tries < MAX_TRIES && room > 0; tries += 1) {
    const folded = foldUnits(focused, room, wordsShare);
    const missing = maxTokens - tokensOf(folded, counting);
    const isBetter = missing >= 0 && maxTokens - missing > best.tokens;
    if (isBetter) best = { text: folded, tokens: maxTokens - missing };
    if (missing >= 0 && missing <= maxTokens * WASTE_SHARE) break;
    // Parts seldom add up: a line end may cost nothing, a cut something.
    room += missing;
  }
  return best.text === '' ? cutToFit(analysis, maxTokens) : best;
}

/** The same text with units weighed by what they have to do with the focus. */
function towards(analysis: TextAnalysis, focus: string): TextAnalysis {
  if (focus === '') return analysis;
  const factors = focusFactors(analysis, focus);
  const units = analysis.units.map((unit, index) => {
    return { ...unit, factor: unit.factor * (factors[index] ?? 1) };
  });
  return { ...analysis, units };
}

function foldUnits(analysis: TextAnalysis, room: number, wordsShare: number): string {
  const { text, units, terms } = analysis;
  const weightOf = (term: number): number => terms[term]?.weight ?? 0;
  const sentenceRoom = room < MIN_SENTENCE_TOKENS ? 0 : Math.ceil(room * (1 - wordsShare));
  const selection = selectUnits(units, { maxTokens: sentenceRoom, weightOf });
  const kept = fillRoom(analysis, selection, sentenceRoom);
  const factors = termFactors(analysis);
  const words = telltaleWords(analysis, {
    covered: kept.covered,
    maxTokens: room - kept.tokens,
    weightOf: (term) => weightOf(term) * (factors[term] ?? 1),
    isAlone: kept.units.length === 0,
  });
  return renderUnits(text, kept.units) + words;
}

/** The factor of the best unit that each term stands in. */
function termFactors({ units, terms }: TextAnalysis): readonly number[] {
  const factors = terms.map(() => 0);
  for (const unit of units) {
    for (const term of unit.terms) factors[term] = Math.max(factors[term] ?? 0, unit.factor);
  }
  return factors;
}

/** The beginning of a text, for a room in which nothing else fits. */
function cutToFit({ text, counting }: TextAnalysis, maxTokens: number): FoldedText {
  const { counter, model } = counting;
  const head = counter.truncateText(text, { model, maxTokens });
  const cut = text.slice(0, wordBorder(text, 0, head.length)).trimEnd();
  return { text: cut, tokens: tokensOf(cut, counting) };
}
