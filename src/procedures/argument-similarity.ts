import { canonicalJson } from '../domain/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';

/** Values that look like identifiers (letters with digits, or capitals only) say what a call is about, other ones how: they weigh more. */
const IDENTIFIER_WEIGHT = 3;
const IDENTIFIER = /^(?:(?=\S*\d)(?=\S*\p{L})\S{3,}|\p{Lu}{5,})$/u;
/** Numbers of one magnitude, which is how an amount or a count is corrected. */
const NEAR_NUMBER = 0.6;
const MAGNITUDE = 10;
const MAX_TEXT = 400;

/**
 * How much two calls of one tool are the same attempt, 0 to 1: the share of the first one's arguments that the second one kept, or
 * kept in part, things that they are about weighing more than settings. What the second one added does not count against it,
 * since to add what was missing is how failures are fixed.
 */
export function attemptSimilarity(from: JsonObject, to: JsonObject): number {
  const names = Object.keys(from);
  if (names.length === 0) return 1;
  let kept = 0;
  let total = 0;
  for (const name of names) {
    const value = from[name] ?? null;
    const weight = weightOf(value);
    total += weight;
    const other = Object.hasOwn(to, name) ? to[name] : undefined;
    if (other !== undefined) kept += weight * valueSimilarity(value, other);
  }
  return kept / total;
}

/** How much two values are the same, 0 to 1. */
function valueSimilarity(left: JsonValue, right: JsonValue): number {
  if (left === right || canonicalJson(left) === canonicalJson(right)) return 1;
  if (typeof left === 'number' && typeof right === 'number') return numberSimilarity(left, right);
  if (typeof left === 'string' && typeof right === 'string') return textSimilarity(left, right);
  if (isList(left) && isList(right)) return listSimilarity(left, right);
  if (isJsonObject(left) && isJsonObject(right)) return attemptSimilarity(left, right);
  return 0;
}

function weightOf(value: JsonValue): number {
  return isAboutSomething(value) ? IDENTIFIER_WEIGHT : 1;
}

function isAboutSomething(value: JsonValue): boolean {
  if (typeof value === 'string') return IDENTIFIER.test(value);
  if (isJsonObject(value)) return Object.values(value).some(isAboutSomething);
  return isList(value) && value.some(isAboutSomething);
}

function numberSimilarity(left: number, right: number): number {
  if (left === 0 || right === 0 || Math.sign(left) !== Math.sign(right)) return 0;
  const ratio = left / right;
  return ratio <= MAGNITUDE && ratio >= 1 / MAGNITUDE ? NEAR_NUMBER : 0;
}

/** The share of pairs of letters that two texts have in common (Dice's coefficient), whatever their case. */
function textSimilarity(left: string, right: string): number {
  const [ours, theirs] = [pairsOf(left), pairsOf(right)];
  if (ours.length + theirs.length === 0) return 0;
  return diceOf(ours, theirs);
}

/** The share of items that two lists have in common, an item of one counting once for one of the other. */
function listSimilarity(left: readonly JsonValue[], right: readonly JsonValue[]): number {
  return diceOf(left.map(canonicalJson), right.map(canonicalJson));
}

function diceOf(left: readonly string[], right: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const item of right) counts.set(item, (counts.get(item) ?? 0) + 1);
  let common = 0;
  for (const item of left) {
    const count = counts.get(item) ?? 0;
    if (count === 0) continue;
    counts.set(item, count - 1);
    common += 1;
  }
  return (2 * common) / (left.length + right.length);
}

function pairsOf(text: string): readonly string[] {
  const letters = text.slice(0, MAX_TEXT).toLowerCase();
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) =>
    letters.slice(at, at + 2),
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
