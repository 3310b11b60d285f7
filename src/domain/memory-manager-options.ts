import { z } from 'zod';
import { PAGING_MODES, VM_MODES } from './paging-policy.ts';
import { parseInput } from './parse.ts';

const part = z.custom<object>((value) => typeof value === 'object' && value !== null, {
  message: 'an object',
});
const callable = z.custom<object>((value) => typeof value === 'function', {
  message: 'a function',
});

/** Parts are checked where they are used; here it is that they are there, and that every name is one. */
const schema = z.strictObject({
  sessionId: z.string().min(1).max(200).optional(),
  config: z.unknown().optional(),
  faultPolicy: part.optional(),
  mode: z.enum(VM_MODES).optional(),
  evictionPolicy: part
    .refine((value) => 'scoreCandidates' in value, { message: 'an object with scoreCandidates' })
    .optional(),
  compressors: part.nullish(),
  vault: part.nullish(),
  countTokens: callable.optional(),
  counter: part.optional(),
  model: z.string().min(1).max(200).optional(),
  claims: z.union([z.boolean(), part]).optional(),
  paging: z.enum(PAGING_MODES).optional(),
  prePass: part.optional(),
  search: callable.optional(),
  journal: part.optional(),
  clock: part.optional(),
  newId: callable.optional(),
  kernel: part.optional(),
  snapshot: part.optional(),
});

/**
 * Checks the options of a memory that stands alone.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function assertMemoryManagerOptions(options: unknown): void {
  const { config, snapshot } = parseInput(schema, options, 'options');
  if (config === undefined || snapshot === undefined) return;
  const onlyOne = z.undefined({ error: 'nothing, since the snapshot has a config' });
  parseInput(z.looseObject({ config: onlyOne }), { config }, 'options');
}
