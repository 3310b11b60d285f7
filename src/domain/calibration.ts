import type { DecisionEnvironment } from './environment.ts';
import type { JsonValue } from './json.ts';

/** How many of the latest observations are kept: enough for a steady median, few enough to follow a change of the model. */
const WINDOW_SIZE = 15;

/** An observation further off than this says more about what was sent along (tools, images) than about the estimate. */
const MAX_RATIO = 4;

/** Models whose counts a session corrects; of more, those are forgotten that were not heard of for longest. */
export const MAX_CALIBRATED_MODELS = 8;

/** Ratios are kept with three decimals: what they are the quotient of is not known better. */
const RATIO_STEPS = 1000;

/** What is known of how a model's reported usage compares with our counts. */
export interface Calibration {
  /** Reported tokens for each estimated one, the latest last. */
  readonly ratios: readonly number[];
}

/** One answer of a provider, next to what was expected; both in tokens and for the same text. */
export interface UsageObservation {
  readonly estimated: number;
  readonly reported: number;
}

/** Nothing observed yet: counts are taken as they are. */
export const UNCALIBRATED: Calibration = { ratios: [] };

/**
 * Adds what a provider reported. Each ratio is clipped to between a quarter and four; the oldest one is dropped when there
 * are more than fifteen. Numbers that are not positive and finite teach nothing and are left out.
 */
export function withObservation(state: Calibration, observation: UsageObservation): Calibration {
  const { estimated, reported } = observation;
  if (!isCount(estimated) || !isCount(reported)) return state;
  const ratio = reported / estimated;
  const clipped = Math.min(Math.max(ratio, 1 / MAX_RATIO), MAX_RATIO);
  const rounded = Math.round(clipped * RATIO_STEPS) / RATIO_STEPS;
  return { ratios: [...state.ratios, rounded].slice(-WINDOW_SIZE) };
}

/** The factor between reported and estimated tokens: their median, which a few answers that are far off do not move; 1 at first. */
export function calibrationFactor(state: Calibration): number {
  const sorted = state.ratios.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 1;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return (lower + upper) / 2;
}

/** Corrects an estimate: a whole number, and at least one for any estimate above zero. */
export function calibrate(state: Calibration, tokens: number): number {
  return isCount(tokens) ? Math.max(1, Math.round(tokens * calibrationFactor(state))) : 0;
}

/** What a session learned about the models it was answered by, the one heard of last at the end. */
export type Calibrations = Readonly<Record<string, Calibration>>;

/** Adds what a provider reported for one model. */
export function withModelObservation(
  known: Calibrations,
  model: string,
  observation: UsageObservation,
): Calibrations {
  const before = calibrationOf(known, model);
  const after = withObservation(before, observation);
  if (after === before) return known;
  const others = Object.entries(known).filter(([name]) => name !== model);
  return Object.fromEntries([...others.slice(-MAX_CALIBRATED_MODELS + 1), [model, after]]);
}

/** What is known of one model. */
export function calibrationOf(known: Calibrations, model: string): Calibration {
  return (Object.hasOwn(known, model) ? known[model] : undefined) ?? UNCALIBRATED;
}

/** The tokens of content in a session: exact counts as they are, estimates corrected by what the session learned. */
export function countCalibrated(
  env: Pick<DecisionEnvironment, 'countTokens' | 'isExactFor'>,
  known: Calibrations,
  counted: { readonly content: JsonValue; readonly model: string },
): number {
  const tokens = env.countTokens(counted.content, counted.model);
  if (env.isExactFor(counted.model)) return tokens;
  return calibrate(calibrationOf(known, counted.model), tokens);
}

function isCount(tokens: number): boolean {
  return tokens > 0 && Number.isFinite(tokens);
}
