/** Bounds of the memories of sessions that stay in a process. */
export interface MemoryLimits {
  /** Memories; each holds an index of all its pages. */
  readonly residentMemories: number;
  /** Pages of all of them together. */
  readonly residentMemoryPages: number;
  /** Contents of all of them together, in UTF-16 units (roughly bytes). */
  readonly residentMemoryBytes: number;
  /** A memory that nobody used for so long goes, at the latest after twice that. */
  readonly residentMemoryIdleMs: number;
}

/** Used where nothing else is said. */
export const DEFAULT_MEMORY_LIMITS: MemoryLimits = {
  residentMemories: 256,
  residentMemoryPages: 2_000_000,
  residentMemoryBytes: 256 * 1024 * 1024,
  residentMemoryIdleMs: 600_000,
};
