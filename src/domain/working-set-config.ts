import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import { parseInput } from './parse.ts';

/** How much of a memory stands where. All of it is optional. */
export interface WorkingSetConfig {
  /** Tokens of the context, the reserve included. Default 128,000. */
  readonly maxL0Tokens?: number | undefined;
  /** Pages beside the context whose use lies shortest back. Default 100. */
  readonly maxL1Pages?: number | undefined;
  /** Pages below these whose content stays in the process; the excess goes to the vault, where there is one. Default 1,000. */
  readonly maxL2Pages?: number | undefined;
  /** Share of the room above which pages leave at the start of a turn. Default 0.85. */
  readonly evictionThreshold?: number | undefined;
  /** Share of the room that is used after pages had to leave; at most the threshold. Default 0.7. */
  readonly targetUtilization?: number | undefined;
  /** Tokens of the context that pages never get; less than all. Default: the smaller of 4,000 and a tenth. */
  readonly reservedTokens?: number | undefined;
  /** Turns before the open one whose pages stay for now. Default 3. */
  readonly autoPinLastNTurns?: number | undefined;
  /** Whether pages of the system and plans that are worked on stay. Default true. */
  readonly autoPinSystemPrompt?: boolean | undefined;
  /** Whether claims stay for now, the most important first. Default true. */
  readonly autoPinClaims?: boolean | undefined;
}

/** A {@link WorkingSetConfig} with everything known. */
export type ParsedWorkingSetConfig = {
  readonly [Key in keyof WorkingSetConfig]-?: Exclude<WorkingSetConfig[Key], undefined>;
};

/** A budget that a working set can hold. */
const MAX_TOKENS = 2_000_000_000;
const MAX_DEFAULT_RESERVE = 4_000;
const RESERVE_SHARE = 0.1;

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();

const configSchema = z.strictObject({
  maxL0Tokens: z.int().positive().max(MAX_TOKENS).default(128_000),
  maxL1Pages: count.default(100),
  maxL2Pages: count.default(1_000),
  evictionThreshold: share.default(0.85),
  targetUtilization: share.optional(),
  reservedTokens: count.optional(),
  autoPinLastNTurns: count.max(64).default(3),
  autoPinSystemPrompt: z.boolean().default(true),
  autoPinClaims: z.boolean().default(true),
});

/**
 * The config with every default filled in.
 * @throws INVALID_INPUT naming the option, also one that does not exist or that contradicts another.
 */
export function parseWorkingSetConfig(config: unknown): ParsedWorkingSetConfig {
  const given = parseInput(configSchema, config ?? {}, 'config');
  const { maxL0Tokens, evictionThreshold } = given;
  const defaultReserve = Math.min(MAX_DEFAULT_RESERVE, Math.floor(maxL0Tokens * RESERVE_SHARE));
  const reservedTokens = given.reservedTokens ?? defaultReserve;
  const targetUtilization = given.targetUtilization ?? Math.min(0.7, evictionThreshold);
  if (reservedTokens >= maxL0Tokens)
    throw refused('reservedTokens', `less than maxL0Tokens, which is ${maxL0Tokens}`);
  if (targetUtilization > evictionThreshold)
    throw refused('targetUtilization', `at most evictionThreshold, which is ${evictionThreshold}`);
  return { ...given, reservedTokens, targetUtilization };
}

/** Tokens to free so that the context has its target utilization once so many tokens came in. */
export function evictionTarget(
  config: Pick<ParsedWorkingSetConfig, 'maxL0Tokens' | 'reservedTokens' | 'targetUtilization'>,
  { usedTokens, neededTokens }: { readonly usedTokens: number; readonly neededTokens: number },
): number {
  const room = config.maxL0Tokens - config.reservedTokens;
  return Math.max(0, usedTokens - Math.trunc(room * config.targetUtilization) + neededTokens);
}

function refused(option: string, expected: string): InvalidInput {
  return new InvalidInput({ field: `config.${option}`, expected });
}
