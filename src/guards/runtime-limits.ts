import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import { CACHE_SCOPES, ENFORCEMENT_LEVELS, UNUSED_RESULT_ACTIONS } from './limit-levels.ts';
import type { CacheScope, EnforcementLevel, UnusedResultAction } from './limit-levels.ts';

/** What the tools of a conversation may do between two messages of its user. */
export interface RuntimeLimits {
  /** Calls that look for tools. */
  readonly discoveryBudget: number;
  /** Calls of all other tools. */
  readonly executionBudget: number;
  /** Calls of both kinds together. */
  readonly toolBudgetTotal: number;
  /** Calls of one tool; 0 for no limit. */
  readonly perToolCap: number;
  /** How long results are reused: until the next message of the user, or for good. */
  readonly cacheScope: CacheScope;
  /** What happens to calls with numbers that come from nowhere. */
  readonly requireBindings: EnforcementLevel;
  /** Such calls that are only warned about before they are refused. */
  readonly ungroundedGraceCalls: number;
  /** What happens when the next prompt comes and computed values were not used. */
  readonly unusedResults: UnusedResultAction;
}

/** Ready-made limits: for models that may explore, and for those that must not. */
export const RUNTIME_MODES = ['default', 'smooth', 'strict'] as const;
/** One of {@link RUNTIME_MODES}. */
export type RuntimeMode = (typeof RUNTIME_MODES)[number];

/** The limits that hold where nothing else is said. */
export const DEFAULT_LIMITS: RuntimeLimits = {
  discoveryBudget: 5,
  executionBudget: 12,
  toolBudgetTotal: 15,
  perToolCap: 0,
  cacheScope: 'turn',
  requireBindings: 'warn',
  ungroundedGraceCalls: 1,
  unusedResults: 'warn',
};

/** The limits of each mode. */
export const MODE_LIMITS: Readonly<Record<RuntimeMode, RuntimeLimits>> = {
  default: DEFAULT_LIMITS,
  smooth: {
    ...DEFAULT_LIMITS,
    discoveryBudget: 6,
    executionBudget: 15,
    toolBudgetTotal: 20,
    ungroundedGraceCalls: 2,
  },
  strict: {
    ...DEFAULT_LIMITS,
    discoveryBudget: 4,
    executionBudget: 10,
    toolBudgetTotal: 12,
    requireBindings: 'block',
    ungroundedGraceCalls: 0,
  },
};

type LimitsSchema = z.ZodObject<
  { readonly [Name in keyof RuntimeLimits]: z.ZodOptional<z.ZodType<RuntimeLimits[Name]>> },
  z.core.$strict
>;

const count = z.custom<number>(
  (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  'a whole number from 0',
);

/** Some limits, or all of them; no others. */
export const limitsSchema: LimitsSchema = z.strictObject({
  discoveryBudget: count.optional(),
  executionBudget: count.optional(),
  toolBudgetTotal: count.optional(),
  perToolCap: count.optional(),
  cacheScope: z.enum(CACHE_SCOPES).optional(),
  requireBindings: z.enum(ENFORCEMENT_LEVELS).optional(),
  ungroundedGraceCalls: count.optional(),
  unusedResults: z.enum(UNUSED_RESULT_ACTIONS).optional(),
});

/**
 * Limits with some of them changed.
 * @throws INVALID_INPUT naming a limit that does not exist, or one whose value it cannot have.
 */
export function changeLimits(
  limits: RuntimeLimits,
  changes: Partial<RuntimeLimits>,
): RuntimeLimits {
  const parsed = parseInput(limitsSchema, changes, 'limits');
  const given = Object.entries(parsed).filter(([, value]) => value !== undefined);
  return { ...limits, ...Object.fromEntries(given) };
}

/**
 * The mode of that name, in any case of its letters.
 * @throws INVALID_INPUT
 */
export function parseRuntimeMode(name: string): RuntimeMode {
  const text: unknown = name;
  const lower = typeof text === 'string' ? text.toLowerCase() : text;
  return parseInput(z.enum(RUNTIME_MODES), lower, 'mode');
}
