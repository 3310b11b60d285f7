import { z } from 'zod';
import type { PageMutation } from './page-mutation.ts';
import { parseInput } from './parse.ts';

/** How a mutation log keeps its mutations. */
export interface MutationLogOptions {
  /** Mutations that are kept one by one; older ones live on in the state that they led to. Default 10,000. */
  readonly maxMutations?: number | undefined;
  /** Is given every mutation before it is kept; when it throws, the mutation is not kept and the error is passed on. */
  readonly sink?: ((mutation: PageMutation) => void) | undefined;
}

const optionsSchema: z.ZodType<MutationLogOptions> = z.strictObject({
  maxMutations: z.number().int().positive().optional(),
  sink: z
    .custom<(mutation: PageMutation) => void>((value) => typeof value === 'function', {
      message: 'a function',
    })
    .optional(),
});

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseMutationLogOptions(options: unknown): MutationLogOptions {
  return parseInput(optionsSchema, options, 'options');
}
