import { z } from 'zod';
import { CLAIM_KINDS, CLAIM_STATUSES, type Claim } from './claim.ts';
import { PAGE_ROLES } from './page.ts';
import { parseInput } from './parse.ts';

/** How many claims count at a time. */
export interface ClaimBookOptions {
  /** The strongest ones are active, the others wait for room. Default 200. */
  readonly maxActive?: number | undefined;
}

const optionsSchema: z.ZodType<ClaimBookOptions> = z.strictObject({
  maxActive: z.number().int().positive().optional(),
});

const claimsSchema: z.ZodType<readonly Claim[]> = z.array(
  z.strictObject({
    kind: z.enum(CLAIM_KINDS),
    text: z.string(),
    subject: z.string(),
    value: z.string(),
    replaces: z.array(z.string()),
    importance: z.number().min(0).max(1),
    provenance: z.array(z.string()),
    role: z.enum(PAGE_ROLES),
    createdAtMs: z.number(),
    claimId: z.string().min(1),
    position: z.number().int().nonnegative(),
    status: z.enum(CLAIM_STATUSES),
    supersededBy: z.string().nullable(),
    timesSaid: z.number().int().positive(),
  }),
);

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseClaimBookOptions(options: unknown): ClaimBookOptions {
  return parseInput(optionsSchema, options, 'options');
}

/**
 * The claims that a book held, from what was stored of it.
 * @throws INVALID_INPUT naming the field.
 */
export function parseClaims(claims: unknown): readonly Claim[] {
  return parseInput(claimsSchema, claims, 'claims');
}
