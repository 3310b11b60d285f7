/** Bounds of the memories of sessions that stay in a process. */
export interface MemoryLimits {
  /** Memories; each holds an index of all its pages. */
  readonly residentMemories: number;
  /** Pages of all of them together. */
  readonly residentMemoryPages: number;
}

/** Used where nothing else is said. */
export const DEFAULT_MEMORY_LIMITS: MemoryLimits = {
  residentMemories: 256,
  residentMemoryPages: 2_000_000,
};
