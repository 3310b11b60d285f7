import { fitText } from '../context/fit-text.ts';
import { unitsHead } from '../context/text-head.ts';
import { searchTerms } from './search-terms.ts';

/** A line or a sentence of a page. */
export interface OutlineUnit {
  readonly text: string;
  /** Tokens of the text and of what joins it to the next. */
  readonly tokens: number;
  readonly terms: ReadonlySet<string>;
}

/** What the next tokens of a page are worth. */
export interface OutlineStep {
  readonly tokens: number;
  /** The share of the page's distinct terms that is new; all steps together give 1. */
  readonly share: number;
}

/** A page cut into units, and how much of it so many tokens can hold. */
export interface PageOutline {
  readonly text: string;
  readonly tokens: number;
  readonly units: readonly OutlineUnit[];
  /** In the order of their worth a token; the units of a step are not told, since folding chooses them anew. */
  readonly steps: readonly OutlineStep[];
  /** As much of its beginning as so many tokens hold; empty when that is nothing. */
  readonly head: (maxTokens: number) => string;
}

/** Counts the tokens of a text. */
export type CountText = (text: string) => number;

const LONG_LINE = 160;
/** Characters of a unit at most: JSON in one line, code that was made small and scripts without spaces have no sentences. */
const MAX_UNIT_LENGTH = 400;
/** What such a text is parted behind, in the second half of a unit: a space, or what ends a value. */
const PART_BORDERS = new Set(' \t,;}])|،、，।');
/** Longer pages have longer units, so that an outline costs no more than its text. */
const MAX_UNITS = 192;
/** Tokens that join a unit to the next. */
const JOINT_TOKENS = 1;
const SENTENCE_BORDER = /(?<=[.!?…。！？])\s+|(?<=[。！？])/u;
const HAS_WORD = /[\p{L}\p{N}]/u;

/** Cuts a page at lines and sentences and finds out which of them say most in fewest tokens, once somebody asks for that. */
export function outlinePage(text: string, countTokens: CountText): PageOutline {
  return new TextOutline(text, countTokens);
}

/** Most pages go in whole or not at all, and only their tokens are asked for. */
class TextOutline implements PageOutline {
  readonly text: string;
  readonly tokens: number;
  readonly #countTokens: CountText;
  #units: readonly OutlineUnit[] | null = null;
  #steps: readonly OutlineStep[] | null = null;

  constructor(text: string, countTokens: CountText) {
    this.text = text;
    this.tokens = countTokens(text);
    this.#countTokens = countTokens;
  }

  get units(): readonly OutlineUnit[] {
    this.#units ??= unitsOf(this.text, this.#countTokens);
    return this.#units;
  }

  head(maxTokens: number): string {
    const fits = (cut: string): boolean => this.#countTokens(cut) <= maxTokens;
    return maxTokens <= 0 ? '' : (fitText(this.text, { maxTokens, fits }) ?? '');
  }

  get steps(): readonly OutlineStep[] {
    this.#steps ??= stepsOf(this.units);
    return this.#steps;
  }
}

function unitsOf(text: string, countTokens: CountText): readonly OutlineUnit[] {
  return grouped(text.split(/\n+/).flatMap(sentences).flatMap(parts).filter(hasWord)).map(
    (unit) => ({
      text: unit,
      tokens: countTokens(unit) + JOINT_TOKENS,
      terms: new Set(searchTerms(unit)),
    }),
  );
}

/**
 * The units of a page that say most within so many tokens, in their order; words of the question count three times. Where no unit
 * fits, as much of the beginning as does; an empty text for nothing.
 */
export function foldOutline(
  outline: PageOutline,
  maxTokens: number,
  focusTerms: ReadonlySet<string>,
): string {
  if (outline.tokens <= maxTokens) return outline.text;
  const { units } = outline;
  const chosen = pickUnits(units, {
    maxTokens,
    weightOf: (term) => (focusTerms.has(term) ? 3 : 1),
  });
  if (chosen.size === 0) return outline.head(Math.floor(maxTokens));
  return units
    .filter((unit) => chosen.has(unit))
    .map((unit) => unit.text)
    .join('\n');
}

function sentences(line: string): readonly string[] {
  return line.length > LONG_LINE ? line.split(SENTENCE_BORDER) : [line];
}

/** A text that is too long for a unit in parts that are not. */
function parts(text: string): readonly string[] {
  if (text.length <= MAX_UNIT_LENGTH) return [text];
  const found: string[] = [];
  let from = 0;
  while (text.length - from > MAX_UNIT_LENGTH) {
    const end = partEnd(text, from);
    found.push(text.slice(from, end).trim());
    from = end;
  }
  return [...found, text.slice(from).trim()];
}

/** Where a part ends: behind the last border of its second half, or where it has to, between two characters. */
function partEnd(text: string, from: number): number {
  const most = from + MAX_UNIT_LENGTH;
  for (let end = most; end > most - MAX_UNIT_LENGTH / 2; end -= 1) {
    if (PART_BORDERS.has(text.charAt(end - 1))) return end;
  }
  return from + unitsHead(text.slice(from, most + 1), MAX_UNIT_LENGTH).length;
}

function hasWord(unit: string): boolean {
  return HAS_WORD.test(unit);
}

/** Neighbours put together until there are few enough. */
function grouped(units: readonly string[]): readonly string[] {
  const size = Math.ceil(units.length / MAX_UNITS);
  if (size <= 1) return units;
  return Array.from({ length: Math.ceil(units.length / size) }, (_, group) =>
    units.slice(group * size, (group + 1) * size).join('\n'),
  );
}

interface PickOptions {
  readonly maxTokens: number;
  readonly weightOf: (term: string) => number;
}

/**
 * Greedy by new words a token; the order of the map is the order in which units were picked. What a unit adds only shrinks, so
 * its last gain is a bound that spares most of the counting.
 */
function pickUnits(
  units: readonly OutlineUnit[],
  { maxTokens, weightOf }: PickOptions,
): ReadonlyMap<OutlineUnit, number> {
  const seen = new Set<string>();
  const picked = new Map<OutlineUnit, number>();
  const bounds = new Map(units.map((unit) => [unit, Infinity]));
  let room = maxTokens;
  for (;;) {
    let best: PickedUnit | null = null;
    for (const [unit, bound] of bounds) {
      const isTooLong = unit.tokens > room;
      if (isTooLong) bounds.delete(unit);
      if (isTooLong || !isBetter({ unit, gain: bound }, best)) continue;
      const pick = { unit, gain: gainOf(unit, seen, weightOf) };
      bounds.set(unit, pick.gain);
      if (isBetter(pick, best)) best = pick;
    }
    if (best === null) return picked;
    bounds.delete(best.unit);
    room -= best.unit.tokens;
    picked.set(best.unit, best.gain);
    for (const term of best.unit.terms) seen.add(term);
  }
}

interface PickedUnit {
  readonly unit: OutlineUnit;
  readonly gain: number;
}

/** Whether a unit adds anything, and more a token than another. */
function isBetter(pick: PickedUnit, other: PickedUnit | null): boolean {
  if (other === null) return pick.gain > 0;
  return pick.gain * other.unit.tokens > other.gain * pick.unit.tokens;
}

function gainOf(
  unit: OutlineUnit,
  seen: ReadonlySet<string>,
  weightOf: (term: string) => number,
): number {
  let gain = 0;
  for (const term of unit.terms) if (!seen.has(term)) gain += weightOf(term);
  return gain;
}

function stepsOf(units: readonly OutlineUnit[]): readonly OutlineStep[] {
  const all = new Set(units.flatMap((unit) => [...unit.terms])).size;
  const picked = pickUnits(units, { maxTokens: Infinity, weightOf: () => 1 });
  return [...picked].map(([{ tokens }, gain]) => ({ tokens, share: gain / all }));
}

/** Steps merged until none is worth more a token than the one before. */
export function mergeSteps(steps: readonly OutlineStep[]): readonly OutlineStep[] {
  const merged: OutlineStep[] = [];
  for (const step of steps) {
    let next = step;
    for (
      let last = merged.at(-1);
      last !== undefined && isSteeper(next, last);
      last = merged.at(-1)
    ) {
      merged.pop();
      next = { tokens: last.tokens + next.tokens, share: last.share + next.share };
    }
    merged.push(next);
  }
  return merged;
}

function isSteeper(left: OutlineStep, right: OutlineStep): boolean {
  return left.share * right.tokens > right.share * left.tokens;
}
