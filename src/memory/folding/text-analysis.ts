import { type FoldCounting, tokensOf } from './fold-counting.ts';
import { termsIn, type TermKind } from './term.ts';
import { type TextUnit, textUnits } from './text-unit.ts';

/** A unit of a text with what its choice depends on. */
export interface AnalysedUnit extends TextUnit {
  readonly tokens: number;
  /** Tokens of what has to stand around it. */
  readonly frameTokens: number;
  /** The distinct terms in it, by number. */
  readonly terms: readonly number[];
  /** How telling it is for its place and its wording; 1 is usual. */
  readonly factor: number;
}

/** What a text says about one of its words. */
export interface AnalysedTerm {
  readonly key: string;
  readonly kind: TermKind;
  /** How much a fold gains that keeps it. */
  readonly weight: number;
  /** In how many units it stands. */
  readonly unitCount: number;
  /** Where it first stands, in UTF-16 units. */
  readonly at: number;
}

/** A text taken apart: made once, folded as often as wanted. */
export interface TextAnalysis {
  readonly text: string;
  readonly tokens: number;
  readonly units: readonly AnalysedUnit[];
  readonly terms: readonly AnalysedTerm[];
  readonly counting: FoldCounting;
}

/** Names, numbers and identifiers cannot be guessed from the rest; a pair of signs is about half a word. */
const KIND_WEIGHTS: Readonly<Record<TermKind, number>> = {
  word: 1,
  name: 1.6,
  number: 1.5,
  identifier: 1.3,
  signs: 0.5,
};

/** How much a word gains that stands in more units; measured on answers to questions about chats. */
const TOPIC_GAIN = 0.3;
/** A word in more than this share of the units, and in more than a few, is grammar in a language without a list. */
const COMMON_SHARE = 1 / 3;
const COMMON_UNITS = 6;
const COMMON_WEIGHT = 0.2;
const HEADING_FACTOR = 1.1;
const FIRST_FACTOR = 1.15;
/** A sentence that decides, forbids, corrects or dates something is worth more than its words. */
const CUE_FACTOR = 1.25;
const CUE =
  /\b(?:decid\w*|decision|agreed?|chos\w+|choose|prefer\w*|instead|rather than|must|never|always|not|cannot|won't|don't|didn't|isn't|doesn't|can't|no longer|without|except|only if|because|therefore|deadline|due|error|failed?|fix(?:ed)?|important|remember|actually|changed?|updated?|correct(?:ed|ion)?)\b/i;
const LINK = /https?:\/\//;

/** Takes a text apart; linear in its length. */
export function analyseText(text: string, counting: FoldCounting): TextAnalysis {
  const table = new TermTable();
  const frameTokens = new Map<object, number>();
  const units = textUnits(text).map((unit, index): AnalysedUnit => {
    const content = text.slice(unit.start, unit.end);
    const { frame } = unit;
    if (frame !== null && !frameTokens.has(frame)) {
      const close = frame.close === null ? '' : text.slice(frame.close.start, frame.close.end);
      const around = `${text.slice(frame.open.start, frame.open.end)}\n${close}\n`;
      frameTokens.set(frame, tokensOf(around, counting));
    }
    return {
      ...unit,
      tokens: tokensOf(content, counting),
      frameTokens: frame === null ? 0 : (frameTokens.get(frame) ?? 0),
      terms: table.add(content, unit.start),
      factor: factorOf(unit, { content, isFirst: index === 0 }),
    };
  });
  return { text, tokens: tokensOf(text, counting), units, terms: table.terms(), counting };
}

function factorOf(
  unit: TextUnit,
  { content, isFirst }: { readonly content: string; readonly isFirst: boolean },
): number {
  const isTelling = unit.kind !== 'code' && (CUE.test(content) || LINK.test(content));
  return (
    (isFirst ? FIRST_FACTOR : 1) *
    (unit.kind === 'heading' ? HEADING_FACTOR : 1) *
    (isTelling ? CUE_FACTOR : 1)
  );
}

interface CountedTerm {
  readonly key: string;
  kind: TermKind;
  unitCount: number;
  readonly at: number;
}

/** The words of a text by number. */
class TermTable {
  readonly #numbers = new Map<string, number>();
  readonly #terms: CountedTerm[] = [];
  #units = 0;

  /** The distinct terms of the next unit, which begins at `start`. */
  add(content: string, start: number): readonly number[] {
    const numbers = new Set<number>();
    this.#units += 1;
    for (const { key, kind, at } of termsIn(content)) {
      const number = this.#numberOf({ key, kind, unitCount: 0, at: start + at });
      const term = this.#terms[number];
      if (term !== undefined && kind !== 'word') term.kind = kind;
      numbers.add(number);
    }
    for (const number of numbers) {
      const term = this.#terms[number];
      if (term !== undefined) term.unitCount += 1;
    }
    return [...numbers];
  }

  /** The terms of the units so far, by number. */
  terms(): readonly AnalysedTerm[] {
    return this.#terms.map((term) => {
      return { ...term, weight: KIND_WEIGHTS[term.kind] * this.#topicality(term.unitCount) };
    });
  }

  /** What a text comes back to is its topic; what stands nearly everywhere is grammar. */
  #topicality(unitCount: number): number {
    if (unitCount > Math.max(COMMON_UNITS, this.#units * COMMON_SHARE)) return COMMON_WEIGHT;
    return 1 + TOPIC_GAIN * Math.log(unitCount);
  }

  #numberOf(term: CountedTerm): number {
    const known = this.#numbers.get(term.key);
    if (known !== undefined) return known;
    this.#numbers.set(term.key, this.#terms.length);
    return this.#terms.push(term) - 1;
  }
}
