import type { UsageBuckets } from '../domain/usage.ts';
import { type Fields, isFields, onlyKnown } from './ai-sdk-usage.ts';
import { statedCount } from './stated-usage.ts';

/** Keys that only the usage of Bedrock's Converse has, and that of a model by Anthropic's SDK for agents. */
const MARKS = ['cacheReadInputTokens', 'cacheWriteInputTokens', 'cacheCreationInputTokens'];

/** Whether a value is a usage of Bedrock's Converse that tells of its cache; any other is plain counts. */
export function isConverseUsage(usage: Fields): boolean {
  return MARKS.some((mark) => typeof usage[mark] === 'number');
}

/**
 * Reads a usage of Bedrock's Converse, whose input leaves out what was read from the cache and written to it.
 * @throws INVALID_INPUT naming the count that is wrong.
 */
export function readConverseUsage(usage: Fields): UsageBuckets {
  const input = statedCount(usage, ['inputTokens']);
  const cacheRead = statedCount(usage, ['cacheReadInputTokens']);
  const cacheWrite =
    statedCount(usage, ['cacheWriteInputTokens']) ??
    statedCount(usage, ['cacheCreationInputTokens']);
  return onlyKnown({
    inputTokens: (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite5mTokens: writtenFor('5m', usage),
    cacheWrite1hTokens: writtenFor('1h', usage),
    outputTokens: statedCount(usage, ['outputTokens']),
    webSearches: statedCount(usage, ['webSearchRequests']),
  });
}

/** What was written to be kept for so long; nothing where that is not told. */
function writtenFor(ttl: string, usage: Fields): number | undefined {
  const details: unknown = usage['cacheDetails'];
  const entries = Array.isArray(details) ? details.filter(isFields) : [];
  const counts = entries
    .filter((entry) => entry['ttl'] === ttl)
    .map((entry) => statedCount(entry, ['inputTokens']) ?? 0);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}
