import { z } from 'zod';
import type { ClaimSource } from './claim.ts';
import type { Clock } from './clock.ts';
import { parseInput } from './parse.ts';

/** Asks a model for the claims of a message, at most `maxClaims`; has to stop once the signal is aborted. */
export type ClaimExtractFn = (
  source: ClaimSource,
  options: { readonly maxClaims: number; readonly maxTokens: number; readonly signal: AbortSignal },
) => unknown;

/** How rules find claims. `Phrases` is what the rules are made of. */
export interface ClaimRuleOptions<Phrases> {
  /** Claims of one message at most; the most important ones are kept. Default 5. */
  readonly maxClaims?: number | undefined;
  /** Tokens of a claim at most. Default 40. */
  readonly maxTokens?: number | undefined;
  /** Counts tokens. Default: an estimate that is rather too high. */
  readonly countTokens?: ((text: string) => number) | undefined;
  /** What takes the place of some of the English phrases. */
  readonly phrases?: Partial<Phrases> | undefined;
}

/** How claims are found by a model, or by rules where there is none. */
export interface ClaimOptions<Phrases> extends ClaimRuleOptions<Phrases> {
  /** Asks a model in place of the built-in rules, which stand in when it fails. */
  readonly extractFn?: ClaimExtractFn | undefined;
  /** How long a model may take, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Sets the timer of that. Default: the one of the machine. */
  readonly clock?: Pick<Clock, 'setTimer'> | undefined;
}

const count = z.number().int().positive();
const callable = <Fn>(): z.ZodType<Fn> =>
  z.custom<Fn>((value) => typeof value === 'function', { message: 'a function' });

const ruleFields = {
  maxClaims: count.optional(),
  maxTokens: count.optional(),
  countTokens: callable<(text: string) => number>().optional(),
};
const modelFields = {
  extractFn: callable<ClaimExtractFn>().optional(),
  timeoutMs: z.number().positive().optional(),
  clock: z
    .custom<Pick<Clock, 'setTimer'>>(
      (value) => typeof value === 'object' && value !== null && 'setTimer' in value,
      { message: 'a clock' },
    )
    .optional(),
};

/**
 * Checks options of rules that came from outside; `groups` are the names that phrases may have.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseClaimRuleOptions<Phrases>(
  options: unknown,
  groups: readonly (keyof Phrases & string)[],
): ClaimRuleOptions<Phrases> {
  const schema = z.strictObject({ ...ruleFields, phrases: phrasesSchema<Phrases>(groups) });
  return parseInput<ClaimRuleOptions<Phrases>>(schema, options, 'options');
}

/**
 * Checks options that came from outside; `groups` are the names that phrases may have.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseClaimOptions<Phrases>(
  options: unknown,
  groups: readonly (keyof Phrases & string)[],
): ClaimOptions<Phrases> {
  const phrases = phrasesSchema<Phrases>(groups);
  const schema = z.strictObject({ ...ruleFields, ...modelFields, phrases });
  return parseInput<ClaimOptions<Phrases>>(schema, options, 'options');
}

function phrasesSchema<Phrases>(
  groups: readonly (keyof Phrases & string)[],
): z.ZodType<Partial<Phrases> | undefined> {
  const lists = z.strictObject(
    Object.fromEntries(groups.map((group) => [group, z.array(z.string().min(1)).optional()])),
  );
  // The shape was made of the names in `groups`, which its type cannot tell.
  return lists.optional() as unknown as z.ZodType<Partial<Phrases> | undefined>;
}
