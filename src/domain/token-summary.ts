import { assertObject } from './argument.ts';
import { z } from 'zod';

import { InvalidInput } from './errors.ts';
import { addExactly, addUsageExactly } from './exact-sum.ts';
import { parseUsdSum, toPicoUsd, toUsdString, usdStringSchema } from './money.ts';
import { assertUsage, type TokenUsage } from './token-usage.ts';
import {
  countSchema,
  EMPTY_USAGE,
  USAGE_ORIGINS,
  usageBucketsSchema,
  type UsageBuckets,
} from './usage.ts';

/** What one model was used for: the sum of its usages, and how many there are of each kind. */
export interface ModelTokenUsage extends TokenUsage {
  readonly usages: number;
  /** Usages without a cost; their tokens are counted, but `estimatedCostUsd` does not include them. */
  readonly unpricedUsages: number;
  /** Usages whose tokens the provider did not count itself; those of events are all of these, whatever their bills are. */
  readonly estimatedUsages: number;
}

/** Sums over many token usages; a later change of one of them is followed exactly by `replaceInSummary`. */
export interface TokenSummary {
  readonly totalPromptTokens: number;
  readonly totalCompletionTokens: number;
  readonly totalTokens: number;
  /** Only usages that name a model appear here. */
  readonly usageByModel: Readonly<Record<string, ModelTokenUsage>>;
  /** Exact decimal string of US dollars over all usages that have a cost. */
  readonly totalEstimatedCostUsd: string;
}

/** Models with a line of their own; more are summed in the line {@link OTHER_MODELS_LINE}. */
export const MAX_MODEL_LINES = 64;

/** The line of all models that came after the first {@link MAX_MODEL_LINES}. */
export const OTHER_MODELS_LINE = '(other models)';

/** The summary of nothing. */
export const EMPTY_TOKEN_SUMMARY: TokenSummary = Object.freeze({
  totalPromptTokens: 0,
  totalCompletionTokens: 0,
  totalTokens: 0,
  usageByModel: Object.freeze({}),
  totalEstimatedCostUsd: '0',
});

const modelTokenUsageSchema: z.ZodType<ModelTokenUsage> = z.object({
  promptTokens: countSchema,
  completionTokens: countSchema,
  totalTokens: countSchema,
  model: z.string(),
  estimatedCostUsd: usdStringSchema.nullable(),
  buckets: usageBucketsSchema.exactOptional(),
  origin: z.enum(USAGE_ORIGINS),
  usages: countSchema,
  unpricedUsages: countSchema,
  estimatedUsages: countSchema,
});

/** Parses a stored token summary. */
export const tokenSummarySchema: z.ZodType<TokenSummary> = z.object({
  totalPromptTokens: countSchema,
  totalCompletionTokens: countSchema,
  totalTokens: countSchema,
  usageByModel: z.record(z.string(), modelTokenUsageSchema),
  totalEstimatedCostUsd: usdStringSchema,
});

type Sign = 1 | -1;

/**
 * The summary with one more usage; explicit totals and costs count as they are, in the total and in the model's line alike.
 * @throws COUNT_OVERFLOW when a sum would pass 2^53 - 1.
 */
export function addToSummary(summary: TokenSummary, usage: TokenUsage): TokenSummary {
  assertObject(summary, 'summary', SUMMARY_PARTS);
  assertUsage(usage);
  return applyUsage(summary, usage, 1);
}

/**
 * The summary without a usage that was added before.
 * @throws INVALID_INPUT when the summary cannot contain it.
 */
export function subtractFromSummary(summary: TokenSummary, usage: TokenUsage): TokenSummary {
  return applyUsage(summary, usage, -1);
}

/**
 * The summary after a usage in it has changed; null stands for no usage before or after.
 * @throws INVALID_INPUT when the summary cannot contain `before`.
 */
export function replaceInSummary(
  summary: TokenSummary,
  before: TokenUsage | null,
  after: TokenUsage | null,
): TokenSummary {
  const without = before === null ? summary : subtractFromSummary(summary, before);
  return after === null ? without : addToSummary(without, after);
}

/** The summary of usages; null entries stand for events without usage. */
export function summarizeUsage(usages: Iterable<TokenUsage | null>): TokenSummary {
  assertIterable(usages);
  let summary = EMPTY_TOKEN_SUMMARY;
  for (const usage of usages) if (usage !== null) summary = addToSummary(summary, usage);
  return summary;
}

/**
 * The summary of everything in two summaries, e.g. of two segments of one conversation.
 * @throws COUNT_OVERFLOW when a sum would pass 2^53 - 1.
 */
export function mergeSummaries(left: TokenSummary, right: TokenSummary): TokenSummary {
  let usageByModel = left.usageByModel;
  for (const line of Object.values(right.usageByModel)) {
    usageByModel = applyToLines(usageByModel, { ...line, usage: line }, 1);
  }
  return {
    totalPromptTokens: addExactly(left.totalPromptTokens, right.totalPromptTokens),
    totalCompletionTokens: addExactly(left.totalCompletionTokens, right.totalCompletionTokens),
    totalTokens: addExactly(left.totalTokens, right.totalTokens),
    usageByModel,
    totalEstimatedCostUsd: addCost(left.totalEstimatedCostUsd, right.totalEstimatedCostUsd, 1),
  };
}

function applyUsage(summary: TokenSummary, usage: TokenUsage, sign: Sign): TokenSummary {
  return {
    totalPromptTokens: addCount(summary.totalPromptTokens, usage.promptTokens, sign),
    totalCompletionTokens: addCount(summary.totalCompletionTokens, usage.completionTokens, sign),
    totalTokens: addCount(summary.totalTokens, usage.totalTokens, sign),
    usageByModel:
      usage.model === ''
        ? summary.usageByModel
        : applyToLines(summary.usageByModel, changeBy(usage), sign),
    totalEstimatedCostUsd: addCost(summary.totalEstimatedCostUsd, usage.estimatedCostUsd, sign),
  };
}

/** What is added to a line: sums, and how many usages of each kind are in them. */
interface LineChange {
  readonly usage: TokenUsage;
  readonly buckets?: UsageBuckets;
  readonly usages: number;
  readonly unpricedUsages: number;
  readonly estimatedUsages: number;
}

function changeBy(usage: TokenUsage): LineChange {
  const change = {
    usage,
    usages: 1,
    unpricedUsages: usage.estimatedCostUsd === null ? 1 : 0,
    estimatedUsages: usage.origin === 'estimated' ? 1 : 0,
  };
  // Buckets that leave the number of calls out stand for one.
  return usage.buckets === undefined
    ? change
    : { ...change, buckets: { requests: 1, ...usage.buckets } };
}

type Lines = TokenSummary['usageByModel'];

function applyToLines(lines: Lines, change: LineChange, sign: Sign): Lines {
  const name = nameOfLine(lines, change.usage.model);
  const line = sumLine(Object.hasOwn(lines, name) ? lines[name] : undefined, {
    name,
    change,
    sign,
  });
  // Once there is a shared line, an empty own line stays: a freed place would split a model over two lines.
  const isGone =
    line.usages === 0 && (name === OTHER_MODELS_LINE || !Object.hasOwn(lines, OTHER_MODELS_LINE));
  if (!isGone) return { ...lines, [name]: line };
  return Object.fromEntries(Object.entries(lines).filter(([model]) => model !== name));
}

function nameOfLine(lines: Lines, model: string): string {
  if (Object.hasOwn(lines, model)) return model;
  return Object.keys(lines).length < MAX_MODEL_LINES ? model : OTHER_MODELS_LINE;
}

const EMPTY_LINE: ModelTokenUsage = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  model: '',
  estimatedCostUsd: null,
  origin: 'reported',
  usages: 0,
  unpricedUsages: 0,
  estimatedUsages: 0,
};

function sumLine(
  line: ModelTokenUsage = EMPTY_LINE,
  {
    name,
    change,
    sign,
  }: { readonly name: string; readonly change: LineChange; readonly sign: Sign },
): ModelTokenUsage {
  const { usage } = change;
  const usages = addCount(line.usages, change.usages, sign);
  const unpricedUsages = addCount(line.unpricedUsages, change.unpricedUsages, sign);
  const estimatedUsages = addCount(line.estimatedUsages, change.estimatedUsages, sign);
  const cost = addCost(line.estimatedCostUsd ?? '0', usage.estimatedCostUsd, sign);
  const sum = {
    promptTokens: addCount(line.promptTokens, usage.promptTokens, sign),
    completionTokens: addCount(line.completionTokens, usage.completionTokens, sign),
    totalTokens: addCount(line.totalTokens, usage.totalTokens, sign),
    model: name,
    estimatedCostUsd: unpricedUsages < usages ? cost : null,
    origin: estimatedUsages === 0 ? ('reported' as const) : ('estimated' as const),
    usages,
    unpricedUsages,
    estimatedUsages,
  };
  if (line.buckets === undefined && change.buckets === undefined) return sum;
  const buckets = addUsageExactly(line.buckets ?? EMPTY_USAGE, change.buckets ?? EMPTY_USAGE, sign);
  return Object.keys(buckets).length === 0 ? sum : { ...sum, buckets };
}

function addCount(sum: number, count: number, sign: Sign): number {
  const result = addExactly(sum, count, sign);
  if (result >= 0) return result;
  throw notInSummary(`${count} of ${sum}`);
}

function addCost(sumUsd: string, costUsd: string | null, sign: Sign): string {
  if (costUsd === null || costUsd === '0') return sumUsd;
  const cost = parseUsdSum(costUsd, 'estimatedCostUsd');
  const result = parseUsdSum(sumUsd, 'totalEstimatedCostUsd') + BigInt(sign) * cost;
  if (result >= 0n) return toUsdString(toPicoUsd(result));
  throw notInSummary(`${costUsd} of ${sumUsd} USD`);
}

function notInSummary(got: string): InvalidInput {
  return new InvalidInput({
    field: 'usage',
    expected: `a usage that the summary contains, got one that would take away ${got}`,
  });
}

const SUMMARY_PARTS = {
  usageByModel: 'an object',
  totalTokens: 'a number',
  totalPromptTokens: 'a number',
  totalCompletionTokens: 'a number',
  totalEstimatedCostUsd: 'a string',
} as const;

function assertIterable(usages: unknown): void {
  const isIterable = typeof usages === 'object' && usages !== null && Symbol.iterator in usages;
  if (!isIterable) throw new InvalidInput({ field: 'usages', expected: 'a list' });
}
