import { InvalidInput } from '../domain/errors.ts';
import type { UsageBuckets } from '../domain/usage.ts';
import { type Fields, isFields, onlyKnown } from './ai-sdk-usage.ts';
import { assertAllRead, OWN_NAMES, readOwnCounts, statedCount } from './stated-usage.ts';

/** Keys that only the usage of Bedrock's Converse has, and that of a model by Anthropic's SDK for agents. */
const MARKS = ['cacheReadInputTokens', 'cacheWriteInputTokens', 'cacheCreationInputTokens'];
/** Names of what is read here: ours too, as they tell nothing else here. */
const NAMES: ReadonlySet<string> = new Set([...OWN_NAMES, ...MARKS]);
/** Names of ours that count the cache as a part of the input, which it is not here, and of an input with it. */
const WITH_CACHE = /^cache|^promptTokens$/;

/** Whether a value is a usage of Bedrock's Converse that tells of its cache; any other is plain counts. */
export function isConverseUsage(usage: Fields): boolean {
  return MARKS.some((mark) => typeof usage[mark] === 'number');
}

/** Whether it tells of a cache that was used: plain counts may name a cache of this form, too, where it has nothing. */
export function isConverseCacheUsed(usage: Fields): boolean {
  return MARKS.some((mark) => typeof usage[mark] === 'number' && usage[mark] !== 0);
}

/**
 * Reads a usage of Bedrock's Converse, whose input leaves out what was read from the cache and written to it. Counts beside it that have our
 * own names are read as ever.
 * @throws INVALID_INPUT naming a count that is wrong, one that has tokens and a name that is not read, and one whose name says that the
 * input includes the cache: either is right, and which one nobody can tell.
 */
export function readConverseUsage(usage: Fields): UsageBuckets {
  assertAllRead(usage, NAMES);
  const { inputTokens: input = 0, ...own } = readOwnCounts(usage);
  const { promptTokens, cachedTokens } = usage;
  const included = Object.entries({ promptTokens, cachedTokens, ...own }).find(
    ([name, count]) => WITH_CACHE.test(name) && typeof count === 'number' && count > 0,
  );
  if (included !== undefined) throw otherForm(included[0]);
  const cacheRead = statedCount(usage, ['cacheReadInputTokens']);
  const cacheWrite =
    statedCount(usage, ['cacheWriteInputTokens']) ??
    statedCount(usage, ['cacheCreationInputTokens']);
  return onlyKnown({
    ...own,
    inputTokens: input + (cacheRead ?? 0) + (cacheWrite ?? 0),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite5mTokens: writtenFor('5m', usage),
    cacheWrite1hTokens: writtenFor('1h', usage),
    webSearches: own.webSearches ?? statedCount(usage, ['webSearchRequests']),
  });
}

function otherForm(name: string): InvalidInput {
  return new InvalidInput({
    field: `usage.${name}`,
    expected: `none beside ${MARKS.join(' or ')}: whether the input includes what was cached could not be told`,
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
