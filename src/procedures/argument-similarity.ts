import { canonicalJson } from '../domain/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { isRespelled, saysWhich } from './identifier.ts';

/** What says which thing a call is about weighs more than what says how. */
const IDENTIFIER_WEIGHT = 3;
/** Numbers of one magnitude, which is how an amount or a count is corrected. */
const NEAR_NUMBER = 0.6;
/** Too little by itself: where a number is all that there is, it may as well say which one. */
const LONE_NUMBER = 0.45;
const MAGNITUDE = 10;
const MAX_TEXT = 400;

/** Whether the text of a failure offers a value, as in `did you mean ORD-10002?`. */
export type Offers = (value: JsonValue) => boolean;

const NOTHING_OFFERED: Offers = () => false;

/**
 * How much two calls of one tool are the same attempt, 0 to 1: the share of the first one's arguments that the second one kept, or
 * kept in part, things that they are about weighing more than settings. Another thing counts nothing, however alike its name is,
 * unless the failure offered it, or more of such things stayed than changed. What the second one added does not count against it, since to add what was missing is how
 * failures are fixed.
 */
export function attemptSimilarity(
  from: JsonObject,
  to: JsonObject,
  offers: Offers = NOTHING_OFFERED,
): number {
  const names = Object.keys(from);
  if (names.length === 0) return 1;
  const isSameThing = isAboutTheSame(from, to);
  let kept = 0;
  let total = 0;
  for (const name of names) {
    const value = from[name] ?? null;
    const weight = isAboutSomething(name, value) ? IDENTIFIER_WEIGHT : 1;
    total += weight;
    const other = Object.hasOwn(to, name) ? to[name] : undefined;
    if (other !== undefined)
      kept += weight * similarityAt(name, { value, other, offers, isSameThing });
  }
  const isLone = names.length === 1 && Object.keys(to).length === 1;
  return isLone && kept === NEAR_NUMBER ? LONE_NUMBER : kept / total;
}

/** Whether more of the things that a call is about stayed than changed. */
function isAboutTheSame(from: JsonObject, to: JsonObject): boolean {
  let balance = 0;
  for (const name of Object.keys(from)) {
    const [value, other] = [from[name] ?? null, Object.hasOwn(to, name) ? to[name] : undefined];
    if (other === undefined || !isAboutSomething(name, value)) continue;
    balance += canonicalJson(value) === canonicalJson(other) ? 1 : -1;
  }
  return balance > 0;
}

interface Compared {
  readonly value: JsonValue;
  readonly other: JsonValue;
  readonly offers: Offers;
  /** Whether the other arguments are about the same thing, so that one more of them is a setting. */
  readonly isSameThing: boolean;
}

/** How much two values of one argument are the same, 0 to 1. */
function similarityAt(name: string, compared: Compared): number {
  const { value, other, offers, isSameThing } = compared;
  if (value === other || canonicalJson(value) === canonicalJson(other)) return 1;
  if (saysWhich(name, value) && !isRespelled(value, other)) {
    if (offers(other)) return 1;
    if (!isSameThing) return 0;
  }
  return likeness(compared);
}

function likeness({ value, other, offers }: Compared): number {
  if (typeof value === 'number' && typeof other === 'number') return numberSimilarity(value, other);
  if (typeof value === 'string' && typeof other === 'string') return textSimilarity(value, other);
  if (isList(value) && isList(other)) return listSimilarity(value, other);
  if (isJsonObject(value) && isJsonObject(other)) return attemptSimilarity(value, other, offers);
  return 0;
}

function isAboutSomething(name: string, value: JsonValue): boolean {
  if (isJsonObject(value))
    return Object.entries(value).some(([key, item]) => isAboutSomething(key, item));
  if (isList(value)) return value.some((item) => isAboutSomething(name, item));
  return saysWhich(name, value);
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
