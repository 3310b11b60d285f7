import { z } from 'zod';
import { DEFAULT_ACTOR_LIMITS, type ActorLimits } from '../actors/limits.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { MAX_DURATION_MS } from '../config/duration.ts';
import { configuredWorkers, MAX_WORKERS } from '../config/environment.ts';
import { parseInput } from '../domain/parse.ts';
import { createOverrideRows, type PriceOverrides } from '../pricing/price-override.ts';
import type { Store, TimeToLive } from '../store/store.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import { MAX_TENANT_ID_LENGTH } from '../domain/ids.ts';
import { type BackgroundLimits, DEFAULT_BACKGROUND_LIMITS } from './background-limits.ts';
import { DEFAULT_MEMORY_LIMITS, type MemoryLimits } from './memory-limits.ts';
import { ownArtifactStoreSchema, ownStoreSchema } from './own-store.ts';
import type { QueueChoice } from './queue-options.ts';
import { type RedisStoreDescription, redisStoreDescriptionSchema } from './redis-store.ts';
import type { RuntimeWarning } from './warnings.ts';

/** Any of the fields, where one that is undefined counts as not given. */
type Loose<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** Bounds of everything in a runtime. */
export type RuntimeLimits = ActorLimits & MemoryLimits & BackgroundLimits;

const DEFAULT_LIMITS: RuntimeLimits = {
  ...DEFAULT_ACTOR_LIMITS,
  ...DEFAULT_MEMORY_LIMITS,
  ...DEFAULT_BACKGROUND_LIMITS,
};

/** How a runtime is set up; everything has a default. */
export interface RuntimeOptions {
  /**
   * `memory` (default), `redis` for the one that the environment names, a Redis by its options, or a store that you made. Workers
   * have a connection of their own to a Redis; every other store stays in the main thread.
   */
  readonly store?: 'memory' | 'redis' | RedisStoreDescription | Store | undefined;
  /**
   * Threads that sessions live in: a number, or `auto` for as many as pay on this machine. With 0, sessions live in the thread
   * that opens the runtime. A runtime with workers keeps the process alive until it is closed. Default `PAGEFOLD_WORKERS`, else 0.
   */
  readonly workers?: number | 'auto' | undefined;
  /**
   * Model that counts what no model wrote: messages of the user, tool calls, system prompts. Also the one that prompts are
   * built for where a call names none. An answer without a model is recorded as `unknown`, counted with cl100k_base, and has
   * no price. Default `PAGEFOLD_DEFAULT_MODEL`, else gpt-4o-mini.
   */
  readonly defaultModel?: string | undefined;
  /**
   * When sessions expire; default `SESSION_DEFAULT_TTL` seconds, else 24 hours, after the latest write. A member that is null
   * or not given sets no end.
   */
  readonly timeToLive?: Loose<TimeToLive> | undefined;
  /** `estimate` never loads a vocabulary: less memory and start-up time, approximate counts. */
  readonly tokens?: 'exact' | 'estimate' | undefined;
  /** Prices that beat the built-in list, by model name. */
  readonly prices?: PriceOverrides | undefined;
  /** Bounds of queues, caches and retries. */
  readonly limits?: Loose<RuntimeLimits> | undefined;
  /** Writes better summaries of closed segments, in the background. */
  readonly summarize?: Summarize | undefined;
  /**
   * Where background jobs wait: `memory` (default) of this process; `redis` for a queue that processes share, on the server that
   * the environment names; or how it is set up.
   */
  readonly queue?: QueueChoice | undefined;
  /**
   * Where content goes that is too large for records, such as long results of tools; it stays yours. All processes that open the
   * same sessions name the same one. Default: none, and such content is refused.
   */
  readonly artifacts?: ArtifactStore | undefined;
  readonly onWarning?: ((warning: RuntimeWarning) => void) | undefined;
}

/** Options with every default filled in. */
export interface ParsedRuntimeOptions {
  readonly store: 'memory' | 'redis' | RedisStoreDescription | Store;
  readonly workers: number | 'auto';
  readonly defaultModel: string | null;
  readonly timeToLive: TimeToLive | null;
  readonly tokens: 'exact' | 'estimate';
  readonly prices: PriceOverrides;
  readonly limits: RuntimeLimits;
  readonly summarize: Summarize | null;
  readonly queue: QueueChoice;
  readonly artifacts: ArtifactStore | null;
  readonly onWarning: (warning: RuntimeWarning) => void;
}

const durationMs = z.number().int().nonnegative().max(MAX_DURATION_MS);
const bound = z.number().int().positive();
const timeBoundMs = bound.max(MAX_DURATION_MS);

/** Beyond these a share would be as good as nothing, or as all there is. */
const weight = z.number().min(0.01).max(1000);
const weights = z.record(z.string().min(1).max(MAX_TENANT_ID_LENGTH), weight);

function limitSchemaOf(name: string): z.ZodType {
  if (name === 'tenantWeights') return weights;
  return name.endsWith('Ms') ? timeBoundMs : bound;
}

const limitsSchema: z.ZodType<Loose<RuntimeLimits>> = z.strictObject(
  Object.fromEntries(
    Object.keys(DEFAULT_LIMITS).map((name) => [name, limitSchemaOf(name).optional()]),
  ),
);

/** What stands in a description is checked by itself, so that the field that is wrong is named. */
const storeSchema = z.union(
  [
    z.literal('memory'),
    z.literal('redis'),
    z.custom<RedisStoreDescription>((value) => isDescription(value)),
    ownStoreSchema,
  ],
  {
    error: ({ errors }) =>
      `'memory', 'redis', { redis: { url } } or ${errors.at(-1)?.[0]?.message ?? 'a store'}`,
  },
);

function isDescription(value: unknown): value is RedisStoreDescription {
  return typeof value === 'object' && value !== null && 'redis' in value && !('append' in value);
}

const optionsSchema = z.strictObject({
  store: storeSchema.optional(),
  workers: z.union([z.literal('auto'), z.number().int().nonnegative().max(MAX_WORKERS)]).optional(),
  defaultModel: z.string().min(1).max(200).optional(),
  timeToLive: z
    .strictObject({
      absoluteMs: durationMs.nullable().optional(),
      slidingMs: durationMs.nullable().optional(),
    })
    .optional(),
  tokens: z.enum(['exact', 'estimate']).optional(),
  prices: z.record(z.string(), z.unknown()).optional(),
  limits: limitsSchema.optional(),
  summarize: z
    .custom<Summarize>((value) => typeof value === 'function', { message: 'a function' })
    .optional(),
  // What stands in it is checked when it is opened.
  queue: z
    .union([
      z.enum(['memory', 'redis']),
      z.custom<Exclude<QueueChoice, string>>(
        (value) => typeof value === 'object' && value !== null,
        { message: 'an object that describes a queue' },
      ),
    ])
    .optional(),
  artifacts: ownArtifactStoreSchema.optional(),
  onWarning: z
    .custom<(warning: RuntimeWarning) => void>((value) => typeof value === 'function', {
      message: 'a function',
    })
    .optional(),
});

function filledLimits(limits: Loose<RuntimeLimits>): RuntimeLimits {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}

function checkedStore(store: ParsedRuntimeOptions['store']): ParsedRuntimeOptions['store'] {
  if (!isDescription(store)) return store;
  return parseInput(redisStoreDescriptionSchema, store, 'options.store');
}

/** As they were passed: the price book reads them itself, but does not know where they came from. */
function checkedPrices(prices: PriceOverrides | undefined): PriceOverrides {
  if (prices === undefined) return {};
  createOverrideRows(prices, 'options.prices');
  return prices;
}

function filledLife({ absoluteMs = null, slidingMs = null }: Loose<TimeToLive>): TimeToLive {
  return { absoluteMs, slidingMs };
}

/**
 * Checks the options and fills in what is not given.
 * @throws INVALID_INPUT naming the option.
 */
export function parseRuntimeOptions(options: RuntimeOptions): ParsedRuntimeOptions {
  const parsed = parseInput(optionsSchema, options, 'options');
  return {
    store: checkedStore(parsed.store ?? 'memory'),
    workers: parsed.workers ?? configuredWorkers(),
    defaultModel: parsed.defaultModel ?? null,
    timeToLive: parsed.timeToLive === undefined ? null : filledLife(parsed.timeToLive),
    tokens: parsed.tokens ?? 'exact',
    prices: checkedPrices(options.prices),
    limits: filledLimits(parsed.limits ?? {}),
    summarize: parsed.summarize ?? null,
    queue: parsed.queue ?? 'memory',
    artifacts: parsed.artifacts ?? null,
    onWarning: parsed.onWarning ?? (() => undefined),
  };
}
