import { addUsage, EMPTY_USAGE, type UsageBuckets } from '../domain/usage.ts';
import { type Fields, hasAiSdkCount, isFields, onlyKnown, readAiSdkUsage } from './ai-sdk-usage.ts';
import { statedCount } from './stated-usage.ts';

/** Where the metadata of a step has what the usage before v6 has no names for. The input is without what is cached. */
const PLACES = {
  inputTokens: [['anthropic', 'usage', 'input_tokens']],
  cacheReadTokens: [
    ['anthropic', 'cacheReadInputTokens'],
    ['anthropic', 'usage', 'cache_read_input_tokens'],
    ['bedrock', 'usage', 'cacheReadInputTokens'],
  ],
  cacheWriteTokens: [
    ['anthropic', 'cacheCreationInputTokens'],
    ['anthropic', 'usage', 'cache_creation_input_tokens'],
    ['bedrock', 'usage', 'cacheWriteInputTokens'],
  ],
  cacheWrite5mTokens: [['anthropic', 'usage', 'cache_creation', 'ephemeral_5m_input_tokens']],
  cacheWrite1hTokens: [['anthropic', 'usage', 'cache_creation', 'ephemeral_1h_input_tokens']],
} as const;

/** Names by which a usage counts the cache itself. */
const OWN_COUNTS = /^cache[RWC]|^inputTokenDetails$/;

/**
 * Reads a result of the Vercel AI SDK before v6 whose metadata tells what was written to a cache and read from it. Null where it does
 * not, or the usage itself does.
 * @throws INVALID_INPUT naming a count that is wrong.
 */
export function readAiSdkCache(body: Fields, usage: Fields): UsageBuckets | null {
  if (!hasAiSdkCount(usage) || isFields(usage['inputTokens'])) return null;
  if (Object.keys(usage).some((name) => OWN_COUNTS.test(name))) return null;
  const steps = stepsOf(body, usage);
  const metadata = readMetadata(steps);
  const { inputTokens: _plain, ...cache } = metadata;
  if (Object.keys(cache).length === 0) return null;
  // What holds for a step of Claude's does not for one of another model.
  return steps.some(isOfOthers) ? sumOfSteps(steps) : readWhole(usage, metadata);
}

/** Whether a step was taken elsewhere than where the input is told without what is cached. Bedrock says nothing of a step without news. */
function isOfOthers({ providerMetadata }: Fields): boolean {
  if (!isFields(providerMetadata) || Object.keys(providerMetadata).length === 0) return false;
  return !isFields(providerMetadata['anthropic']) && !isFields(providerMetadata['bedrock']);
}

/** Null where a step does not tell what it took. */
function sumOfSteps(steps: readonly Fields[]): UsageBuckets | null {
  let sum: UsageBuckets = EMPTY_USAGE;
  for (const step of steps) {
    const { usage } = step;
    if (!isFields(usage) || !hasAiSdkCount(usage)) return null;
    const read = isOfOthers(step)
      ? readAiSdkUsage(usage, { isCacheApart: false })
      : readWhole(usage, readMetadata([step]));
    sum = addUsage(sum, read, 1);
  }
  return sum;
}

function readWhole(usage: Fields, metadata: UsageBuckets): UsageBuckets {
  const { inputTokens: plainInput, ...cache } = metadata;
  const isCacheApart = true;
  const { inputTokens = 0, ...read } = readAiSdkUsage(usage, { isCacheApart, isOutputWhole: true });
  const input = inputTokens - (read.cacheReadTokens ?? 0);
  const all = { ...cache, ...read };
  const cached = (all.cacheReadTokens ?? 0) + (all.cacheWriteTokens ?? 0);
  // A gateway may have added it.
  const isWhole = plainInput !== undefined && input === plainInput + cached;
  return { ...all, inputTokens: isWhole ? input : input + cached };
}

function readMetadata(steps: readonly Fields[]): UsageBuckets {
  return onlyKnown({
    inputTokens: sumOf(steps, PLACES.inputTokens),
    cacheReadTokens: sumOf(steps, PLACES.cacheReadTokens),
    cacheWriteTokens: sumOf(steps, PLACES.cacheWriteTokens),
    cacheWrite5mTokens: sumOf(steps, PLACES.cacheWrite5mTokens),
    cacheWrite1hTokens: sumOf(steps, PLACES.cacheWrite1hTokens),
  });
}

/** The metadata of a result is that of its last step, and so is its usage where another one is that of all. */
function stepsOf(body: Fields, usage: Fields): readonly Fields[] {
  const { steps, totalUsage } = body;
  const isLastStep = isFields(totalUsage) && usage !== totalUsage;
  const all: readonly unknown[] = Array.isArray(steps) && !isLastStep ? steps : [];
  return all.length > 0 ? all.filter(isFields) : [body];
}

function sumOf(
  steps: readonly Fields[],
  places: readonly (readonly string[])[],
): number | undefined {
  const counts = steps.flatMap((step) => {
    const found = places.map((place) => statedCount(step, ['providerMetadata', ...place]));
    return found.find((count) => count !== undefined) ?? [];
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}
