import { z } from 'zod';
import { MAX_DURATION_MS } from '../config/duration.ts';
import { configuredProvider } from '../config/environment.ts';
import { parseInput } from '../domain/parse.ts';
import { noticingClose } from '../runtime/noticing-close.ts';
import { createRuntime, type Runtime } from '../runtime/runtime.ts';
import type { RuntimeOptions } from '../runtime/options.ts';
import type { Store } from '../store/store.ts';
import { closeTimeoutMs } from './close-options.ts';

const HOUR_MS = 3_600_000;
const CLOSE_TIMEOUT_MS = 5000;

let embedded: Runtime | null = null;
let settings: RuntimeOptions = {};
/** One runtime for each store that was passed in, until that is closed or they are closed together. */
const runtimes: Map<Store, Runtime> = new Map();

/** How the process-wide embedded runtime is set up. */
export interface StorageSettings {
  /** Sessions expire so many hours after their latest write; default 24. */
  readonly defaultTtlHours?: number | undefined;
}

const settingsSchema = z.strictObject({
  defaultTtlHours: z
    .number()
    .positive()
    .max(MAX_DURATION_MS / HOUR_MS)
    .optional(),
});

/**
 * The process-wide embedded runtime, made at its first use.
 * @throws INVALID_INPUT when the environment names an unknown store, or where its Redis is cannot be read.
 */
export function defaultRuntime(): Runtime {
  embedded ??= openEmbedded();
  return embedded;
}

/** The runtime of a store that a caller passed in; one per store, so that its sessions have one mailbox each. */
export function runtimeFor(store: Store): Runtime {
  const present = runtimes.get(store);
  if (present !== undefined) return present;
  const noticing = noticingClose(store, () => letGo(store, runtime));
  const runtime = createRuntime({ ...settings, store: noticing });
  runtimes.set(store, runtime);
  return runtime;
}

/** Closes the runtime of a store that was closed; whoever uses that once more gets another one, and is told the same. */
function letGo(store: Store, runtime: Runtime): void {
  if (runtimes.get(store) !== runtime) return;
  runtimes.delete(store);
  // What is under way there has the time to fail for what it is.
  runtime
    .close({ timeoutMs: CLOSE_TIMEOUT_MS })
    .catch((error: unknown) => runtime.warn('CLOSE_FAILED', error));
}

/**
 * Sets up the embedded runtime before its first use; true when that worked, false when it is in use already (its settings
 * cannot change under sessions that live by them).
 * @throws INVALID_INPUT naming the setting.
 */
export function configureStorage(options: StorageSettings = {}): boolean {
  const { defaultTtlHours } = parseInput(settingsSchema, options, 'options');
  if (embedded !== null) return false;
  settings =
    defaultTtlHours === undefined
      ? {}
      : { timeToLive: { absoluteMs: null, slidingMs: Math.round(defaultTtlHours * HOUR_MS) } };
  return true;
}

/**
 * Closes the embedded runtime, and those of stores that were passed to managers, within `timeoutMs` (default 5 s). What the
 * embedded one held is gone, a store that was passed in stays open, and the next use makes a new runtime.
 * @throws INVALID_INPUT naming the option.
 */
export async function closeDefaultRuntime(
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<void> {
  const timeoutMs = closeTimeoutMs(options, CLOSE_TIMEOUT_MS);
  const open = [...runtimes.values(), ...(embedded === null ? [] : [embedded])];
  runtimes.clear();
  embedded = null;
  settings = {};
  await Promise.all(open.map((runtime) => runtime.close({ timeoutMs })));
}

/** The embedded runtime when it is in use already; asking never makes one. */
export function currentDefaultRuntime(): Runtime | null {
  return embedded;
}

function openEmbedded(): Runtime {
  return createRuntime({ ...settings, store: configuredProvider() });
}
