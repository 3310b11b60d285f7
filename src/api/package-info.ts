import { configuredProvider } from '../config/environment.ts';
import { currentDefaultRuntime } from './default-runtime.ts';
import type { HostStats } from '../actors/envelope.ts';
import type { StoreStats } from '../store/store.ts';

/** What the embedded storage is, without any address or secret. */
export interface StorageInfo {
  readonly provider: 'memory' | 'redis';
  /** Null until the embedded runtime is used. */
  readonly store: StoreStats | null;
  readonly actors: HostStats | null;
}

/** Which parts can be used in this installation. */
export type Availability = Readonly<Record<(typeof PRESENT)[number], boolean>>;

const PRESENT = [
  'coreEnums',
  'coreModels',
  'simpleApi',
  'storage',
  'infiniteContext',
  'promptBuilder',
  'tokenTracking',
  'exceptions',
  'sessionManager',
  'enhancedTokenCounting',
  'redisSupport',
  'toolProcessor',
] as const;

/**
 * What the process-wide embedded storage is and holds.
 * @throws INVALID_INPUT when the environment names an unknown provider; what the store throws when it cannot be reached.
 */
export async function getStorageInfo(): Promise<StorageInfo> {
  const runtime = currentDefaultRuntime();
  return {
    provider: configuredProvider(),
    store: (await runtime?.store.stats()) ?? null,
    actors: runtime?.executor.stats() ?? null,
  };
}

/** Which parts this version has. */
export function isAvailable(): Availability {
  const present = PRESENT.map((part) => [part, true] as const);
  return Object.fromEntries(present) as Availability; // every name of the list is in it
}
