import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import type { Queue } from '../queue/queue.ts';
import type { BackgroundQueue } from './background-queue.ts';
import { openRedisQueue, type RedisQueueOptions } from './redis-queue.ts';
import type { RuntimeWarning } from './warnings.ts';

/** A queue that processes share, and what this process does with it. */
export interface QueueOptions extends Omit<RedisQueueOptions, 'onWarning'> {
  /** A queue of yours, which you close, instead of one in Redis. */
  readonly queue?: Queue | undefined;
  /**
   * Whether jobs are done in this process too; default where there is a `summarize`. Where nobody consumes, in any process,
   * nothing is done.
   */
  readonly consume?: boolean | undefined;
  /** Jobs at once in this process at most. Default 16. */
  readonly concurrency?: number | undefined;
  /** Jobs that begin in `perMs`, over all processes; for the limits of a provider. */
  readonly rateLimit?: { readonly max: number; readonly perMs: number } | undefined;
}

/** Where background jobs wait. */
export type QueueChoice = 'memory' | 'redis' | QueueOptions;

const FIELD = 'options.queue';
const DEFAULT_CONCURRENCY = 16;
const MAX_CONCURRENCY = 1000;

const METHODS: readonly (keyof Queue)[] = ['enqueue', 'consume', 'repeat', 'drain', 'close'];

const bound = z.number().int().positive();

const choiceSchema = z.looseObject({
  queue: z
    .custom<Queue>(
      (value) =>
        typeof value === 'object' && value !== null && METHODS.every((name) => name in value),
      { message: 'a queue' },
    )
    .optional(),
  consume: z.boolean().optional(),
  concurrency: bound.max(MAX_CONCURRENCY).optional(),
  rateLimit: z.strictObject({ max: bound, perMs: bound }).optional(),
});

/**
 * The queue that the options name, and what this process does with it; null for none that is shared.
 * @throws INVALID_INPUT naming the option.
 */
export function openBackgroundQueue(
  choice: QueueChoice,
  runtime: {
    readonly hasSummarizer: boolean;
    readonly onWarning: (warning: RuntimeWarning) => void;
  },
): BackgroundQueue | null {
  if (choice === 'memory') return null;
  const options: QueueOptions = choice === 'redis' ? {} : choice;
  const parsed = parseInput(choiceSchema, options, FIELD);
  const { queue, consume = runtime.hasSummarizer, ...rest } = options;
  if (consume && !runtime.hasSummarizer) {
    const expected = 'false where no `summarize` is given, since jobs would be taken and not done';
    throw new InvalidInput({ field: `${FIELD}.consume`, expected });
  }
  const { concurrency = DEFAULT_CONCURRENCY, rateLimit = null } = parsed;
  return {
    queue: queue ?? openRedisQueue({ ...redisOnly(rest), onWarning: runtime.onWarning }, FIELD),
    isOwn: queue === undefined,
    isConsumer: consume,
    concurrency,
    rateLimit,
  };
}

function redisOnly(options: QueueOptions): RedisQueueOptions {
  const own: ReadonlySet<string> = new Set(['concurrency', 'rateLimit']);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !own.has(name)));
}
