import { withFieldNames } from '../domain/field-name.ts';
import { optionNames } from '../domain/option-names.ts';
import { createMemoryStore as createStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { newWriterId, systemClock } from './system.ts';

/** Bounds of a store in memory; everything has a default. */
export interface MemoryStoreOptions {
  /** Sessions held at most; 1,000,000 when not given. */
  readonly maxSessions?: number;
  /** Estimated bytes held at most; 1 GiB when not given. */
  readonly maxBytes?: number;
  /** How long writers and removed sessions are remembered at least; 10 minutes when not given. */
  readonly retryHorizonMs?: number;
  /** Time between sweeps of what has expired; 30 seconds when not given. */
  readonly sweepIntervalMs?: number;
}

const checkNames = optionNames<MemoryStoreOptions>({
  maxSessions: true,
  maxBytes: true,
  retryHorizonMs: true,
  sweepIntervalMs: true,
});

/**
 * A store in the memory of this process: bounded, and gone with the process. Several runtimes may hold it; whoever made it
 * closes it.
 * @throws INVALID_INPUT naming the option, for a bound that is not a positive integer and for a name that does not exist.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  checkNames(options);
  const settings = { ...options, clock: systemClock(), instance: newWriterId() };
  return withFieldNames(
    (field) => `options.${field}`,
    () => createStore(settings),
  );
}
