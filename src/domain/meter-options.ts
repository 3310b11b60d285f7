import { z } from 'zod';
import { parseInput } from './parse.ts';
import { FAULT_CONFIDENCES, type FaultPolicy } from './paging-policy.ts';
import { PAGE_LEVELS } from './page.ts';

/** Where one pressure level ends and the next begins. */
export interface PressureSteps {
  readonly medium: number;
  readonly high: number;
  readonly critical: number;
}

/** When a memory counts as under pressure. */
export interface PressureOptions {
  /** Tokens in the context over what there is room for. Default 0.7, 0.85, 0.95. */
  readonly utilisation?: PressureSteps | undefined;
  /** Faults a turn. Default 1, 2, 4. */
  readonly faultsPerTurn?: PressureSteps | undefined;
  /** Evictions a turn. Default 5, 20, 50. */
  readonly evictionsPerTurn?: PressureSteps | undefined;
  /** By which share a measure has to fall below a step before its level is left. Default 0.1. */
  readonly hysteresis?: number | undefined;
  /** Turns over which faults and evictions are averaged. Default 5. */
  readonly windowTurns?: number | undefined;
}

/** How far eviction may follow the faults that it causes. All numbers are shares of the room. */
export interface AdaptiveOptions {
  /** What an eviction run brings the context down to at first. Default 0.7. */
  readonly initial?: number | undefined;
  /** Default 0.5. */
  readonly min?: number | undefined;
  /** Default 0.8. */
  readonly max?: number | undefined;
  /** How far one turn may move it. Default 0.05. */
  readonly maxStep?: number | undefined;
  /** Faults a turn that are taken as they come. Default 0.5. */
  readonly targetFaultsPerTurn?: number | undefined;
}

const amount = z.number().nonnegative();
const share = z.number().min(0).max(1);
const whole = z.number().int().nonnegative();

const policySchema: z.ZodType<FaultPolicy> = z.strictObject({
  maxFaultsPerTurn: whole,
  maxFaultTokensPerTurn: whole,
  maxFailedFaultsPerTurn: whole,
  confidence: z.enum(FAULT_CONFIDENCES),
  preferLevels: z.array(z.literal(PAGE_LEVELS)),
});

const stepsSchema: z.ZodType<PressureSteps> = z
  .strictObject({ medium: amount, high: amount, critical: amount })
  .refine(({ medium, high, critical }) => medium <= high && high <= critical, {
    message: 'steps that ascend',
  });

const pressureSchema: z.ZodType<PressureOptions> = z.strictObject({
  utilisation: stepsSchema.optional(),
  faultsPerTurn: stepsSchema.optional(),
  evictionsPerTurn: stepsSchema.optional(),
  hysteresis: z.number().min(0).lt(1).optional(),
  windowTurns: z.number().int().positive().optional(),
});

const adaptiveSchema: z.ZodType<AdaptiveOptions> = z.strictObject({
  initial: share.optional(),
  min: share.optional(),
  max: share.optional(),
  maxStep: share.optional(),
  targetFaultsPerTurn: amount.optional(),
});

/**
 * A policy that came from outside.
 * @throws INVALID_INPUT naming the field.
 */
export function parseFaultPolicy(policy: unknown): FaultPolicy {
  return parseInput(policySchema, policy, 'policy');
}

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parsePressureOptions(options: unknown): PressureOptions {
  return parseInput(pressureSchema, options, 'options');
}

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseAdaptiveOptions(options: unknown): AdaptiveOptions {
  return parseInput(adaptiveSchema, options, 'options');
}
