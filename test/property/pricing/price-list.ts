import {
  calcPrice,
  waitForUpdate,
  type MatchLogic,
  type ModelInfo,
  type Provider,
} from '@pydantic/genai-prices';

import { usageEntries, type UsageBuckets } from '../../../src/domain/usage.ts';
import { toSourceUnit } from '../../../src/pricing/price-key.ts';

/** A model of the bundled price list. */
export interface ListedModel {
  readonly provider: string;
  /** A name that leads to it. */
  readonly model: string;
  /** The list's own name for it. */
  readonly priceId: string;
}

/** What the package itself computes, in floating-point dollars. */
export type PackagePrice = ReturnType<typeof calcPrice>;

/** Every model of the bundled list that some name leads to, with such a name. */
export async function listModels(): Promise<readonly ListedModel[]> {
  const providers: readonly Provider[] = (await waitForUpdate()) ?? [];
  return providers.flatMap((provider) =>
    provider.models.flatMap((row) => {
      const name = [row.id, ...namesIn(row.match)].find((candidate) =>
        leadsTo(candidate, provider, row),
      );
      return name === undefined
        ? []
        : [{ provider: provider.id, model: name, priceId: `${provider.id}/${row.id}` }];
    }),
  );
}

/** The texts that a rule compares with, which are names or beginnings of names. */
function namesIn(rule: MatchLogic): readonly string[] {
  return Object.values(rule).flatMap((value: string | MatchLogic[]) =>
    typeof value === 'string' ? [value] : value.flatMap(namesIn),
  );
}

function leadsTo(name: string, provider: Provider, row: ModelInfo): boolean {
  const found = calcPrice({}, name, { providerId: provider.id, timestamp: new Date(0) });
  return found?.provider.id === provider.id && found.model.id === row.id;
}

/** A usage in the package's spelling: snake case, durations in seconds. */
export function toPackageUsage(usage: UsageBuckets): Record<string, number> {
  return Object.fromEntries(
    usageEntries(usage)
      .filter(([unit]) => unit !== 'requests')
      .map(([unit, count]) => [toSourceUnit(unit), count / (unit.endsWith('Ms') ? 1000 : 1)]),
  );
}

/** Whether an exact amount and a floating-point one are the same but for the latter's rounding. */
export function isClose(pico: bigint, usd: number): boolean {
  const exact = Number(pico) / 1e12;
  return Math.abs(exact - usd) <= 1.5e-12 + 1e-9 * Math.abs(usd);
}
