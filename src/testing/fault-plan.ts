import type { Clock } from '../domain/clock.ts';
import type { ForwardedMethod } from '../store/forwarding-store.ts';
import { seededRandom } from './seeded-random.ts';

/** What can happen to a call between its caller and the store. */
export const FATES = [
  'deliver',
  'delay',
  'drop-request',
  'drop-reply',
  'late',
  'duplicate',
] as const;

/**
 * `deliver`: nothing. `delay`: it arrives later. `drop-request`: it never arrives. `drop-reply`: it is carried out and the
 * answer is lost. `late`: the caller is told that the outcome is unknown, and it arrives after that. `duplicate`: it is
 * answered, and a second copy arrives later. A caller whose call was dropped or is late sees UNKNOWN_OUTCOME.
 */
export type Fate = (typeof FATES)[number];

/** A method of the store that a network could come between. */
export type StoreMethod = ForwardedMethod;

/** Decides what happens to each call. */
export interface FaultPlan {
  readonly clock: Clock;
  /** The fate of the next call. */
  fateOf(method: StoreMethod): Fate;
  /** How long a delayed call, a late one or a second copy is under way. */
  delayMs(): number;
}

/** Settings of a random plan. */
export interface SeededFaultOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** Probability of each fate, 0 to 1; what is left of 1 is delivered. */
  readonly chances: Readonly<Partial<Record<Exclude<Fate, 'deliver'>, number>>>;
  /** Longest time under way; 50 ms when not given. */
  readonly maxDelayMs?: number;
  /** The methods that faults happen to; all when not given. */
  readonly methods?: readonly StoreMethod[];
}

const DEFAULT_MAX_DELAY_MS = 50;

/** A plan drawn from a seed: the same calls in the same order meet the same faults. */
export function seededFaults(options: SeededFaultOptions): FaultPlan {
  const random = seededRandom(options.seed);
  const { clock, chances, methods, maxDelayMs = DEFAULT_MAX_DELAY_MS } = options;
  return {
    clock,
    fateOf: (method) => {
      if (methods !== undefined && !methods.includes(method)) return 'deliver';
      return pickFate(chances, random.next());
    },
    delayMs: () => 1 + random.below(maxDelayMs),
  };
}

/** A plan that gives the first calls the fates listed and delivers the rest; every delay is 1 ms. */
export function scriptedFaults(clock: Clock, fates: readonly Fate[]): FaultPlan {
  const rest = fates.values();
  return { clock, fateOf: () => rest.next().value ?? 'deliver', delayMs: () => 1 };
}

function pickFate(chances: SeededFaultOptions['chances'], draw: number): Fate {
  let bound = 0;
  for (const fate of FATES) {
    if (fate === 'deliver') continue;
    bound += chances[fate] ?? 0;
    if (draw < bound) return fate;
  }
  return 'deliver';
}
