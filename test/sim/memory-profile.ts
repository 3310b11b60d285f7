import type { MemoryOptions } from '../../src/domain/memory-options.ts';
import { DEFAULT_MEMORY_LIMITS, type MemoryLimits } from '../../src/runtime/memory-limits.ts';
import { Prng } from './prng.ts';

/** How memories take part in a simulation. */
export interface MemoryProfile {
  readonly prng: Prng;
  readonly clients: number;
  readonly callsPerClient: number;
  /** The same in every process: memories that work differently are different memories. */
  readonly options: MemoryOptions;
  readonly limits: MemoryLimits;
}

/** One seed of so many is about memories too; they take several times as long as others. */
const EVERY = 24;
const REMAINDER = 5;
/** Keeps the numbers apart from those that the rest of a simulation draws. */
const SALT = 0x6d65_6d6f;

/** The seed of the memory simulation with this number, counting from 1. */
export function memorySeed(number: number): number {
  return (number - 1) * EVERY + REMAINDER;
}

/** How memories take part under a seed; null when they do not. */
export function drawMemoryProfile(seed: number): MemoryProfile | null {
  if (seed % EVERY !== REMAINDER) return null;
  const prng = new Prng(seed + SALT);
  return {
    prng,
    clients: prng.between(1, 3),
    callsPerClient: prng.between(4, 12),
    options: {
      mode: prng.pick(['strict', 'relaxed', 'passive']),
      maxTokens: prng.pick([200, 600, 2_000]),
      paging: prng.pick(['hybrid', 'hybrid', 'model']),
      faults: { maxFaultsPerTurn: 2, maxFailedFaultsPerTurn: 2 },
      keptTurns: prng.between(0, 3),
      maxHotPages: prng.pick([1, 4, 512]),
      maxContentBytes: prng.pick([1, 4_000, 1_000_000]),
      claims: prng.chance(0.5),
    },
    // With no place a memory goes after every call.
    limits: { ...DEFAULT_MEMORY_LIMITS, residentMemories: prng.pick([0, 1, 256]) },
  };
}
