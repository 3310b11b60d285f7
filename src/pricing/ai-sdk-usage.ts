import type { UsageBuckets } from '../domain/usage.ts';
import type { UsageUnit } from '../domain/usage-unit.ts';

/** An object from outside whose entries are looked at one by one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Keys that only the usage of the Vercel AI SDK has; it names them even when it has no number for them. */
const MARKS = ['cachedInputTokens', 'reasoningTokens', 'inputTokenDetails', 'outputTokenDetails'];

/** Whether a value is a usage of the Vercel AI SDK, of its language models (v5, v6) or of its providers (v6). */
export function isAiSdkUsage(value: Fields): boolean {
  return MARKS.some((mark) => Object.hasOwn(value, mark)) || isFields(value['inputTokens']);
}

/** Whether a value is an object whose entries can be read. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the usage alone does not tell. */
export interface AiSdkUsageOptions {
  /** The input total leaves out cached tokens, as it does for Anthropic models before v6. */
  readonly isCacheApart: boolean;
}

/** Reads a usage of the Vercel AI SDK; a cached count larger than the input total shows that the total leaves it out. */
export function readAiSdkUsage(usage: Fields, { isCacheApart }: AiSdkUsageOptions): UsageBuckets {
  if (isFields(usage['inputTokens'])) return readProviderUsage(usage);
  const input = countOf(usage['inputTokens']);
  const details = usage['inputTokenDetails'];
  const cacheRead = countOf(at(details, 'cacheReadTokens')) ?? countOf(usage['cachedInputTokens']);
  const isWithoutCache = !isFields(details) && (isCacheApart || (cacheRead ?? 0) > (input ?? 0));
  return onlyKnown({
    inputTokens: isWithoutCache ? (input ?? 0) + (cacheRead ?? 0) : input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: countOf(at(details, 'cacheWriteTokens')),
    outputTokens: countOf(usage['outputTokens']),
    outputReasoningTokens:
      countOf(at(usage['outputTokenDetails'], 'reasoningTokens')) ??
      countOf(usage['reasoningTokens']),
  });
}

function readProviderUsage(usage: Fields): UsageBuckets {
  const { inputTokens, outputTokens } = usage;
  return onlyKnown({
    inputTokens: countOf(at(inputTokens, 'total')),
    cacheReadTokens: countOf(at(inputTokens, 'cacheRead')),
    cacheWriteTokens: countOf(at(inputTokens, 'cacheWrite')),
    outputTokens: countOf(at(outputTokens, 'total')),
    outputReasoningTokens: countOf(at(outputTokens, 'reasoning')),
  });
}

function at(value: unknown, key: string): unknown {
  return isFields(value) ? value[key] : undefined;
}

/** A number that was reported; the AI SDK writes undefined, and before v5 NaN, for what was not. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
}

/** The counts that are known. */
export function onlyKnown(counts: {
  readonly [Unit in UsageUnit]?: number | undefined;
}): UsageBuckets {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}
