/** How many of the latest observations are kept: enough for a steady median, few enough to follow a change of the model. */
const WINDOW_SIZE = 15;

/** An observation further off than this says more about what was sent along (tools, images) than about the estimate. */
const MAX_RATIO = 4;

/** What is known of how a model's reported usage compares with our counts; plain data, to be kept in a session or a store. */
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
  return { ratios: [...state.ratios, clipped].slice(-WINDOW_SIZE) };
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

function isCount(tokens: number): boolean {
  return tokens > 0 && Number.isFinite(tokens);
}
