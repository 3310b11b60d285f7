import type { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import { ownStoreSchema } from '../runtime/own-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';
import { defaultRuntime, runtimeFor } from './default-runtime.ts';
import { SessionHandle } from './session-handle.ts';
import { parseManagerOptions, type SessionOptions } from './session-options.ts';

/** Options of a manager that is made without a runtime at hand. */
export interface SessionManagerOptions extends SessionOptions {
  /** A store of your own, used for every read and write; the process-wide embedded one when not given. */
  readonly store?: Store | undefined;
}

/** A store of one's own, or none. */
export const storeSchema: z.ZodOptional<z.ZodType<Store>> = ownStoreSchema.optional();

/** Options that stand for a handle which is there already, so that the runtime is no part of anybody's options. */
const handles = new WeakMap<SessionManagerOptions, SessionHandle>();

/** Options from which a manager takes this very handle. */
export function optionsFor(handle: SessionHandle): SessionManagerOptions {
  const options: SessionManagerOptions = {};
  handles.set(options, handle);
  return options;
}

/**
 * The handle of a new manager. Does no I/O.
 * @throws INVALID_INPUT naming the option.
 */
export function handleOf(options: SessionManagerOptions): SessionHandle {
  const present = handles.get(options);
  if (present !== undefined) return present;
  return new SessionHandle(parseManagerOptions(options), runtimeOpener(options.store));
}

/**
 * The runtime of a store, or the embedded one, made at the first use.
 * @throws INVALID_INPUT when it is no store.
 */
export function runtimeOpener(store: Store | undefined): () => Runtime {
  const checked = parseInput(storeSchema, store, 'options.store');
  return () => (checked === undefined ? defaultRuntime() : runtimeFor(checked));
}
