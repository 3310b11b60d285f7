import { parseNumberText } from '../domain/number-text.ts';

/** A number that a text gives a name. */
export interface NamedNumber {
  readonly name: string;
  readonly value: number;
}

const ASSIGNMENT =
  /(?<![\p{L}\p{N}_$.])(?<name>[\p{L}_][\p{L}\p{N}_]{0,63})[ \t]*=(?!=)[ \t]*(?<value>-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?![\p{L}\p{N}_]|[-/:.,]\d)/gu;
/** What a value of its own does not follow: a comparison of the same name, or the head of a condition or loop. */
const CONDITION = /(?:\b(?:if|while|for)[ \t]+|[=!<>]=?[ \t]*)$/;
const MAX_FOUND = 50;

/**
 * The numbers that a text names as in `mu = 3.14`, in any script, separators of thousands included; each name once, with its
 * last number, the first 50. Comparisons, conditions, dates and times are no such numbers.
 */
export function namedNumbersIn(text: string): readonly NamedNumber[] {
  const found = new Map<string, number>();
  for (const { groups = {}, index } of text.matchAll(ASSIGNMENT)) {
    const { name = '', value = '' } = groups;
    if (CONDITION.test(text.slice(Math.max(0, index - 10), index))) continue;
    const number = parseNumberText(value.replaceAll(',', ''));
    if (number === null || (found.size >= MAX_FOUND && !found.has(name))) continue;
    found.set(name, number);
  }
  return [...found].map(([name, value]) => ({ name, value }));
}
