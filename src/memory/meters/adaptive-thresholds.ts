import { InvalidInput } from '../../domain/errors.ts';
import { type AdaptiveOptions, parseAdaptiveOptions } from '../../domain/meter-options.ts';

/** When an eviction run begins and where it ends, as shares of the room. */
export interface EvictionThresholds {
  readonly evictionThreshold: number;
  readonly targetUtilisation: number;
}

/** Room between both, so that a run is worth its while. */
const GAP = 0.15;
/** How much of the latest turn counts in the average of faults. */
const SMOOTHING = 0.3;
/** How far one fault too many moves the target. */
const GAIN = 0.02;

/**
 * Evicts less while pages that were evicted are asked for again, and more while none are. The target moves in small steps within
 * bounds.
 */
export class AdaptiveThresholds {
  readonly #min: number;
  readonly #max: number;
  readonly #maxStep: number;
  readonly #targetFaults: number;
  #faults: number;
  #target: number;

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: AdaptiveOptions = {}) {
    const { initial = 0.7, min = 0.5, max = 0.8, ...rest } = parseAdaptiveOptions(options);
    if (min > initial || initial > max) {
      throw new InvalidInput({ field: 'options.initial', expected: 'between min and max' });
    }
    this.#min = min;
    this.#max = max;
    this.#maxStep = rest.maxStep ?? 0.05;
    this.#targetFaults = rest.targetFaultsPerTurn ?? 0.5;
    this.#target = initial;
    this.#faults = this.#targetFaults;
  }

  /** Takes in the faults of a turn that is over; a turn that evicted nothing and faulted nothing changes nothing. */
  endTurn(turn: { readonly faults: number; readonly evictions: number }): EvictionThresholds {
    this.#faults += SMOOTHING * (turn.faults - this.#faults);
    if (turn.faults > 0 || turn.evictions > 0) {
      const step = GAIN * (this.#faults - this.#targetFaults);
      const bounded = Math.min(this.#maxStep, Math.max(-this.#maxStep, step));
      this.#target = Math.min(this.#max, Math.max(this.#min, this.#target + bounded));
    }
    return this.thresholds();
  }

  /** What holds now. */
  thresholds(): EvictionThresholds {
    return {
      evictionThreshold: Math.min(1, this.#target + GAP),
      targetUtilisation: this.#target,
    };
  }
}
