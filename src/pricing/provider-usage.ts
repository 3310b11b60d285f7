import type { Provider } from '@pydantic/genai-prices';

import { assertObject, reading } from '../domain/argument.ts';
import { InvalidInput } from '../domain/errors.ts';
import { isStatedCount, STATED_COUNT } from '../domain/stated-count.ts';
import { EMPTY_USAGE, type UsageBuckets } from '../domain/usage.ts';
import type { UsageUnit } from '../domain/usage-unit.ts';
import { readAiSdkCache } from './ai-sdk-cache.ts';
import {
  hasAiSdkCount,
  isAiSdkUsage,
  isFields,
  readAiSdkUsage,
  type Fields,
} from './ai-sdk-usage.ts';
import { isConverseCacheUsed, isConverseUsage, readConverseUsage } from './converse-usage.ts';
import { loadGenaiPrices } from './price-source.ts';
import { isStatedUsage, readStatedUsage } from './stated-usage.ts';
import {
  countsIn,
  findWrongCount,
  flavorsOf,
  nameBelow,
  UNIT_OF_SOURCE,
  type UsageFlavor,
  valueAt,
  wrongCountIn,
} from './usage-flavor.ts';

/** What is known about a response beside its body; the more is known, the less has to be told from its shape. */
export interface ProviderUsageOptions {
  /** Who answered, e.g. `openai`, `anthropic`, `google-vertex`. */
  readonly provider?: string | undefined;
  /** Which of the provider's interfaces answered, e.g. `chat` or `responses`. */
  readonly apiFlavor?: string | undefined;
  /** Tells the provider where none is named. */
  readonly model?: string | undefined;
}

/** Providers whose shapes nearly everybody else follows, in the order in which an unknown body is tried. */
const COMMON_PROVIDERS = ['openai', 'anthropic', 'google'];

/** Providers for which the Vercel AI SDK before v6 left cached tokens out of the input total, whatever the model. */
const CACHE_APART: ReadonlySet<string> = new Set(['anthropic', 'aws']);

/** What the list calls the form of Anthropic's bodies with those who serve its models, and with itself. */
const ANTHROPIC_FLAVOR = 'anthropic';
const ANTHROPIC_OWN_FLAVOR = 'default';

/**
 * Reads what a provider says it used, from the whole response, from its usage object, or from a usage of the Vercel AI SDK; our own
 * {@link UsageBuckets} and {@link UsageCounts} are read whole, too.
 * Numbers are taken as reported, even when they contradict each other; a usage of the AI SDK may have none, and is empty then.
 * @throws INVALID_INPUT when there is no usage in it, naming the count that is wrong or missing where the rest is there, one with
 * tokens that has a name nobody knows among plain counts, and when the named interface is not one of the provider's.
 */
export function parseProviderUsage(
  body: unknown,
  options: ProviderUsageOptions = {},
): UsageBuckets {
  assertObject(options, 'options');
  return reading('usage', () => readUsage(body, options));
}

function readUsage(body: unknown, options: ProviderUsageOptions): UsageBuckets {
  if (!isFields(body)) throw new InvalidInput({ field: 'usage', expected: usageShape(options) });
  const provider = findProvider(options);
  const inner = usageIn(body);
  const usage =
    readAiSdkCache(body, inner) ??
    readToldApart(inner, provider, options) ??
    readForms(body, provider, options) ??
    readStatedUsage(inner);
  if (usage !== null) return checkCounts(usage);
  throw new InvalidInput({ field: 'usage', expected: usageShape(options) });
}

/** The usage in a whole body; that of all steps, where the AI SDK took several and counted them. */
function usageIn(body: Fields): Fields {
  const { totalUsage: total, usage } = body;
  if (isFields(total) && hasAiSdkCount(total)) return total;
  return isFields(usage) ? usage : body;
}

/**
 * What the provider's own interfaces report, or the common ones where these know more of the body: a model does not say for sure who
 * served it, and most providers also speak in the form of another.
 * @throws INVALID_INPUT naming a count that is wrong or missing where the rest is there.
 */
function readForms(
  body: Fields,
  known: Provider | undefined,
  { apiFlavor, provider }: ProviderUsageOptions,
): UsageBuckets | null {
  const common = commonProviders();
  if (known === undefined || (known.extractors ?? []).length === 0)
    return readAs(common, body, apiFlavor);
  // Who names an interface means it.
  if (provider !== undefined && apiFlavor !== undefined) return readAs([known], body, apiFlavor);
  const own = findBest([known], body, apiFlavor);
  if (own !== null) return usageOf(apiFlavor === undefined ? fuller(own, common, body) : own);
  if (provider === undefined) return readAs(common, body, apiFlavor);
  return readAs([known], body, undefined) ?? extractBest(common, body, undefined);
}

/** What the common interfaces find, where that is all that was found and more; what was found otherwise. */
function fuller(own: Found, common: readonly Provider[], body: Fields): Found {
  const other = own.wrong === null ? findBest(common, body, undefined) : null;
  return other !== null && other.size > own.size && hasAll(other, own) ? other : own;
}

function hasAll(other: Found, { usage }: Found): boolean {
  return (
    other.wrong !== null ||
    Object.entries(usage).every(([unit, count]) => valueAt(other.usage, [unit]) === count)
  );
}

/** What some providers' interfaces report; null when there is nothing of theirs in the body. */
function readAs(
  providers: readonly Provider[],
  body: Fields,
  apiFlavor: string | undefined,
): UsageBuckets | null {
  assertFlavor(providers, apiFlavor);
  const usage = extractBest(providers, body, apiFlavor);
  if (usage !== null) return usage;
  const wrong = findWrongCount(providers, body, apiFlavor);
  if (wrong !== null) throw wrongCount(wrong);
  return null;
}

/** What is accepted, in words; examples are easier to follow than the name of a form. */
function usageShape({ provider }: ProviderUsageOptions): string {
  const whose = provider ? `as ${provider} reports it` : 'as a provider reports it';
  return `a response or its usage object ${whose}, e.g. { prompt_tokens, completion_tokens, total_tokens }, or plain counts: { inputTokens, outputTokens }`;
}

/** Forms that are known by names of their own, whoever answered; null for any other. */
function readToldApart(
  usage: Fields,
  provider: Provider | undefined,
  { model = '' }: ProviderUsageOptions,
): UsageBuckets | null {
  if (isConverseCacheUsed(usage)) return readConverseUsage(usage);
  if (isStatedUsage(usage)) return readStatedUsage(usage);
  if (isConverseUsage(usage)) return readConverseUsage(usage);
  if (!isAiSdkUsage(usage)) return null;
  return readAiSdkUsage(usage, { isCacheApart: isCacheApart(provider, model) });
}

/** Whether the AI SDK before v6 left cached tokens out of the input: so it did wherever it speaks with Claude in Anthropic's form. */
function isCacheApart(provider: Provider | undefined, model: string): boolean {
  if (provider === undefined) return false;
  if (CACHE_APART.has(provider.id)) return true;
  return /claude/i.test(model) && flavorsOf(provider, ANTHROPIC_FLAVOR).length > 0;
}

function findProvider({ provider, model }: ProviderUsageOptions): Provider | undefined {
  const { findProvider: find } = loadGenaiPrices();
  if (provider !== undefined) {
    const [head = ''] = provider.split('.');
    return find({ providerId: provider }) ?? find({ providerId: head });
  }
  return model === undefined ? undefined : find({ modelId: model });
}

function commonProviders(): readonly Provider[] {
  const { findProvider: find } = loadGenaiPrices();
  return COMMON_PROVIDERS.flatMap((providerId) => find({ providerId }) ?? []);
}

function assertFlavor(providers: readonly Provider[], apiFlavor: string | undefined): void {
  if (apiFlavor === undefined) return;
  const extractors = providers.flatMap((provider) => provider.extractors ?? []);
  const known = new Set(extractors.map((extractor) => extractor.api_flavor));
  if (known.has(apiFlavor)) return;
  throw new InvalidInput({ field: 'apiFlavor', expected: `one of ${[...known].join(', ')}` });
}

/** @throws INVALID_INPUT naming the count that is wrong where the most was found. */
function extractBest(
  providers: readonly Provider[],
  body: Fields,
  apiFlavor: string | undefined,
): UsageBuckets | null {
  const best = findBest(providers, body, apiFlavor);
  return best === null ? null : usageOf(best);
}

/** @throws INVALID_INPUT naming the count that is wrong. */
function usageOf({ usage, wrong }: Found): UsageBuckets {
  // Another interface may read the body without the count that is wrong, and half of the call would go unpaid.
  if (wrong !== null) throw wrongCount(wrong);
  return usage;
}

/** The extraction that finds the most numbers: a body that fits several interfaces belongs to the one that knows it best. */
function findBest(
  providers: readonly Provider[],
  body: Fields,
  apiFlavor: string | undefined,
): Found | null {
  let best: Found | null = null;
  for (const { provider, flavor } of formsOf(providers, apiFlavor)) {
    const found = extract(provider, body, flavor);
    if (found !== null && isBetter(found, best)) best = found;
  }
  return best;
}

/** A form of usage, and whose it is. */
interface Form {
  readonly provider: Provider;
  readonly flavor: UsageFlavor;
}

/**
 * The forms of some providers. Who serves Anthropic's models sends Anthropic's bodies, of which the list knows more counts with
 * Anthropic itself: how long a cache is kept, and what was searched for.
 */
function formsOf(providers: readonly Provider[], apiFlavor: string | undefined): readonly Form[] {
  return providers.flatMap((provider) =>
    flavorsOf(provider, apiFlavor).flatMap((flavor) => [
      { provider, flavor },
      ...(flavor.name === ANTHROPIC_FLAVOR ? anthropicForms() : []),
    ]),
  );
}

function anthropicForms(): readonly Form[] {
  const provider = loadGenaiPrices().findProvider({ providerId: 'anthropic' });
  if (provider === undefined) return [];
  return flavorsOf(provider, ANTHROPIC_OWN_FLAVOR).map((flavor) => ({ provider, flavor }));
}

/** What one flavor finds in a body: how many numbers, or which of its counts is none. */
interface Found {
  readonly usage: UsageBuckets;
  readonly size: number;
  readonly wrong: string | null;
}

function isBetter(found: Found, best: Found | null): boolean {
  if (best === null || found.size !== best.size) return found.size > (best?.size ?? 0);
  return best.wrong !== null && found.wrong === null;
}

function wrongCount(name: string): InvalidInput {
  return new InvalidInput({ field: `usage${name}`, expected: STATED_COUNT });
}

function extract(provider: Provider, body: Fields, flavor: UsageFlavor): Found | null {
  const { name, path, required } = flavor;
  for (let depth = 0; depth <= path.length; depth += 1) {
    const response = wrap(body, path.slice(0, depth));
    const usage = valueAt(response, path);
    if (!isFields(usage) || required.some((key) => !Object.hasOwn(usage, key))) continue;
    const wrong = wrongCountIn(usage, flavor);
    if (wrong !== null) {
      // In the body as it came, the usage sits below what was not wrapped around it.
      const place = nameBelow('', path.slice(depth));
      return { usage: EMPTY_USAGE, size: countsIn(usage, flavor), wrong: place + wrong };
    }
    const buckets = tryExtract(provider, response, name);
    if (buckets !== null) return { usage: buckets, size: sizeOf(buckets), wrong: null };
  }
  return null;
}

function tryExtract(provider: Provider, response: Fields, flavor: string): UsageBuckets | null {
  try {
    return toBuckets(loadGenaiPrices().extractUsage(provider, response, flavor).usage);
  } catch {
    // The package throws for a body of another shape, which is one of the answers this function is asked for.
    return null;
  }
}

/** The body as it would sit in a whole response. */
function wrap(body: Fields, path: readonly string[]): Fields {
  return path.reduceRight<Fields>((inner, key) => ({ [key]: inner }), body);
}

function toBuckets(usage: Readonly<Record<string, number | undefined>>): UsageBuckets {
  const buckets: { [Unit in UsageUnit]?: number } = {};
  for (const [name, count] of Object.entries(usage)) {
    const unit = UNIT_OF_SOURCE.get(name);
    if (unit === undefined || count === undefined) continue;
    buckets[unit] = name.endsWith('_seconds') ? Math.round(count * 1000) : count;
  }
  return buckets;
}

function sizeOf(usage: UsageBuckets): number {
  return Object.keys(usage).length;
}

function checkCounts(usage: UsageBuckets): UsageBuckets {
  for (const [unit, count] of Object.entries(usage)) {
    if (!isStatedCount(count))
      throw new InvalidInput({ field: `usage.${unit}`, expected: STATED_COUNT });
  }
  return usage;
}
