import type { Kernel } from '../kernel/kernel.ts';
import { toEstimate, weigh } from './estimator.ts';
import type { ClassWeights } from './estimator.ts';
import { largestFitting } from './largest-fitting.ts';
import type { TextMeter } from './text-meter.ts';
import { windowEnd } from './text-window.ts';

/** What an estimating meter is made of. */
export interface EstimatingMeterOptions {
  readonly kernel: Pick<Kernel, 'countTextClasses'>;
  readonly weights: ClassWeights;
  /** Tokens of the model's family for each token the weights stand for. */
  readonly factor: number;
}

/** Estimates tokens from what a text is made of, for models whose vocabulary is not here. More text is never fewer tokens. */
export class EstimatingMeter implements TextMeter {
  readonly #options: EstimatingMeterOptions;

  constructor(options: EstimatingMeterOptions) {
    this.#options = options;
  }

  countUpTo(text: string, limit: number): number {
    let weight = 0;
    let end = 0;
    for (let start = 0; start < text.length && toEstimate(weight) <= limit; start = end) {
      end = windowEnd(text, start);
      weight += this.#weigh(text.slice(start, end));
    }
    return Math.min(toEstimate(weight), limit + 1);
  }

  prefixWithin(text: string, maxTokens: number): number {
    let weight = 0;
    let end = 0;
    for (let start = 0; start < text.length; start = end) {
      end = windowEnd(text, start);
      const window = text.slice(start, end);
      const before = weight;
      weight += this.#weigh(window);
      if (toEstimate(weight) <= maxTokens) continue;
      const fits = (length: number): boolean =>
        toEstimate(before + this.#weigh(window.slice(0, length))) <= maxTokens;
      return start + largestFitting(window.length, fits);
    }
    return text.length;
  }

  #weigh(text: string): number {
    const { kernel, weights, factor } = this.#options;
    return weigh(kernel.countTextClasses(text), weights) * factor;
  }
}
