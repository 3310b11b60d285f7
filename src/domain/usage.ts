import { z } from 'zod';

import { InvalidInput } from './errors.ts';
import { parseInput } from './parse.ts';
import { isPartOf, USAGE_UNITS, type UsageUnit } from './usage-unit.ts';

/**
 * What one or more provider calls used, in whole numbers. `inputTokens` and `outputTokens` are totals: cached, audio or
 * reasoning tokens are parts of them. Durations are in milliseconds. `requests` counts calls; a single call may leave it out.
 */
export type UsageBuckets = { readonly [Unit in UsageUnit]?: number };

/** Where usage numbers may come from. */
export const USAGE_ORIGINS = ['reported', 'estimated'] as const;

/** Whether the provider counted, or we did. */
export type UsageOrigin = (typeof USAGE_ORIGINS)[number];

/** No usage. */
export const EMPTY_USAGE: UsageBuckets = Object.freeze({});

/** A count of anything: a whole number that a double holds exactly. */
export const countSchema: z.ZodInt = z.int().nonnegative();

/** Whether a number can count something; says the same as {@link countSchema}, faster. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The shape of usage buckets; whether the numbers agree with each other is for {@link findUsageConflict}. */
export const usageBucketsSchema: z.ZodType<UsageBuckets> = z.partialRecord(
  z.enum(USAGE_UNITS),
  countSchema,
);

/** A number that cannot be right beside the others. */
export interface UsageConflict {
  readonly field: UsageUnit;
  readonly expected: string;
}

/** Parts of one whole that exclude each other, so together they cannot exceed it. */
const EXCLUSIVE_PARTS: readonly (readonly [whole: UsageUnit, parts: readonly UsageUnit[]])[] = [
  ['inputTokens', ['cacheReadTokens', 'cacheWriteTokens', 'inputToolTokens']],
  ['inputTokens', ['inputTextTokens', 'inputAudioTokens', 'inputImageTokens', 'inputVideoTokens']],
  ['cacheWriteTokens', ['cacheWrite5mTokens', 'cacheWrite1hTokens']],
  ['outputTokens', ['outputReasoningTokens', 'outputCitationTokens']],
  [
    'outputTokens',
    ['outputTextTokens', 'outputAudioTokens', 'outputImageTokens', 'outputVideoTokens'],
  ],
];

/** The first usage plus the second, or minus it (`sign` -1), unit by unit; units that come out as zero are left out. */
export function addUsage(left: UsageBuckets, right: UsageBuckets, sign: 1 | -1 = 1): UsageBuckets {
  const sum: { [Unit in UsageUnit]?: number } = {};
  for (const [unit, count] of usageEntries(left)) if (count !== 0) sum[unit] = count;
  for (const [unit, count] of usageEntries(right)) {
    const total = (sum[unit] ?? 0) + sign * count;
    if (total === 0) delete sum[unit];
    else sum[unit] = total;
  }
  return sum;
}

/** The units of a usage with their numbers, in the order of the object. */
export function usageEntries(usage: UsageBuckets): readonly (readonly [UsageUnit, number])[] {
  return Object.entries(usage).filter(isUsageEntry);
}

const UNIT_NAMES: ReadonlySet<string> = new Set(USAGE_UNITS);

function isUsageEntry(entry: readonly [string, number]): entry is [UsageUnit, number] {
  return UNIT_NAMES.has(entry[0]);
}

/** The first number that contradicts another one (a part larger than its whole), or null when all agree. */
export function findUsageConflict(usage: UsageBuckets): UsageConflict | null {
  for (const [part, count] of usageEntries(usage)) {
    const conflict = count > 0 ? findPartConflict(usage, part, count) : null;
    if (conflict !== null) return conflict;
  }
  return findSumConflict(usage);
}

function findPartConflict(
  usage: UsageBuckets,
  part: UsageUnit,
  count: number,
): UsageConflict | null {
  for (const [whole, limit] of usageEntries(usage)) {
    if (isPartOf(part, whole) && count > limit) {
      return { field: part, expected: `at most ${whole} (${limit}), got ${count}` };
    }
  }
  for (const whole of ['inputTokens', 'outputTokens'] as const) {
    if (usage[whole] === undefined && isPartOf(part, whole)) {
      return { field: whole, expected: `a total that includes ${part} (${count})` };
    }
  }
  return null;
}

/** The least that a whole can be, as far as its parts tell. */
export function leastTotal(usage: UsageBuckets, whole: UsageUnit): number {
  const parts = usageEntries(usage).filter(([unit]) => isPartOf(unit, whole));
  const sums = EXCLUSIVE_PARTS.filter(([of]) => of === whole).map(([, units]) =>
    units.reduce((sum, unit) => sum + leastOf(usage, unit), 0),
  );
  return Math.max(0, ...parts.map(([, count]) => count), ...sums);
}

function leastOf(usage: UsageBuckets, unit: UsageUnit): number {
  return usage[unit] ?? leastTotal(usage, unit);
}

function findSumConflict(usage: UsageBuckets): UsageConflict | null {
  for (const [whole, parts] of EXCLUSIVE_PARTS) {
    const limit = usage[whole];
    const sum = parts.reduce((total, part) => total + (usage[part] ?? 0), 0);
    if (limit !== undefined && sum > limit) {
      return { field: whole, expected: `at least ${sum}, the sum of ${parts.join(', ')}` };
    }
  }
  return null;
}

/**
 * Reads usage that a caller hands in; entries that are undefined are left out.
 * @throws INVALID_INPUT naming the entry that is unknown, not a whole number, or in conflict with another.
 */
export function parseUsageBuckets(value: unknown, field = 'usage'): UsageBuckets {
  const usage = parseInput(usageBucketsSchema, withoutUndefined(value), field);
  const conflict = findUsageConflict(usage);
  if (conflict === null) return usage;
  throw new InvalidInput({ field: `${field}.${conflict.field}`, expected: conflict.expected });
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, count]) => count !== undefined));
}
