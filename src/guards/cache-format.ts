import { type JsonObject, type JsonValue, toText } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';
import { formatNumber } from './number-format.ts';

const MAX_RESULT = 50;
const SHORT_ARGUMENT = 20;
const ELLIPSIS = '...';

/** A call and its result in one line: numbers in short form, long texts cut. */
export function formatCachedResult(cached: {
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly result: JsonValue;
}): string {
  return `${cached.toolName}(${formatArguments(cached.arguments)}) = ${formatResult(cached.result)}`;
}

/** A named number in one line, with six decimals. */
export function formatVariable(variable: {
  readonly name: string;
  readonly value: number;
  readonly units: string | null;
}): string {
  const units = variable.units ? ` ${variable.units}` : '';
  return `${variable.name} = ${variable.value.toFixed(6)}${units}`;
}

/** Arguments in short: a single number by itself, short texts in quotes, everything else left out. */
function formatArguments(argumentsOfCall: JsonObject): string {
  const entries = Object.entries(argumentsOfCall);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && isScalar(only[1])) return String(only[1]);
  return entries.map(([key, value]) => `${key}=${formatArgument(value)}`).join(', ');
}

function formatArgument(value: JsonValue): string {
  if (isScalar(value)) return String(value);
  if (typeof value === 'string' && value.length < SHORT_ARGUMENT) return JSON.stringify(value);
  return ELLIPSIS;
}

function formatResult(result: JsonValue): string {
  const number = typeof result === 'string' ? parseNumberText(result) : result;
  if (typeof number === 'number') return formatNumber(number);
  const text = toText(result).replace(/\s*[\r\n]+\s*/g, ' ');
  return text.length > MAX_RESULT ? text.slice(0, MAX_RESULT - ELLIPSIS.length) + ELLIPSIS : text;
}

function isScalar(value: JsonValue): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}
