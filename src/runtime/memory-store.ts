import {
  createMemoryStore as createStore,
  type MemoryStoreOptions as StoreOptions,
} from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { newWriterId, systemClock } from './system.ts';

/** Bounds of a store in memory; everything has a default. */
export type MemoryStoreOptions = Omit<StoreOptions, 'clock' | 'instance'>;

/**
 * A store in the memory of this process: bounded, and gone with the process. Several runtimes may hold it; whoever made it
 * closes it.
 * @throws INVALID_INPUT for a bound that is not a positive integer.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  return createStore({ ...options, clock: systemClock(), instance: newWriterId() });
}
