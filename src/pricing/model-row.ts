import { createPriceSchedule, type PriceSchedule } from './price-schedule.ts';
import type { PriceSource } from './price-source.ts';

/** The prices found for a model name. */
export interface ModelRow {
  /** `provider/model` as the price list names them. */
  readonly priceId: string;
  readonly schedule: PriceSchedule;
  /** A call with less audio than this is charged for this much; 0 where there is no such rule. */
  readonly minimumAudioMs: number;
}

/** A name under which prices of a model may be had. */
export interface ModelCandidate {
  /** Absent where the model's name alone decides. */
  readonly provider?: string;
  readonly model: string;
  /** Whether the provider is what stands in front of the model's name, which need not be one. */
  readonly isPrefix: boolean;
}

/** Models whose provider charges short audio as if it were longer, as the notes of the price list say. */
const MINIMUM_AUDIO_MS: ReadonlyMap<string, number> = new Map([
  ['groq/whisper-large-v3', 10_000],
  ['groq/whisper-large-v3-turbo', 10_000],
]);

/** Gemini's own interface calls its models `models/<name>`. */
const RESOURCE = 'models/';

/** What callers write when they do not know the provider. */
const NO_PROVIDER: ReadonlySet<string> = new Set(['', 'unknown']);

/** Whether a caller has named a provider. */
function isNamed(provider: string): boolean {
  return !NO_PROVIDER.has(provider.trim().toLowerCase());
}

/**
 * Finds the prices of a model by the price list's own matching of names, dates and aliases. A named provider that does not
 * offer the model gives null even when another one does; it may carry a suffix (`openai.responses`). Without one, the
 * model's name decides, and may have the provider in front (`openai/gpt-4o`, `openai:gpt-4o`). `models/` in front says nothing.
 */
export function findModelRow(source: PriceSource, model: string, provider = ''): ModelRow | null {
  for (const candidate of candidatesOf(model, provider)) {
    const row = readRow(source, candidate);
    if (row !== null) return row;
  }
  return null;
}

function readRow(source: PriceSource, { provider, model }: ModelCandidate): ModelRow | null {
  const options = provider === undefined ? {} : { providerId: provider };
  try {
    // The price list also computes a price, which is not used; a fixed time keeps it from reading the clock.
    const match = source.calcPrice({}, model, { ...options, timestamp: new Date(0) });
    if (match === null) return null;
    const priceId = `${match.provider.id}/${match.model.id}`;
    return {
      priceId,
      schedule: createPriceSchedule(match.model.prices),
      minimumAudioMs: MINIMUM_AUDIO_MS.get(priceId) ?? 0,
    };
  } catch {
    // A damaged row of a price list must not keep a message from being recorded: its model counts as unpriced.
    return null;
  }
}

/** The names under which to look for a model's prices, in this order. */
export function candidatesOf(model: string, provider: string): readonly ModelCandidate[] {
  const name = model.trim();
  return isNamed(provider) ? byProvider(name, provider.trim()) : byModelAlone(name);
}

function byProvider(model: string, provider: string): readonly ModelCandidate[] {
  const providers = [provider, ...partsAround(provider, '.').slice(0, 1)];
  const models = model.startsWith(RESOURCE) ? [model, model.slice(RESOURCE.length)] : [model];
  return models.flatMap((name) =>
    providers.map((named) => ({ provider: named, model: name, isPrefix: false })),
  );
}

function byModelAlone(model: string): readonly ModelCandidate[] {
  const prefixed = ['/', ':'].flatMap((separator) => {
    const [provider, rest] = partsAround(model, separator);
    if (provider === undefined || rest === undefined) return [];
    if (`${provider}/` === RESOURCE) return [{ model: rest, isPrefix: false }];
    return [{ provider, model: rest, isPrefix: true }];
  });
  return [{ model, isPrefix: false }, ...prefixed];
}

/** The text before and after the first separator; nothing when there is none or a side is empty. */
function partsAround(text: string, separator: string): readonly string[] {
  const index = text.indexOf(separator);
  if (index <= 0 || index === text.length - 1) return [];
  return [text.slice(0, index), text.slice(index + 1)];
}
