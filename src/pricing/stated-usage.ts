import { assertObject } from '../domain/argument.ts';
import { InvalidInput } from '../domain/errors.ts';
import { isStatedCount, STATED_COUNT } from '../domain/stated-count.ts';
import { USAGE_UNITS, type UsageUnit } from '../domain/usage-unit.ts';
import { EMPTY_USAGE, type UsageBuckets } from '../domain/usage.ts';
import { type Fields, isFields, onlyKnown } from './ai-sdk-usage.ts';

/** Plain counts as an application may have them at hand. */
export interface UsageCounts {
  /** All input tokens, cached ones included. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

const COUNT_NAMES = [
  'promptTokens',
  'completionTokens',
  'cachedTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const;

const UNITS: ReadonlySet<string> = new Set(USAGE_UNITS);

/** Names of totals, as the AI SDK has them also where a provider said nothing. */
const TOTALS: readonly string[] = [
  'inputTokens',
  'outputTokens',
  'promptTokens',
  'completionTokens',
];

/** Names of counts that tell beside a total that it is stated here, and includes them. */
const MARKS: readonly string[] = [
  'cachedTokens',
  ...USAGE_UNITS.filter((unit) => !TOTALS.includes(unit)),
];

/** Other names of units, and where SDKs that spell the form of OpenAI's chat in camel case have them. */
const OTHER_NAMES: { readonly [Unit in UsageUnit]?: readonly (readonly string[])[] } = {
  inputTokens: [['promptTokens']],
  outputTokens: [['completionTokens']],
  cacheReadTokens: [
    ['cachedTokens'],
    ['promptTokensDetails', 'cachedTokens'],
    ['inputTokensDetails', 'cachedTokens'],
  ],
  cacheWriteTokens: [
    ['promptTokensDetails', 'cacheWriteTokens'],
    ['inputTokensDetails', 'cacheWriteTokens'],
  ],
  inputAudioTokens: [
    ['promptTokensDetails', 'audioTokens'],
    ['inputTokensDetails', 'audioTokens'],
  ],
  outputReasoningTokens: [
    ['reasoningTokens'],
    ['completionTokensDetails', 'reasoningTokens'],
    ['outputTokensDetails', 'reasoningTokens'],
  ],
  outputAudioTokens: [
    ['completionTokensDetails', 'audioTokens'],
    ['outputTokensDetails', 'audioTokens'],
  ],
};

const PATHS = USAGE_UNITS.map((unit) => [unit, [[unit], ...(OTHER_NAMES[unit] ?? [])]] as const);

/** Every name of ours that is read, and the sum of others. */
export const OWN_NAMES: ReadonlySet<string> = new Set([
  'totalTokens',
  ...PATHS.flatMap(([, paths]) => paths.map(([name = '']) => name)),
]);

/** Names of what might be used at most. */
const LIMIT = /^max[A-Z]/;

/**
 * Makes usage from plain counts.
 * @throws INVALID_INPUT for a count that is not a whole number from 0 to 10^12.
 */
export function usageFromCounts(counts: UsageCounts): UsageBuckets {
  assertObject(counts, 'usage');
  for (const name of COUNT_NAMES) {
    const count = counts[name];
    if (count !== undefined && !isStatedCount(count)) throw wrongCount(name);
  }
  return onlyKnown({
    inputTokens: counts.promptTokens,
    cacheReadTokens: counts.cachedTokens,
    cacheWriteTokens: counts.cacheWriteTokens,
    outputTokens: counts.completionTokens,
    outputReasoningTokens: counts.reasoningTokens,
  });
}

/** Whether a usage is in our own buckets, or has counts that only our own forms name like that. */
export function isStatedUsage(usage: Fields): boolean {
  const names = Object.keys(usage).filter((name) => isGiven(usage[name]));
  if (names.length > 0 && names.every((name) => UNITS.has(name) && !isFields(usage[name])))
    return true;
  const hasTotal = TOTALS.some((name) => typeof usage[name] === 'number');
  return hasTotal && names.some((name) => MARKS.includes(name));
}

/**
 * Reads counts under our own names and those that SDKs and applications commonly give them; null where there are none.
 * @throws INVALID_INPUT naming a count that is wrong, and one that has tokens and a name that is not read: it would not be billed.
 */
export function readStatedUsage(usage: Fields): UsageBuckets | null {
  const read = readOwnCounts(usage);
  if (Object.keys(read).length === 0) return isUnreported(usage) ? EMPTY_USAGE : null;
  assertAllRead(usage, OWN_NAMES);
  return read;
}

/**
 * The counts that have our own names, or others that applications commonly give them.
 * @throws INVALID_INPUT naming a count that is wrong.
 */
export function readOwnCounts(usage: Fields): UsageBuckets {
  return onlyKnown(
    Object.fromEntries(PATHS.map(([unit, paths]) => [unit, firstCount(usage, paths)])),
  );
}

/**
 * Refuses a usage that has tokens under a name that is not read, whatever its form.
 * @throws INVALID_INPUT naming the count: it would not be billed.
 */
export function assertAllRead(usage: Fields, names: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(usage)) {
    if (isTokenCount(name, value) && !names.has(name)) throw unreadCount(name);
  }
}

/**
 * A count at a path; nothing where none was reported, which the AI SDK writes as NaN before v5.
 * @throws INVALID_INPUT naming the count that is anything else.
 */
export function statedCount(usage: Fields, path: readonly string[]): number | undefined {
  let value: unknown = usage;
  for (const key of path) value = isFields(value) ? value[key] : undefined;
  if (!isGiven(value)) return undefined;
  if (typeof value === 'number' && isStatedCount(value)) return value;
  throw wrongCount(path.join('.'));
}

function firstCount(usage: Fields, paths: readonly (readonly string[])[]): number | undefined {
  for (const path of paths) {
    const count = statedCount(usage, path);
    if (count !== undefined) return count;
  }
  return undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !Number.isNaN(value);
}

/** Whether an entry counts tokens that were used; how many might be is no count (`maxOutputTokens`). */
function isTokenCount(name: string, value: unknown): boolean {
  return typeof value === 'number' && value > 0 && name.endsWith('Tokens') && !LIMIT.test(name);
}

/** Whether a usage names totals and has a number for none of them. */
function isUnreported(usage: Fields): boolean {
  const named = TOTALS.filter((name) => Object.hasOwn(usage, name));
  return named.length > 0 && named.every((name) => isNoNumber(usage[name]));
}

function isNoNumber(count: unknown): boolean {
  return count === undefined || (typeof count === 'number' && Number.isNaN(count));
}

function wrongCount(name: string): InvalidInput {
  return new InvalidInput({ field: `usage.${name}`, expected: STATED_COUNT });
}

function unreadCount(name: string): InvalidInput {
  return new InvalidInput({
    field: `usage.${name}`,
    expected: 'a count under a name that is read, as of UsageBuckets: it would not be billed',
  });
}
