import { InvalidInput } from '../domain/errors.ts';
import { STATED_COUNT } from '../domain/stated-count.ts';
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

/** Names of the totals, before and since v5. */
const TOTALS = ['inputTokens', 'outputTokens', 'promptTokens', 'completionTokens'];

/** Whether a usage of the Vercel AI SDK has a number for one of its totals. */
export function hasAiSdkCount(usage: Fields): boolean {
  return TOTALS.some((name) => {
    const total = usage[name];
    const count = isFields(total) ? total['total'] : total;
    return typeof count === 'number' && !Number.isNaN(count);
  });
}

/** Whether a value is an object whose entries can be read. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the usage alone does not tell. */
export interface AiSdkUsageOptions {
  /** The input total leaves out cached tokens, as it does for Anthropic models before v6. */
  readonly isCacheApart: boolean;
  /** The output total has what the model thought, as of every model but Google's. Default: whatever the totals say. */
  readonly isOutputWhole?: boolean | undefined;
}

/** Reads a usage of the Vercel AI SDK; a cached count larger than the input total shows that the total leaves it out. */
export function readAiSdkUsage(
  usage: Fields,
  { isCacheApart, isOutputWhole = false }: AiSdkUsageOptions,
): UsageBuckets {
  if (isFields(usage['inputTokens'])) return readProviderUsage(usage);
  const input = totalIn(usage, 'inputTokens', 'promptTokens');
  const details = usage['inputTokenDetails'];
  const cacheRead =
    countIn(usage, 'inputTokenDetails', 'cacheReadTokens') ?? countIn(usage, 'cachedInputTokens');
  const isWithoutCache = !isFields(details) && (isCacheApart || (cacheRead ?? 0) > (input ?? 0));
  const wholeInput = isWithoutCache ? (input ?? 0) + (cacheRead ?? 0) : input;
  return onlyKnown({
    inputTokens: wholeInput,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: countIn(usage, 'inputTokenDetails', 'cacheWriteTokens'),
    ...readOutput(usage, { input: wholeInput, isOutputWhole }),
  });
}

function readOutput(
  usage: Fields,
  { input, isOutputWhole }: { readonly input: number | undefined; readonly isOutputWhole: boolean },
): UsageBuckets {
  const output = totalIn(usage, 'outputTokens', 'completionTokens');
  const reasoning =
    countIn(usage, 'outputTokenDetails', 'reasoningTokens') ?? countIn(usage, 'reasoningTokens');
  // Of an input that nobody counted, any total would leave room.
  const room =
    input === undefined ? 0 : (countIn(usage, 'totalTokens') ?? 0) - input - (output ?? 0);
  const isApart =
    reasoning !== undefined &&
    !isOutputWhole &&
    !isFields(usage['outputTokenDetails']) &&
    isReasoningApart(reasoning, { output, room });
  return onlyKnown({
    outputTokens: isApart ? (output ?? 0) + reasoning : output,
    outputReasoningTokens: reasoning,
  });
}

/**
 * Whether an output leaves out what the model thought, as that of Gemini before v6: then the sum of all has room for it beside the
 * input and the output, or it is more than the output that it would be a part of.
 */
function isReasoningApart(
  reasoning: number,
  { output, room }: { readonly output: number | undefined; readonly room: number },
): boolean {
  return (output !== undefined && reasoning > output) || (reasoning > 0 && room >= reasoning);
}

/** Beside the same marks, a total may have the name that it had before v5, and that plain counts have. */
function totalIn(usage: Fields, name: string, formerName: string): number | undefined {
  return countIn(usage, name) ?? countIn(usage, formerName);
}

function readProviderUsage(usage: Fields): UsageBuckets {
  return onlyKnown({
    inputTokens: countIn(usage, 'inputTokens', 'total'),
    cacheReadTokens: countIn(usage, 'inputTokens', 'cacheRead'),
    cacheWriteTokens: countIn(usage, 'inputTokens', 'cacheWrite'),
    outputTokens: countIn(usage, 'outputTokens', 'total'),
    outputReasoningTokens: countIn(usage, 'outputTokens', 'reasoning'),
  });
}

/**
 * A number that was reported; the AI SDK writes undefined, and before v5 NaN, for what was not.
 * @throws INVALID_INPUT naming the count that is anything else.
 */
function countIn(usage: Fields, ...path: readonly string[]): number | undefined {
  let value: unknown = usage;
  for (const key of path) value = isFields(value) ? value[key] : undefined;
  if (value === undefined || value === null || Number.isNaN(value)) return undefined;
  if (typeof value === 'number') return value;
  throw new InvalidInput({ field: ['usage', ...path].join('.'), expected: STATED_COUNT });
}

/** The counts that are known. */
export function onlyKnown(counts: {
  readonly [Unit in UsageUnit]?: number | undefined;
}): UsageBuckets {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}
