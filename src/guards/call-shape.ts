import { canonicalJson } from '../domain/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';
import { isOrdinaryName } from './ordinary-number.ts';

const EXPRESSION = /^(?=.*\d)[\d\s+\-*/().,^%eE]{1,400}$/;
const ANY_NUMBER = '#';

/**
 * What stays the same in a series of calls that differ in computed numbers only: the arguments with all numbers, and texts that
 * are computations, taken out. Numbers that say how many or which one stay in.
 */
export function callShape(argumentsOfCall: JsonObject): string {
  return canonicalJson(shapeOfObject(argumentsOfCall));
}

function shapeOfObject(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isOrdinaryName(key) ? item : shapeOf(item)]),
  );
}

function shapeOf(value: JsonValue): JsonValue {
  if (typeof value === 'number') return ANY_NUMBER;
  if (typeof value === 'string') return isComputation(value) ? ANY_NUMBER : value;
  if (isJsonObject(value)) return shapeOfObject(value);
  return isList(value) ? value.map(shapeOf) : value;
}

function isComputation(text: string): boolean {
  return parseNumberText(text) !== null || EXPRESSION.test(text);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
