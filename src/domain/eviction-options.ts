import { z } from 'zod';
import { MODALITIES, PAGE_TYPES } from './page.ts';
import type { Modality, PageType } from './page.ts';
import { parseInput } from './parse.ts';

/** How the importance-weighted policy weighs what it knows of a page; each weight from -1,000,000 to 1,000,000. */
export interface ImportanceWeightedOptions {
  /** What arrived late in the context. Default 0.4. */
  readonly l0PositionWeight?: number | undefined;
  /** Default 0.4. */
  readonly l0ImportanceWeight?: number | undefined;
  /** What was loaded or taken out lately. Default 0.2. */
  readonly l0ThrashWeight?: number | undefined;
  /** What was used lately. Default 0.3. */
  readonly l1RecencyWeight?: number | undefined;
  /** What was used often. Default 0.2. */
  readonly l1FrequencyWeight?: number | undefined;
  /** Default 0.3. */
  readonly l1ImportanceWeight?: number | undefined;
  /** Default 0.2. */
  readonly l1ThrashWeight?: number | undefined;
  /**
   * Whether the importance of pages counts in the context too, where otherwise only overrides do and all others stand at 0.5.
   * Default true.
   */
  readonly usesPageImportance?: boolean | undefined;
  /** Added to the score of pages of a type. Default: claim 0.24, index 0.2, procedure 0.16, summary 0.12, artifact 0.04. */
  readonly typeBonus?: Readonly<Partial<Record<PageType, number>>> | undefined;
}

/** How the modality-aware policy multiplies scores; what is not named stays as it is. */
export interface ModalityAwareOptions {
  /** Default: text 1, structured 0.9, image 0.5, audio 0.4, video 0.3. */
  readonly modalityWeights?: Readonly<Partial<Record<Modality, number>>> | undefined;
}

/** For how many turns what happened to a page speaks against taking it out. */
export interface AntiThrashOptions {
  /** Turns that an eviction speaks against the next one. Default 3. */
  readonly evictionCooldownTurns?: number | undefined;
  /** Turns that a fault protects. Default 2. */
  readonly faultProtectionTurns?: number | undefined;
  /** For how many of the cooldown turns the page does not leave at all; at most all of them. Default 1. */
  readonly hardEvictionTurns?: number | undefined;
  /** For how many of the protected turns the page does not leave at all; at most all of them. Default 1. */
  readonly hardFaultTurns?: number | undefined;
}

/** How much memory the pages of many sessions may take. */
export interface SessionAwareOptions {
  /** Bytes of all pages in memory, or any other unit in which the sizes of pages are given. */
  readonly maxBytes: number;
}

/** Limits of the kernel, which scores with the same numbers. */
const weight = z.number().min(-1_000_000).max(1_000_000);
const turns = z.number().int().min(0).max(65_535);

const importanceWeighted: z.ZodType<ImportanceWeightedOptions> = z.strictObject({
  l0PositionWeight: weight.optional(),
  l0ImportanceWeight: weight.optional(),
  l0ThrashWeight: weight.optional(),
  l1RecencyWeight: weight.optional(),
  l1FrequencyWeight: weight.optional(),
  l1ImportanceWeight: weight.optional(),
  l1ThrashWeight: weight.optional(),
  usesPageImportance: z.boolean().optional(),
  typeBonus: z.partialRecord(z.enum(PAGE_TYPES), weight).optional(),
});

const modalityAware: z.ZodType<ModalityAwareOptions> = z.strictObject({
  modalityWeights: z.partialRecord(z.enum(MODALITIES), weight).optional(),
});

const antiThrash: z.ZodType<AntiThrashOptions> = z.strictObject({
  evictionCooldownTurns: turns.optional(),
  faultProtectionTurns: turns.optional(),
  hardEvictionTurns: turns.optional(),
  hardFaultTurns: turns.optional(),
});

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseImportanceWeightedOptions(options: unknown): ImportanceWeightedOptions {
  return parseInput(importanceWeighted, options, 'options');
}

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseModalityAwareOptions(options: unknown): ModalityAwareOptions {
  return parseInput(modalityAware, options, 'options');
}

const sessionAware: z.ZodType<SessionAwareOptions> = z.strictObject({
  maxBytes: z.number().int().positive(),
});

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseSessionAwareOptions(options: unknown): SessionAwareOptions {
  return parseInput(sessionAware, options, 'options');
}

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseAntiThrashOptions(options: unknown): AntiThrashOptions {
  return parseInput(antiThrash, options, 'options');
}
