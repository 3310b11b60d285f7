import {
  type ClaimOptions,
  type ClaimRuleOptions,
  parseClaimOptions,
  parseClaimRuleOptions,
} from '../../domain/claim-options.ts';
import { type ClaimPhrases, ENGLISH_CLAIM_PHRASES } from './claim-phrases.ts';
import { type ClaimRules, claimRules } from './claim-rules.ts';
import { type CountClaimTokens, estimateClaimTokens } from './claim-text.ts';

/** Options of claims with every default in its place. */
export interface ClaimSettings {
  readonly rules: ClaimRules;
  readonly maxClaims: number;
  readonly maxTokens: number;
  readonly countTokens: CountClaimTokens;
}

/** How rules find claims. */
export type ClaimExtractorOptions = ClaimRuleOptions<ClaimPhrases>;
/** How claims are found by a model, or by rules where there is none. */
export type ExtractClaimsOptions = ClaimOptions<ClaimPhrases>;

const GROUPS: readonly (keyof ClaimPhrases)[] = [
  'decision',
  'assistantDecision',
  'plan',
  'preference',
  'dislike',
  'fact',
  'figure',
  'correction',
  'change',
  'amendment',
  'replaced',
  'hypothetical',
  'doubt',
];

/**
 * Checks options of rules.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseExtractorOptions(options: ClaimExtractorOptions): ClaimExtractorOptions {
  return parseClaimRuleOptions<ClaimPhrases>(options, GROUPS);
}

/**
 * Checks options.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseExtractClaimsOptions(options: ExtractClaimsOptions): ExtractClaimsOptions {
  return parseClaimOptions<ClaimPhrases>(options, GROUPS);
}

/** Settings from options that were checked. */
export function claimSettings(options: ClaimExtractorOptions): ClaimSettings {
  const given = Object.entries(options.phrases ?? {}).filter(([, list]) => list !== undefined);
  return {
    rules: claimRules({ ...ENGLISH_CLAIM_PHRASES, ...Object.fromEntries(given) }),
    maxClaims: options.maxClaims ?? 5,
    maxTokens: options.maxTokens ?? 40,
    countTokens: options.countTokens ?? estimateClaimTokens,
  };
}
