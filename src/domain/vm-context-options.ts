import { z } from 'zod';
import { VM_MODES, type VmMode } from './paging-policy.ts';
import { parseInput } from './parse.ts';

/** How a memory builds a context. All of it is optional. */
export interface VmContextOptions {
  /** For this context alone. Default: as the memory says. */
  readonly mode?: VmMode | undefined;
  readonly systemPrompt?: string | null | undefined;
  /** Tokens of everything: instructions, manifest, tools, pages. Default: those of the config's context. */
  readonly maxTokens?: number | undefined;
  /** The model that will read it. Default: as the memory says. */
  readonly model?: string | undefined;
  /** What is asked; null when nobody asks. Default: the message of the user that is open. */
  readonly question?: string | null | undefined;
}

const schema: z.ZodType<VmContextOptions> = z.strictObject({
  mode: z.enum(VM_MODES).optional(),
  systemPrompt: z.string().nullish(),
  maxTokens: z.int().positive().optional(),
  model: z.string().min(1).max(200).optional(),
  question: z.string().nullish(),
});

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseVmContextOptions(options: unknown): VmContextOptions {
  return parseInput(schema, options ?? {}, 'options');
}
