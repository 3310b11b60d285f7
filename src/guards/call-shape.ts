import { canonicalJson } from '../domain/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';
import { isOrdinaryName } from './ordinary-number.ts';

const EXPRESSION = /^(?=.*\d)[\d\s+\-*/().,^%eE]{1,400}$/;
const ANY_NUMBER = '#';

/** Numbers at work in a text, and not a date, a telephone number or a fraction. */
const OPERATOR = /[\d)]\s*[+*^%]\s*[\d(.]|\s[-/]\s/;

/** Whether a number says what a call is about, so that calls with others are no series. */
export type SaysWhich = (value: number) => boolean;

/**
 * What stays the same in a series of calls that differ in computed numbers only: the arguments with all numbers, and texts that
 * are computations, taken out. Numbers that say how many or which one stay in: by the names of their arguments, and where the tool
 * does more than compute, also those of which `saysWhich` says so.
 */
export function callShape(argumentsOfCall: JsonObject, saysWhich?: SaysWhich): string {
  return canonicalJson(shapeOfObject(argumentsOfCall, saysWhich));
}

function shapeOfObject(value: JsonObject, saysWhich?: SaysWhich): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isOrdinaryName(key) ? item : shapeOf(item, saysWhich),
    ]),
  );
}

function shapeOf(value: JsonValue, saysWhich?: SaysWhich): JsonValue {
  if (typeof value === 'number') return saysWhich?.(value) === true ? value : ANY_NUMBER;
  if (typeof value === 'string') return isComputation(value, saysWhich) ? ANY_NUMBER : value;
  if (isJsonObject(value)) return shapeOfObject(value, saysWhich);
  return isList(value) ? value.map((item) => shapeOf(item, saysWhich)) : value;
}

function isComputation(text: string, saysWhich?: SaysWhich): boolean {
  const number = parseNumberText(text);
  if (number !== null) return saysWhich?.(number) !== true;
  return EXPRESSION.test(text) && (saysWhich === undefined || OPERATOR.test(text));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
