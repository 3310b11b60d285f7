import { z } from 'zod';
import { CLAIM_KINDS, type ClaimKind } from './claim.ts';

/** A claim as a model gives it. */
export interface ExtractedClaim {
  readonly kind: ClaimKind;
  readonly text: string;
  readonly subject?: string | undefined;
  readonly value?: string | undefined;
  readonly replaces?: readonly string[] | undefined;
  readonly importance?: number | undefined;
}

const MAX_LENGTH = 2_000;
const text = z.string().trim().max(MAX_LENGTH);

const claimsSchema: z.ZodType<readonly ExtractedClaim[]> = z.array(
  z.object({
    kind: z.enum(CLAIM_KINDS),
    text: text.min(1),
    subject: text.optional(),
    value: text.optional(),
    replaces: z.array(text).max(16).optional(),
    importance: z.number().min(0).max(1).optional(),
  }),
);

/** The claims that a model gave; null when its answer is anything else. */
export function parseExtractedClaims(answer: unknown): readonly ExtractedClaim[] | null {
  const parsed = claimsSchema.safeParse(answer);
  return parsed.success ? parsed.data : null;
}
