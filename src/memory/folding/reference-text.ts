import type { PageType } from '../../domain/page.ts';
import { focusFactors } from './focus.ts';
import { tokensOf } from './fold-counting.ts';
import type { FoldedText } from './fold-text.ts';
import { telltaleWords } from './telltale-words.ts';
import type { AnalysedUnit, TextAnalysis } from './text-analysis.ts';
import { wordBorder } from './text-unit.ts';

/** Parts the first line from words of the rest. */
const SEPARATOR = ' · ';
/** Which share of the room the line may take. */
const LINE_SHARE = 0.6;
/** How often it is tried with less room when the parts did not add up. */
const MAX_TRIES = 3;

/**
 * One line that says which page this is: its type, how it begins (or what it says to the focus), and its most telling words.
 * Null when `maxTokens` leave no room for anything beside the type.
 */
export function referenceText(
  analysis: TextAnalysis,
  options: {
    readonly pageType: PageType;
    readonly maxTokens: number;
    readonly focus: string | undefined;
  },
): FoldedText | null {
  const tag = `[${options.pageType}] `;
  const unit = leadingUnit(analysis, options.focus);
  let room = options.maxTokens - tokensOf(tag, analysis.counting);
  for (let tries = 0; unit !== null && tries < MAX_TRIES && room > 0; tries += 1) {
    const body = referenceBody(analysis, unit, room);
    if (body === '') return null;
    const text = tag + body;
    const tokens = tokensOf(text, analysis.counting);
    if (tokens <= options.maxTokens) return { text, tokens };
    room -= tokens - options.maxTokens;
  }
  return null;
}

/** The unit that has most to do with the focus; the first that says anything when none has. */
function leadingUnit(analysis: TextAnalysis, focus: string | undefined): AnalysedUnit | null {
  const factors = focus === undefined ? [] : focusFactors(analysis, focus);
  let lead: AnalysedUnit | null = null;
  let most = 0;
  for (const [index, unit] of analysis.units.entries()) {
    const factor = unit.terms.length === 0 ? 0 : (factors[index] ?? 1);
    if (factor > most) [lead, most] = [unit, factor];
  }
  return lead ?? analysis.units[0] ?? null;
}

function referenceBody(analysis: TextAnalysis, unit: AnalysedUnit, room: number): string {
  const { counting, text, terms } = analysis;
  const line = firstWords(text.slice(unit.start, unit.end), analysis, Math.ceil(room * LINE_SHARE));
  const end = unit.start + line.length;
  const covered = new Set(unit.terms.filter((term) => (terms[term]?.at ?? 0) < end));
  const words = telltaleWords(analysis, {
    covered,
    maxTokens: room - tokensOf(line + SEPARATOR, counting),
    weightOf: (term) => terms[term]?.weight ?? 0,
    isAlone: true,
  });
  const parts = [line.replaceAll(/\s+/gu, ' ').trim(), words];
  return parts.filter((part) => part !== '').join(SEPARATOR);
}

function firstWords(line: string, { counting }: TextAnalysis, maxTokens: number): string {
  const { counter, model } = counting;
  const head = counter.truncateText(line, { model, maxTokens });
  return line.slice(0, wordBorder(line, 0, head.length));
}
