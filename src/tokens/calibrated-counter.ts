import { calibrate, type Calibrations, calibrationFactor } from '../domain/calibration.ts';
import type { TokenCounter } from './token-counter.ts';

/**
 * A counter whose estimates are corrected by what one session learned from its providers; exact counts stay as they are.
 * The counter itself when nothing was learned.
 */
export function calibratedCounter(counter: TokenCounter, known: Calibrations): TokenCounter {
  return known.length === 0 ? counter : new CalibratedCounter(counter, known);
}

class CalibratedCounter implements TokenCounter {
  readonly #counter: TokenCounter;
  readonly #known: Calibrations;

  constructor(counter: TokenCounter, known: Calibrations) {
    this.#counter = counter;
    this.#known = known;
  }

  countText(text: string, model: string): number {
    return this.#correct(this.#counter.countText(text, model), model);
  }

  count(content: unknown, model: string): ReturnType<TokenCounter['count']> {
    const count = this.#counter.count(content, model);
    return { ...count, tokens: this.#correct(count.tokens, model) };
  }

  countUpTo(text: string, options: Parameters<TokenCounter['countUpTo']>[1]): number {
    const { model, limit } = options;
    if (this.#factorOf(model) === 1) return this.#counter.countUpTo(text, options);
    const tokens = this.#correct(this.#counter.countText(text, model), model);
    return Math.min(tokens, (limit > 0 ? Math.floor(limit) : 0) + 1);
  }

  truncateText(text: string, options: Parameters<TokenCounter['truncateText']>[1]): string {
    const { model, maxTokens } = options;
    const factor = this.#factorOf(model);
    if (factor === 1) return this.#counter.truncateText(text, options);
    // Down to the estimate that the correction still rounds to no more than is allowed.
    let estimate = Math.max(0, Math.floor((maxTokens + 0.5) / factor));
    while (estimate > 0 && this.#correct(estimate, model) > maxTokens) estimate -= 1;
    return this.#counter.truncateText(text, { model, maxTokens: estimate });
  }

  isExactFor(model: string): boolean {
    return this.#counter.isExactFor(model);
  }

  preload(model: string): void {
    this.#counter.preload(model);
  }

  #correct(tokens: number, model: string): number {
    const factor = this.#factorOf(model);
    return factor === 1 ? tokens : calibrate(tokens, factor);
  }

  #factorOf(model: string): number {
    return this.#counter.isExactFor(model) ? 1 : calibrationFactor(this.#known, model);
  }
}
