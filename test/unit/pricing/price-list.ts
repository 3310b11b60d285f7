import type { PriceSource, SourceSchedule } from '../../../src/pricing/price-source.ts';

/** A price list of exactly these models of one provider, which counts how often it was asked. */
export function aPriceList(
  models: Readonly<Record<string, SourceSchedule>>,
  providerId = 'shop',
): PriceSource & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    calcPrice(_usage, modelId, options) {
      asked.push(modelId);
      const prices = models[modelId.toLowerCase()];
      const isOther = options.providerId !== undefined && options.providerId !== providerId;
      if (prices === undefined || isOther) return null;
      return { provider: { id: providerId }, model: { id: modelId.toLowerCase(), prices } };
    },
  };
}
