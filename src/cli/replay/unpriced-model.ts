import type { PriceBook } from '../../domain/price-book.ts';
import type { PlannedFamily } from '../chat-export/tracking-plan.ts';

/** A model as answers name it, and why their calls have no price. */
export interface UnpricedModel {
  readonly model: string;
  readonly provider: string | null;
  /** `unknown-provider`: the price list has the model, but not from this provider. */
  readonly reason: 'unknown-model' | 'unknown-provider';
}

/** Any amount will do to find out whether there is a price. */
const SOME_USAGE = { inputTokens: 1, outputTokens: 1 };

/** The models of recorded answers that had no price at a time, each once for every provider, in the order of the answers. */
export function findUnpricedModels(
  families: readonly PlannedFamily[],
  prices: PriceBook,
  atMs: number,
): readonly UnpricedModel[] {
  const isPriced = (model: string, provider?: string): boolean => {
    const { kind } = prices.priceUsage({ usage: SOME_USAGE, model, provider, atMs });
    return kind === 'priced';
  };
  return modelsOf(families).flatMap(({ model, provider }) => {
    if (isPriced(model, provider)) return [];
    const isKnown = provider !== undefined && isPriced(model);
    const reason = isKnown ? 'unknown-provider' : 'unknown-model';
    return [{ model, provider: provider ?? null, reason }];
  });
}

interface NamedModel {
  readonly model: string;
  readonly provider: string | undefined;
}

function modelsOf(families: readonly PlannedFamily[]): readonly NamedModel[] {
  const found = new Map<string, NamedModel>();
  for (const { steps } of families.flat()) {
    for (const step of steps) {
      if (step.kind !== 'answer' || step.options.model === undefined) continue;
      const { model, provider } = step.options;
      found.set(JSON.stringify([model, provider]), { model, provider });
    }
  }
  return [...found.values()];
}
