import { isJsonObject, type JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';
import { beginsWithCurrency, numbersInText } from './text-numbers.ts';

const MAX_NUMBERS = 1_024;
const MAX_TEXT = 16_384;
const DIGIT = /\d/;
const BEYOND_ASCII = /[^\0-\x7F]/;
const OTHER_DIGIT = /\p{Nd}/u;
/** Digits within a name are no number, and most texts in results that have digits are such names. */
const NAME = /^[A-Za-z_]\w*$/;
/** A thousand and more in some countries, one and a bit in others. */
const IN_TWO_WAYS = /^\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*$/;

/** The numbers that a result names, nested ones and those in texts too; the first 1,024, and of long texts the beginning. */
export function numbersInResult(result: JsonValue): readonly number[] {
  const found: number[] = [];
  collect(result, found);
  return found.length <= MAX_NUMBERS ? found : found.slice(0, MAX_NUMBERS);
}

function collect(value: JsonValue, found: number[]): void {
  if (found.length >= MAX_NUMBERS) return;
  if (typeof value === 'number') found.push(value);
  else if (typeof value === 'string') collectText(value, found);
  else if (isJsonObject(value)) for (const key in value) collect(value[key] ?? null, found);
  else if (Array.isArray(value)) for (const item of value) collect(item, found);
}

function collectText(text: string, found: number[]): void {
  if (!hasDigit(text) || (NAME.test(text) && !beginsWithCurrency(text))) return;
  const number = IN_TWO_WAYS.test(text) ? null : parseNumberText(text);
  if (number === null) found.push(...numbersInText(text.slice(0, MAX_TEXT)));
  else found.push(number);
}

function hasDigit(text: string): boolean {
  return DIGIT.test(text) || (BEYOND_ASCII.test(text) && OTHER_DIGIT.test(text));
}
