import type { ArgumentIssue, ArgumentSchema, CheckArguments } from '../domain/argument-schema.ts';
import { toArgumentCheck } from '../domain/argument-schema.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';
import { toolKey } from '../domain/tool-name.ts';
import { replaceAt, valueAt } from './argument-numbers.ts';
import { ALLOWED, guardResult } from './guard-result.ts';
import type { Guard, GuardResult } from './guard-result.ts';

const SHOWN_ISSUES = 5;
const LONG_DIGITS = /^\s*[+-]?\d{16,}\s*$/;
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** Holds arguments to the schema of their tool; where only the type of a value is wrong, offers it in the right one. */
export class SchemaGuard implements Guard {
  readonly #checks: ReadonlyMap<string, CheckArguments>;

  /** @throws INVALID_INPUT naming the schema that is not understood. */
  constructor(schemas: Readonly<Record<string, ArgumentSchema>> = {}) {
    this.#checks = new Map(
      Object.entries(schemas).map(([name, schema]) => [
        toolKey(name),
        toArgumentCheck(schema, `options.schemas.${name}`),
      ]),
    );
  }

  /** Says whether the arguments are what the tool takes; a tool without a schema takes anything. */
  check(toolName: string, argumentsOfCall: JsonObject): GuardResult {
    if (this.#checks.size === 0) return ALLOWED;
    const checkArguments = this.#checks.get(toolKey(toolName));
    const issues = checkArguments?.(argumentsOfCall) ?? [];
    if (checkArguments === undefined || issues.length === 0) return ALLOWED;
    const shown = issues.slice(0, SHOWN_ISSUES).map(({ path, message }) => ({ path, message }));
    const lines = shown.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    const reason = `The arguments of ${toolName} are not what it takes: ${lines.join('; ')}`;
    const details = { toolName, issues: shown };
    const repaired = coerced(argumentsOfCall, issues);
    if (repaired !== null && checkArguments(repaired).length === 0) {
      return guardResult('repair', reason, { details, repairedArguments: repaired });
    }
    return guardResult('block', reason, { details });
  }
}

function coerced(argumentsOfCall: JsonObject, issues: readonly ArgumentIssue[]): JsonObject | null {
  let repaired = argumentsOfCall;
  for (const { path, expectedType } of issues) {
    const value = valueAt(argumentsOfCall, path);
    if (value === undefined || expectedType === null) return null;
    const converted = convert(value, expectedType);
    if (converted === undefined) return null;
    repaired = replaceAt(repaired, path, converted);
  }
  return repaired;
}

function convert(value: JsonValue, expectedType: string): JsonValue | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return expectedType === 'string' ? String(value) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (expectedType === 'number' || expectedType === 'int') return numberWithAllDigits(value);
  if (expectedType !== 'boolean') return undefined;
  const word = value.trim().toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
}

/** An identifier that is longer than numbers are exact would become another one. */
function numberWithAllDigits(text: string): number | undefined {
  const number = parseNumberText(text);
  if (number === null) return undefined;
  return Number.isSafeInteger(number) || !LONG_DIGITS.test(text) ? number : undefined;
}
