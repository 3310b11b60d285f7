import type { DecisionEnvironment } from '../../src/domain/environment.ts';
import { toText } from '../../src/domain/json.ts';
import { toPicoUsd } from '../../src/domain/money.ts';
import type { PriceBook } from '../../src/domain/price-book.ts';

/** Pico-US-dollars a token of the models that the builders' price book knows. */
export const PICO_PER_TOKEN: Readonly<Record<string, { input: bigint; output: bigint }>> = {
  small: { input: 2n, output: 10n },
  large: { input: 30n, output: 60n },
};

/** Knows `small` and `large`; everything else has no price. */
export function aPriceBook(): PriceBook {
  return {
    priceUsage({ usage, model }) {
      const price = Object.hasOwn(PICO_PER_TOKEN, model) ? PICO_PER_TOKEN[model] : undefined;
      if (price === undefined) return { kind: 'unpriced', reason: 'unknown-model' };
      const inputPico = toPicoUsd(BigInt(usage.inputTokens ?? 0) * price.input);
      const outputPico = toPicoUsd(BigInt(usage.outputTokens ?? 0) * price.output);
      return {
        kind: 'priced',
        inputPico,
        outputPico,
        otherPico: toPicoUsd(0n),
        costPico: toPicoUsd(inputPico + outputPico),
        priceId: `test/${model}`,
      };
    },
  };
}

/** A still clock, ids `id-1`, `id-2`..., and one token per character, so that every figure can be seen in the text. */
export function anEnvironment(options: Partial<DecisionEnvironment> = {}): DecisionEnvironment {
  let ids = 0;
  return {
    nowMs: 1_000_000,
    newId: () => `id-${(ids += 1)}`,
    countTokens: (content) => toText(content).length,
    isExactFor: () => true,
    prices: aPriceBook(),
    ...options,
  };
}
