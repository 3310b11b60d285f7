import type { JsonValue } from '../../domain/json.ts';
import { largestFitting } from '../../tokens/largest-fitting.ts';
import { type JsonLimits, shortenJson } from './fold-json.ts';

/** Few texts have more characters a token than this, and none loses more than its end by it. */
const MAX_UNITS_PER_TOKEN = 32;
/** An item of a list takes about so many characters as a rule. */
const LENGTH_OF_ITEM = 16;
/** Strings of arguments say nothing in less. */
const MIN_STRING_LENGTH = 12;
const MIN_KEYS = 2;
/** Deeper down nobody reads; what is nested without end could not be walked through. */
const MAX_DEPTH = 12;
/** Keys stay as they are, so that some arguments cannot be as short as they should. */
const LEAST = '{"...":"shortened"}';
/** Strings and numbers of a JSON text. */
const SCALARS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
/** Numbers with more digits may be others once they are read, and those that no double holds are none. */
const MAX_DIGITS = 15;

/**
 * The arguments of a call, the JSON text of an object, in at most `maxTokens`: an object with the same keys as far as there is room,
 * its long strings and lists shortened with a note of how much is missing. Where not even that fits, an object that says so, unless it
 * would be longer than they are.
 */
export function foldArguments(text: string, { maxTokens, countTokens }: ArgumentsRoom): string {
  if (countTokens(text) <= maxTokens) return text;
  const value = readExactly(text);
  const cut = (length: number): string => JSON.stringify(shortenJson(value, limitsOf(length)));
  const fits = (length: number): boolean => countTokens(cut(length)) <= maxTokens;
  const highest = Math.max(0, Math.min(text.length, Math.floor(maxTokens) * MAX_UNITS_PER_TOKEN));
  const length = largestFitting(highest, fits);
  if (fits(length)) return cut(length);
  return countTokens(text) <= countTokens(LEAST) ? text : LEAST;
}

/** What arguments may take. */
export interface ArgumentsRoom {
  readonly maxTokens: number;
  readonly countTokens: (text: string) => number;
}

function limitsOf(length: number): JsonLimits {
  const items = Math.floor(length / LENGTH_OF_ITEM);
  return {
    maxStringLength: Math.max(MIN_STRING_LENGTH, length),
    maxItems: Math.max(1, items),
    maxKeys: Math.max(MIN_KEYS, items),
    maxDepth: Math.min(MAX_DEPTH, items + 1),
  };
}

function isKept(scalar: string): boolean {
  return scalar.startsWith('"') || (scalar.length <= MAX_DIGITS && Number.isFinite(Number(scalar)));
}

/** Long numbers as texts, as an identifier that lost digits would be another one. */
function readExactly(text: string): JsonValue {
  const exact = text.replaceAll(SCALARS, (scalar) =>
    isKept(scalar) ? scalar : JSON.stringify(scalar),
  );
  try {
    return JSON.parse(exact) as JsonValue; // what JSON.parse gives is one
  } catch {
    return { raw: text }; // Nested deeper than can be read.
  }
}
