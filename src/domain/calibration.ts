import type { DecisionEnvironment } from './environment.ts';
import type { JsonValue } from './json.ts';

/** How many of the latest observations are kept: enough for a steady median, few enough to follow a change of the model. */
const WINDOW_SIZE = 15;
/** Fewer observations correct nothing: one odd answer must not move every budget. */
const MIN_OBSERVATIONS = 3;
/** Shorter texts say more about the marks around an answer than about its words. */
const MIN_ESTIMATE = 30;
/**
 * An observation further off says more about what was counted along (thinking, tools, images) than about the estimate, and is
 * left out. The widest real difference measured is Hindi with older vocabularies, 3 times.
 */
export const MAX_RATIO = 3;
/** Ratios are kept with three decimals: what they are the quotient of is not known better. */
const RATIO_STEPS = 1000;
/** Models whose counts a session corrects; of more, those are forgotten that were not heard of for longest. */
export const MAX_CALIBRATED_MODELS = 8;

/** What is known of how the reported usage of one model compares with our counts. */
export interface Calibration {
  /** See {@link calibratedName}. */
  readonly model: string;
  /** Reported tokens for each estimated one, the latest last. */
  readonly ratios: readonly number[];
}

/** What a session learned about the models it was answered by, the one heard of last at the end. */
export type Calibrations = readonly Calibration[];

/** One answer of a provider, next to what was expected; both in tokens and for the same text. */
export interface UsageObservation {
  readonly model: string;
  readonly estimated: number;
  readonly reported: number;
}

/**
 * Adds what a provider reported for one model. Left out is what teaches nothing: estimates under 30 tokens, reports that are
 * off by more than three times, numbers that are none.
 */
export function withObservation(known: Calibrations, observation: UsageObservation): Calibrations {
  const { estimated, reported } = observation;
  const ratio = Math.round((reported / estimated) * RATIO_STEPS) / RATIO_STEPS;
  const isLesson = estimated >= MIN_ESTIMATE && ratio >= 1 / MAX_RATIO && ratio <= MAX_RATIO;
  if (!isLesson) return known;
  const model = calibratedName(observation.model);
  const before = known.find((entry) => entry.model === model)?.ratios ?? [];
  const others = known.filter((entry) => entry.model !== model).slice(-MAX_CALIBRATED_MODELS + 1);
  return [...others, { model, ratios: [...before, ratio].slice(-WINDOW_SIZE) }];
}

/**
 * The factor between reported and estimated tokens of a model: the median of what was observed, which a few answers that are
 * far off do not move; 1 before there are three observations.
 */
export function calibrationFactor(known: Calibrations, model: string): number {
  if (known.length === 0) return 1;
  const name = calibratedName(model);
  const ratios = known.find((entry) => entry.model === name)?.ratios ?? [];
  if (ratios.length < MIN_OBSERVATIONS) return 1;
  const sorted = ratios.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 1;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return (lower + upper) / 2;
}

/** Corrects an estimate: a whole number, and at least one for any estimate above zero. */
export function calibrate(tokens: number, factor: number): number {
  return tokens > 0 && Number.isFinite(tokens) ? Math.max(1, Math.round(tokens * factor)) : 0;
}

/** The tokens of content in a session: exact counts as they are, estimates corrected by what the session learned. */
export function countCalibrated(
  env: Pick<DecisionEnvironment, 'countTokens' | 'isExactFor'>,
  known: Calibrations,
  counted: { readonly content: JsonValue; readonly model: string },
): number {
  const tokens = env.countTokens(counted.content, counted.model);
  if (known.length === 0 || env.isExactFor(counted.model)) return tokens;
  return calibrate(tokens, calibrationFactor(known, counted.model));
}

/** A model by the name that its versions share: answers tell the dated version of what was asked for. */
export function calibratedName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return name.replace(/[-@:](?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
}
