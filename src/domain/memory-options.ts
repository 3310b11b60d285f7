import { z } from 'zod';
import {
  DEFAULT_FAULT_POLICY,
  FAULT_CONFIDENCES,
  type FaultPolicy,
  PAGING_MODES,
  type PagingMode,
  VM_MODES,
  type VmMode,
} from './paging-policy.ts';
import { PAGE_LEVELS } from './page.ts';
import { parseInput } from './parse.ts';

/** How a session's memory works. All of it is optional. */
export interface MemoryOptions {
  /** How much the model is told of its memory. Default `relaxed`. */
  readonly mode?: VmMode | undefined;
  /** Tokens of a context where a call names no limit. Default 128,000. */
  readonly maxTokens?: number | undefined;
  /** Who loads pages. Default `hybrid`: the library before the call, and the model by its tools. */
  readonly paging?: PagingMode | undefined;
  /** What the model may load in one turn; what is not given is as in the defaults. */
  readonly faults?: Partial<FaultPolicy> | undefined;
  /** Turns before the open one that always stay, folded when they are long. Default 3. */
  readonly keptTurns?: number | undefined;
  /** How full a context is after a compaction that no question asked for, from 0.1 to 1. Default 0.7. */
  readonly targetUtilization?: number | undefined;
  /** Pages whose content stays in the process besides those of the context. Default 512. */
  readonly maxHotPages?: number | undefined;
  /**
   * Contents that stay in the process, in UTF-16 units (roughly bytes), those of the context counted in. What the context shows
   * always stays. Default 8 MiB.
   */
  readonly maxContentBytes?: number | undefined;
  /**
   * UTF-16 units (roughly bytes) from which on a text or a tool's result goes to the artifact store, where there is one. Default
   * 64 KiB.
   */
  readonly artifactBytes?: number | undefined;
  /** Whether decisions, facts and the like are found in messages and kept as pages of their own. Default true. */
  readonly claims?: boolean | undefined;
  /** Tells whether a message asks for something said before. Default: English phrases. */
  readonly detectRecall?: ((message: string) => boolean) | undefined;
}

/** {@link MemoryOptions} with every default filled in. */
export interface ParsedMemoryOptions {
  readonly mode: VmMode;
  readonly maxTokens: number;
  readonly paging: PagingMode;
  readonly faults: FaultPolicy;
  readonly keptTurns: number;
  readonly targetUtilization: number;
  readonly maxHotPages: number;
  readonly maxContentBytes: number;
  readonly artifactBytes: number;
  readonly claims: boolean;
  readonly detectRecall: ((message: string) => boolean) | null;
}

/** A budget that a working set can hold. */
const MAX_CONTEXT_TOKENS = 1_000_000_000;

/** An excerpt of less would be no shorter. */
const MIN_ARTIFACT_BYTES = 8_192;

const DEFAULTS: Omit<ParsedMemoryOptions, 'faults'> = {
  mode: 'relaxed',
  maxTokens: 128_000,
  paging: 'hybrid',
  keptTurns: 3,
  targetUtilization: 0.7,
  maxHotPages: 512,
  maxContentBytes: 8 * 1024 * 1024,
  artifactBytes: 65_536,
  claims: true,
  detectRecall: null,
};

const count = z.int().nonnegative();
const policySchema = z
  .strictObject({
    maxFaultsPerTurn: count.optional(),
    maxFaultTokensPerTurn: count.optional(),
    maxFailedFaultsPerTurn: count.optional(),
    confidence: z.enum(FAULT_CONFIDENCES).optional(),
    preferLevels: z.array(z.literal(PAGE_LEVELS)).min(1).optional(),
  })
  .optional();

const optionsSchema = z.strictObject({
  mode: z.enum(VM_MODES).optional(),
  maxTokens: z.int().positive().max(MAX_CONTEXT_TOKENS).optional(),
  paging: z.enum(PAGING_MODES).optional(),
  faults: policySchema,
  keptTurns: z.int().nonnegative().max(64).optional(),
  targetUtilization: z.number().min(0.1).max(1).optional(),
  maxHotPages: z.int().positive().optional(),
  maxContentBytes: z.int().positive().optional(),
  artifactBytes: z.int().min(MIN_ARTIFACT_BYTES).optional(),
  claims: z.boolean().optional(),
  detectRecall: z
    .custom<(message: string) => boolean>((value) => typeof value === 'function', {
      message: 'a function',
    })
    .optional(),
});

/** Checks how a memory shall work, below the name of the field it was given in. */
export function parseMemoryOptions(options: unknown, field: string): ParsedMemoryOptions {
  const { faults, ...given } = parseInput(optionsSchema, options ?? {}, field);
  return {
    ...DEFAULTS,
    ...definedOf(given),
    faults: { ...DEFAULT_FAULT_POLICY, ...definedOf(faults ?? {}) },
  };
}

/** What is not undefined: an option that is given so counts as not given. */
function definedOf<T extends object>(
  given: T,
): { readonly [Name in keyof T]?: NonNullable<T[Name]> } {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  // Of the entries of T, which `fromEntries` forgets.
  return Object.fromEntries(defined) as { readonly [Name in keyof T]?: NonNullable<T[Name]> };
}
