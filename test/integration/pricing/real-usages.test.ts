import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseUsd } from '../../../src/domain/money.ts';
import type { PricedUsage } from '../../../src/domain/price-book.ts';
import type { UsageBuckets } from '../../../src/domain/usage.ts';
import { findUsageConflict } from '../../../src/domain/usage.ts';
import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';
import { parseProviderUsage } from '../../../src/pricing/provider-usage.ts';
import { toPackageUsage } from '../../property/pricing/price-list.ts';
import {
  hasRealUsages,
  loadRealUsages,
  type ExpectedExtraction,
  type RealUsage,
} from './real-usages.ts';

/**
 * The prices were recorded at noon UTC of a day before the price changes of June 2026: any day from December 2025 on gives
 * the same ones, and noon lies within the hours for which deepseek-reasoner has its higher price.
 */
const RECORDED_AT_MS = Date.UTC(2026, 0, 1, 12);

/** The bundled list is newer than the records: these models were added to it or changed in it since. */
const NEWER_IN_LIST: ReadonlySet<string> = new Set([
  'aws gpt-5.6-sol',
  'azure deepseek-r1-distill-llama-70b',
  'azure deepseek-reasoner',
  'azure deepseek-v4-flash',
  'azure gpt-5.6-sol',
  'cerebras zai-glm-4.7',
  'google claude-sonnet-4-5-20250929',
  'openrouter openai/gpt-5-mini-2025-08-07',
]);

/** The bundled list reads cache writes from these bodies, which the records do not. */
const NEWER_EXTRACTION = 'azure';

interface Case {
  readonly row: RealUsage;
  readonly usage: Readonly<Record<string, number>>;
  readonly expected: ExpectedExtraction;
}

const cases: readonly Case[] = loadRealUsages().flatMap((row) =>
  row.extracted.flatMap(({ usage, extractors }) =>
    extractors.map((expected) => ({ row, usage, expected })),
  ),
);

const book = createPriceBook();

/** The records have the writes of Converse's cache as a whole only, without what was kept for how long. */
function isWithCacheDetails({ row, expected }: Case): boolean {
  return expected.provider_id === 'aws' && JSON.stringify(row.body).includes('"cacheDetails"');
}

/** Of Anthropic's bodies the records have less with others that serve its models than with Anthropic itself. */
function isServedByOthers({ expected }: Case): boolean {
  return expected.api_flavor === 'anthropic';
}

/** Searches were recorded without their price, and so were models under the name that Gemini's own interface gives them. */
function hasMorePrices(given: Case): boolean {
  const hasSearches = isServedByOthers(given) && (read(given).webSearches ?? 0) > 0;
  return hasSearches || given.row.model?.startsWith('models/') === true;
}

function isWithMore(given: Case): boolean {
  return isWithCacheDetails(given) || isServedByOthers(given);
}

function read({ row, expected }: Case): UsageBuckets {
  return parseProviderUsage(row.body, {
    provider: expected.provider_id,
    apiFlavor: expected.api_flavor,
  });
}

function price(given: Case): PricedUsage {
  return book.priceUsage({
    usage: read(given),
    model: given.row.model ?? '',
    provider: given.expected.provider_id,
    atMs: RECORDED_AT_MS,
  });
}

function isAsRecorded(given: Case): boolean {
  const { input_price: input, output_price: output, total_price: total } = given.expected;
  const priced = price(given);
  if (input === undefined || output === undefined) {
    return priced.kind === 'unpriced' && priced.reason === 'unknown-model';
  }
  return (
    priced.kind === 'priced' &&
    priced.inputPico === parseUsd(input) &&
    priced.outputPico === parseUsd(output) &&
    priced.costPico === (total === undefined ? parseUsd(input) + parseUsd(output) : parseUsd(total))
  );
}

function isReadAsRecorded(given: Case): boolean {
  const used = Object.fromEntries(Object.entries(read(given)).filter(([, count]) => count > 0));
  const sorted = (usage: Readonly<Record<string, number>>): string =>
    JSON.stringify(Object.entries(usage).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  return sorted(toPackageUsage(used)) === sorted(given.usage);
}

function nameOf({ row, expected }: Case): string {
  return `${expected.provider_id} ${row.model}`;
}

describe.skipIf(!hasRealUsages)('real responses (needs prices/usages.json)', () => {
  test('C-55: usage is read as recorded from every body by every interface', () => {
    const others = cases.filter((given) => !isWithMore(given) && !isReadAsRecorded(given));
    expect(cases.length).toBeGreaterThan(9000);
    expect(others.length).toBeLessThanOrEqual(9);
    expect(new Set(others.map(({ expected }) => expected.provider_id))).toEqual(
      new Set([NEWER_EXTRACTION]),
    );
    for (const given of others) {
      const { cacheWriteTokens, ...rest } = read(given);
      expect(cacheWriteTokens).toBeGreaterThan(0);
      expect(toPackageUsage(rest)).toMatchObject(given.usage);
    }
  });

  test('reads beside what was recorded how long Bedrock keeps what it wrote to its cache', () => {
    const detailed = cases.filter(isWithCacheDetails);
    expect(detailed.length).toBeGreaterThan(0);
    for (const given of detailed) {
      const { cacheWrite5mTokens: short = 0, cacheWrite1hTokens: long = 0, ...rest } = read(given);
      expect(toPackageUsage(rest)).toMatchObject(given.usage);
      expect(short + long).toBe(rest.cacheWriteTokens);
    }
  });

  test('reads of a body of Anthropic what Anthropic itself would, whoever served it', () => {
    const served = cases.filter(isServedByOthers);
    expect(served.length).toBeGreaterThan(0);
    // The interface is named: some of these bodies have counts of OpenAI's form, too.
    const own = { provider: 'anthropic', apiFlavor: 'default' };
    for (const given of served) {
      expect(read(given)).toEqual(parseProviderUsage(given.row.body, own));
      expect(toPackageUsage(read(given))).toMatchObject(given.usage);
    }
  });

  test('W-45: prices are exactly those recorded, and models without one are unpriced', () => {
    const others = cases.filter((given) => !hasMorePrices(given) && !isAsRecorded(given));
    expect(others.length).toBeLessThanOrEqual(20);
    expect(others.map(nameOf).filter((name) => !NEWER_IN_LIST.has(name))).toEqual([]);
  });

  test('where the bundled list has moved on, prices are those of the list', () => {
    for (const given of cases.filter((candidate) => NEWER_IN_LIST.has(nameOf(candidate)))) {
      const priced = price(given);
      const options = {
        providerId: given.expected.provider_id,
        timestamp: new Date(RECORDED_AT_MS),
      };
      const listed = calcPrice(toPackageUsage(read(given)), given.row.model ?? '', options);
      const usd = priced.kind === 'priced' ? Number(priced.costPico) / 1e12 : Number.NaN;
      expect(usd).toBeCloseTo(listed?.total_price ?? Number.NaN, 12);
    }
  });

  test('bodies tell the interface of their own provider themselves', () => {
    const own = cases.filter(
      ({ row, expected }) =>
        expected.input_price !== undefined && expected.provider_id === makerOf(row.model ?? ''),
    );
    for (const given of own) {
      const told = parseProviderUsage(given.row.body, { provider: given.expected.provider_id });
      expect(Object.keys(told).length).toBeGreaterThanOrEqual(Object.keys(read(given)).length);
      expect(told).toMatchObject(read(given));
    }
    expect(own.length).toBeGreaterThan(400);
  });

  test('no recorded usage contradicts itself', () => {
    expect(
      cases.map((given) => findUsageConflict(read(given))).filter((conflict) => conflict !== null),
    ).toEqual([]);
  });

  test('100 random ones are read and priced as recorded', () => {
    const known = cases.filter(
      (given) => !NEWER_IN_LIST.has(nameOf(given)) && isReadAsRecorded(given),
    );
    const priced = known.filter(({ expected }) => expected.input_price !== undefined);
    fc.assert(
      fc.property(fc.constantFrom(...priced), (given) => isAsRecorded(given)),
      { numRuns: 100 },
    );
    expect(priced.length).toBeGreaterThan(1600);
  });
});

function makerOf(model: string): string {
  if (model.startsWith('claude')) return 'anthropic';
  return model.startsWith('gemini') ? 'google' : 'openai';
}
