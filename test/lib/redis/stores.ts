import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../src/domain/clock.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { parseRedisUrl } from '../../../src/store/redis/redis-address.ts';
import {
  RedisConnection,
  type RedisConnectionSettings,
} from '../../../src/store/redis/redis-connection.ts';
import { createRedisStore, type RedisStoreSettings } from '../../../src/store/redis/redis-store.ts';
import type { Store } from '../../../src/store/store.ts';

/** A name that no other suite uses, so that suites share a server and see nothing of each other. */
export function aNamespace(): string {
  return `test-${randomBytes(8).toString('hex')}`;
}

/** What a test changes of the defaults. */
export interface RedisTestOptions {
  readonly url: string;
  readonly namespace: string;
  readonly clock?: Clock;
  readonly connection?: Partial<RedisConnectionSettings>;
  readonly store?: Partial<RedisStoreSettings>;
}

/** A connection with short time limits. */
function aRedisConnection(options: RedisTestOptions): RedisConnection {
  return new RedisConnection({
    address: parseRedisUrl(options.url, 'url'),
    tls: null,
    commandTimeoutMs: 2000,
    namespace: options.namespace,
    durability: 'memory',
    evictionPolicy: 'error',
    onConcern: () => undefined,
    maxPendingCalls: 10_000,
    maxPendingLength: 64_000_000,
    timers: systemClock(),
    ...options.connection,
  });
}

/** A store over a connection of its own, without background sweeps. */
export function aRedisStore(options: RedisTestOptions): Store {
  return createRedisStore({
    port: aRedisConnection(options),
    clock: options.clock ?? null,
    timers: systemClock(),
    namespace: options.namespace,
    durability: 'memory',
    keeping: null,
    retryHorizonMs: 600_000,
    sweepIntervalMs: null,
    maxPendingCalls: 10_000,
    maxPendingLength: 64_000_000,
    newMark: () => randomBytes(9).toString('base64url'),
    ...options.store,
  });
}
