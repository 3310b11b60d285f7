import { z } from 'zod';
import { MAX_DURATION_MS } from '../config/duration.ts';
import { InvalidInput, StorageError } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import type { RedisAddress } from '../store/redis/redis-address.ts';
import type { RedisTls } from '../store/redis/redis-client.ts';
import { RedisConnection } from '../store/redis/redis-connection.ts';
import type { Keeping } from '../store/redis/redis-port.ts';
import { createRedisStore as createStore } from '../store/redis/redis-store.ts';
import type { Durability, Store } from '../store/store.ts';
import { locateRedis, namespaceSchema, tlsSchema } from './redis-location.ts';
import { newUuid, systemClock } from './system.ts';
import { createWarn, type RuntimeWarning } from './warnings.ts';

export type { RedisTls } from '../store/redis/redis-client.ts';

/** A store in Redis, described so that each thread can open one of its own. */
export interface RedisStoreDescription {
  readonly redis: Omit<RedisStoreOptions, 'onWarning'>;
}

/** Where a write has to be before it is acknowledged; at least one of them. */
export interface AwaitedDurability {
  /** How many replicas have it. */
  readonly replicas?: number | undefined;
  /** Whether it is in the files of the server, and of those replicas. */
  readonly flushed?: boolean | undefined;
}

/** How a store in Redis is set up; everything has a default. */
export interface RedisStoreOptions {
  /**
   * `redis://user:password@host:6379/0`, `rediss://` for TLS, several hosts separated by commas or `redis+cluster://` for a
   * cluster, `redis+sentinel://host,host/master/0`, `redis+unix:///path/to/socket`. Default `SESSION_REDIS_URL`, else
   * `REDIS_URL`, else this machine. It is in no message and no figure.
   */
  readonly url?: string | undefined;
  /** Beats the user of the URL. */
  readonly username?: string | undefined;
  /** Beats the password of the URL. */
  readonly password?: string | undefined;
  /** Turns TLS on, with these certificates. */
  readonly tls?: RedisTls | undefined;
  /** What all keys begin with, so that several deployments can share a Redis. Default `pagefold`. */
  readonly namespace?: string | undefined;
  /**
   * How far an acknowledged write survives: `everysec` (default) and `always` say how the server is set up, and a warning says
   * when it is not; `memory` expects nothing; with `replicas`, so many of them have a write before it is acknowledged, and with `flushed`
   * it is in the files of the server, and of those replicas (Redis 7.2 or newer, with `appendonly yes`).
   */
  readonly durability?: 'memory' | 'everysec' | 'always' | AwaitedDurability | undefined;
  /** What happens when the server may evict keys on its own; default `warn`. */
  readonly evictionPolicy?: 'warn' | 'error' | undefined;
  /** How long an answer of the server is waited for; default 2 seconds. */
  readonly commandTimeoutMs?: number | undefined;
  /** How long writers and removed sessions are remembered at least; 10 minutes when not given. */
  readonly retryHorizonMs?: number | undefined;
  /** Time between sweeps of what has expired; 30 seconds when not given. */
  readonly sweepIntervalMs?: number | undefined;
  /** Calls that may wait for the server at once; 10,000 when not given. Further ones are refused with OVERLOADED. */
  readonly maxPendingCalls?: number | undefined;
  /** Characters that calls which wait may hold; 64 million when not given. */
  readonly maxPendingLength?: number | undefined;
  /** Is told of settings of the server that put sessions at risk. */
  readonly onWarning?: ((warning: RuntimeWarning) => void) | undefined;
}

const DEFAULT_COMMAND_TIMEOUT_MS = 2000;
const DEFAULT_RETRY_HORIZON_MS = 10 * 60_000;
const DEFAULT_SWEEP_INTERVAL_MS = 30_000;
const DEFAULT_MAX_PENDING_CALLS = 10_000;
const DEFAULT_MAX_PENDING_LENGTH = 64_000_000;

const MAX_REPLICAS = 100;

const bound = z.number().int().positive();
const timeMs = bound.max(MAX_DURATION_MS);

const descriptionFields = {
  url: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  tls: tlsSchema.optional(),
  namespace: namespaceSchema.optional(),
  durability: z
    .union([
      z.enum(['memory', 'everysec', 'always']),
      z
        .strictObject({
          replicas: bound.max(MAX_REPLICAS).optional(),
          flushed: z.boolean().optional(),
        })
        .refine(({ replicas, flushed }) => replicas !== undefined || flushed === true, {
          error: 'replicas, or flushed: true',
        }),
    ])
    .optional(),
  evictionPolicy: z.enum(['warn', 'error']).optional(),
  commandTimeoutMs: timeMs.optional(),
  retryHorizonMs: timeMs.optional(),
  sweepIntervalMs: timeMs.optional(),
  maxPendingCalls: bound.optional(),
  maxPendingLength: bound.optional(),
};

const optionsSchema = z.strictObject({
  ...descriptionFields,
  onWarning: z
    .custom<(warning: RuntimeWarning) => void>((value) => typeof value === 'function', {
      message: 'a function',
    })
    .optional(),
});

/** What describes a store in Redis by its options. */
export const redisStoreDescriptionSchema: z.ZodType<RedisStoreDescription> = z.strictObject({
  redis: z.strictObject(descriptionFields),
});

/**
 * A store in Redis that any number of processes share. It connects at its first use; whoever made it closes it.
 * @throws INVALID_INPUT naming the option or the variable of the environment, and never its value.
 */
export function createRedisStore(options: RedisStoreOptions = {}): Store {
  const parsed = parseInput(optionsSchema, options, 'options');
  const { address, tls } = locateRedis(options, 'options');
  const { durability, keeping } = durabilityOf(options.durability ?? 'everysec', address);
  const namespace = parsed.namespace ?? 'pagefold';
  const warn = createWarn(parsed.onWarning ?? (() => undefined));
  const timers = systemClock();
  const bounds = {
    maxPendingCalls: parsed.maxPendingCalls ?? DEFAULT_MAX_PENDING_CALLS,
    maxPendingLength: parsed.maxPendingLength ?? DEFAULT_MAX_PENDING_LENGTH,
  };
  const port = new RedisConnection({
    address,
    tls,
    namespace,
    durability,
    timers,
    commandTimeoutMs: parsed.commandTimeoutMs ?? DEFAULT_COMMAND_TIMEOUT_MS,
    evictionPolicy: parsed.evictionPolicy ?? 'warn',
    ...bounds,
    onConcern: ({ code, message }) => warn(`redis-${code}`, new StorageError({ message })),
  });
  return createStore({
    port,
    ...bounds,
    clock: null,
    timers,
    namespace,
    durability,
    keeping,
    retryHorizonMs: parsed.retryHorizonMs ?? DEFAULT_RETRY_HORIZON_MS,
    sweepIntervalMs: parsed.sweepIntervalMs ?? DEFAULT_SWEEP_INTERVAL_MS,
    newMark: newUuid,
  });
}

function durabilityOf(
  wanted: NonNullable<RedisStoreOptions['durability']>,
  address: RedisAddress,
): { readonly durability: Durability; readonly keeping: Keeping | null } {
  if (typeof wanted === 'string') return { durability: wanted, keeping: null };
  if (address.kind === 'cluster') {
    throw new InvalidInput({
      field: 'options.durability',
      expected: 'a level by name for a cluster, where nothing can be waited for',
    });
  }
  const { replicas = 0, flushed: isFlushed = false } = wanted;
  return { durability: isFlushed ? 'flushed' : 'replicated', keeping: { replicas, isFlushed } };
}
