import type { UnitSelection } from './select-units.ts';
import type { AnalysedUnit, TextAnalysis } from './text-analysis.ts';
import { wordBorder } from './text-unit.ts';

/** A unit, or the beginning of one. */
export interface KeptUnit extends AnalysedUnit {
  readonly isCut?: boolean;
}

/** What of a text is kept as sentences. */
export interface Kept {
  /** In the order of the text. */
  readonly units: readonly KeptUnit[];
  /** Terms that stand in them. */
  readonly covered: ReadonlySet<number>;
  readonly tokens: number;
}

/** With less room a beginning would say nothing. */
const MIN_CUT_TOKENS = 6;
/** A mark and what joins it. */
const CUT_TOKENS = 2;

/** The chosen units, and the beginning of the best one that is left when the room that is left allows it. */
export function fillRoom(analysis: TextAnalysis, selection: UnitSelection, room: number): Kept {
  const { chosen, covered, tokens } = selection;
  const units = chosen.flatMap((index) => analysis.units[index] ?? []);
  const left = room - tokens - CUT_TOKENS;
  const next = left < MIN_CUT_TOKENS ? null : bestLeft(analysis, selection);
  if (next === null) return { units, covered, tokens };
  const cut = beginningOf(next, analysis, left);
  if (cut.end === cut.start) return { units, covered, tokens };
  // A term that first stood before the cut may be said again behind it; a word too few in the list is no harm.
  const isInside = (term: number): boolean => (analysis.terms[term]?.at ?? 0) < cut.end;
  return {
    units: [...units, cut].toSorted((one, other) => one.start - other.start),
    covered: new Set([...covered, ...next.terms.filter(isInside)]),
    tokens: tokens + left + CUT_TOKENS,
  };
}

/** The unit that would add most per token; none that needs a frame. */
function bestLeft(
  { units, terms }: TextAnalysis,
  { chosen, covered }: UnitSelection,
): AnalysedUnit | null {
  const taken = new Set(chosen);
  let best: AnalysedUnit | null = null;
  let most = 0;
  for (const [index, unit] of units.entries()) {
    if (taken.has(index) || unit.frame !== null) continue;
    const added = unit.terms.filter((term) => !covered.has(term));
    const gain = added.reduce((sum, term) => sum + (terms[term]?.weight ?? 0), 0);
    const density = (gain * unit.factor) / unit.tokens;
    if (density > most) [best, most] = [unit, density];
  }
  return best;
}

function beginningOf(unit: AnalysedUnit, analysis: TextAnalysis, maxTokens: number): KeptUnit {
  const { counter, model } = analysis.counting;
  const content = analysis.text.slice(unit.start, unit.end);
  const head = counter.truncateText(content, { model, maxTokens });
  const length = wordBorder(content, 0, head.length);
  return { ...unit, end: unit.start + length, isCut: length < content.length };
}
