import type { ExtractPath, Provider } from '@pydantic/genai-prices';

import { isStatedCount } from '../domain/stated-count.ts';
import { USAGE_UNITS, type UsageUnit } from '../domain/usage-unit.ts';
import { type Fields, isFields } from './ai-sdk-usage.ts';
import { toSourceUnit } from './price-key.ts';

/** The form in which one interface of a provider reports usage. */
export interface UsageFlavor {
  readonly name: string;
  /** Where the usage sits in a whole response. */
  readonly path: readonly string[];
  /** Entries of the usage without which it is not of this flavor. */
  readonly required: readonly string[];
  readonly counts: readonly FlavorCount[];
}

interface FlavorCount {
  readonly unit: string;
  /** Where the count sits in the usage. */
  readonly path: readonly string[];
  readonly isRequired: boolean;
  /** Whether it is a length of time in seconds, which need not be whole. */
  readonly isDuration: boolean;
}

/** The unit of each name that the price list has for one. */
export const UNIT_OF_SOURCE: ReadonlyMap<string, UsageUnit> = new Map(
  USAGE_UNITS.map((unit) => [toSourceUnit(unit), unit]),
);

/** Interfaces whose bodies look like those of another one, so only the caller can know them. */
const ONLY_WHEN_NAMED: ReadonlySet<string> = new Set(['ocr_annotated']);

/** What is known of providers, made once for each. */
const flavorsByProvider: WeakMap<Provider, readonly UsageFlavor[]> = new WeakMap();

/** The forms in which a provider reports usage; only the named one when there is a name. */
export function flavorsOf(provider: Provider, named: string | undefined): readonly UsageFlavor[] {
  let flavors = flavorsByProvider.get(provider);
  if (flavors === undefined) {
    flavors = readFlavors(provider);
    flavorsByProvider.set(provider, flavors);
  }
  return flavors.filter(({ name }) =>
    named === undefined ? !ONLY_WHEN_NAMED.has(name) : name === named,
  );
}

/** Name of the count that keeps a usage from being read, below the body: one of a shape of which other counts are there. */
export function findWrongCount(
  providers: readonly Provider[],
  body: Fields,
  apiFlavor: string | undefined,
): string | null {
  for (const flavor of providers.flatMap((provider) => flavorsOf(provider, apiFlavor))) {
    const { place, usage } = usageIn(body, flavor);
    if (flavor.counts.every(({ path }) => valueAt(usage, path) === undefined)) continue;
    const name = wrongCountIn(usage, flavor) ?? missingCountIn(usage, flavor);
    if (name !== null) return nameBelow('', place) + name;
  }
  return null;
}

/** Name of the first count of a usage that is no count, below the usage; null when there is none. */
export function wrongCountIn(usage: unknown, { counts }: UsageFlavor): string | null {
  for (const { path, isDuration } of counts) {
    for (const { name, value } of valuesAt({ name: '', value: usage }, path)) {
      if (!isCountLike(value, isDuration)) return name;
    }
  }
  return null;
}

/** For how many units a usage has something where a flavor has their counts. */
export function countsIn(usage: unknown, { counts }: UsageFlavor): number {
  const present = counts.filter(({ path }) => (valueAt(usage, path) ?? null) !== null);
  return new Set(present.map(({ unit }) => unit)).size;
}

function missingCountIn(usage: unknown, { counts }: UsageFlavor): string | null {
  const missing = counts.find(
    ({ isRequired, path }) => isRequired && typeof valueAt(usage, path) !== 'number',
  );
  return missing === undefined ? null : nameBelow('', missing.path);
}

/** What is at the end of a path; in a list each entry is looked at. */
function* valuesAt(
  { name, value }: { readonly name: string; readonly value: unknown },
  path: readonly string[],
): Generator<{ readonly name: string; readonly value: unknown }> {
  const [key, ...rest] = path;
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries())
      yield* valuesAt({ name: `${name}[${index}]`, value: entry }, path);
  } else if (key === undefined) {
    yield { name, value };
  } else if (isFields(value)) {
    yield* valuesAt({ name: nameBelow(name, [key]), value: value[key] }, rest);
  }
}

/** A name below another, to be put behind that of the body. */
export function nameBelow(name: string, path: readonly string[]): string {
  return path.reduce((above, key) => `${above}.${key}`, name);
}

/** What is inside of fields inside of fields; undefined when there is nothing. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isFields(inner) ? inner[key] : undefined), value);
}

/** The usage in a whole response, in what is left of one, or as it stands. */
function usageIn(
  body: Fields,
  { path }: UsageFlavor,
): { readonly place: readonly string[]; readonly usage: unknown } {
  for (const place of [path, path.slice(-1)]) {
    const usage = valueAt(body, place);
    if (usage !== undefined) return { place, usage };
  }
  return { place: [], usage: body };
}

/** Nothing in the place of a number says nothing; anything else says something that is not read. */
function isCountLike(value: unknown, isDuration: boolean): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'number') return false;
  return isStatedCount(isDuration ? Math.round(value * 1000) : value);
}

function readFlavors(provider: Provider): readonly UsageFlavor[] {
  return (provider.extractors ?? []).map(({ api_flavor: name, root, mappings }) => ({
    name,
    path: namesIn(root),
    required: mappings.flatMap(({ path, required }) => (required ? namesIn(path).slice(0, 1) : [])),
    counts: mappings.flatMap(({ dest, path, required: isRequired }) =>
      UNIT_OF_SOURCE.has(dest)
        ? [{ unit: dest, path: namesIn(path), isRequired, isDuration: dest.endsWith('_seconds') }]
        : [],
    ),
  }));
}

function namesIn(path: ExtractPath): readonly string[] {
  return [path].flat().filter((step) => typeof step === 'string');
}
