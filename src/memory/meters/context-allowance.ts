/** What a context may take. */
export interface ContextLimits {
  /** What the model reads at most, in tokens. Default 128,000. */
  readonly maxContextTokens?: number | undefined;
  /** Kept for the answer, in tokens. Default 2,000. */
  readonly reservedTokens?: number | undefined;
  /** What the schemas of the tools take, in tokens. Default 0. */
  readonly toolSchemaTokens?: number | undefined;
}

/** The tokens that are left for the messages of a context; never below 0. */
export function contextAllowance(limits: ContextLimits = {}): number {
  const { maxContextTokens = 128_000, reservedTokens = 2_000, toolSchemaTokens = 0 } = limits;
  return Math.max(0, maxContextTokens - reservedTokens - toolSchemaTokens);
}
