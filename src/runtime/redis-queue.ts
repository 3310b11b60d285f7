import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import { type BoardQueue, openBoardQueue } from '../queue/bull/board-queue.ts';
import { BullQueue } from '../queue/bull/bull-queue.ts';
import type { Queue } from '../queue/queue.ts';
import type { RetryPolicy } from '../queue/retry-policy.ts';
import type { RedisTls } from '../store/redis/redis-client.ts';
import { locateRedis, namespaceSchema, tlsSchema } from './redis-location.ts';
import { randomFraction, systemClock } from './system.ts';
import { createWarn, type RuntimeWarning } from './warnings.ts';

/** How a queue in Redis is set up; everything has a default. */
export interface RedisQueueOptions {
  /** Where Redis is, as of a store. Default `SESSION_REDIS_URL`, else `REDIS_URL`, else this machine. */
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
   * Which of the queues of the deployment. One for each provider and model lets each have a rate limit of its own. Default
   * `background`.
   */
  readonly name?: string | undefined;
  /** Is told, as `QUEUE_ERROR` and no oftener than every ten seconds, of what fails while nobody waits. */
  readonly onWarning?: ((warning: RuntimeWarning) => void) | undefined;
}

/** A model that is overloaded needs longer than a store that is: 1, 2, 4 and 8 s, each up to half of it shorter. */
const RETRIES: RetryPolicy = {
  attempts: 5,
  firstPauseMs: 1000,
  longestPauseMs: 300_000,
  jitter: 0.5,
};

const NAMESPACE = 'pagefold';
const NAME = 'background';
const MAX_WAITING = 1_000_000;
const MAX_DEAD = 10_000;
/** A process that has not been heard of for so long is taken for dead; summaries take less, and a pause is not a death. */
const LOCK_MS = 60_000;
const STALLED_CHECK_MS = 15_000;
const CALL_TIMEOUT_MS = 5000;
/** Some megabytes of commands. */
const MAX_UNANSWERED = 10_000;

const queueNameSchema: z.ZodString = z
  .string()
  .regex(/^[\w.-]{1,64}$/, '1 to 64 letters, digits, dots, dashes and underscores');

const optionsSchema = z.strictObject({
  url: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  tls: tlsSchema.optional(),
  namespace: namespaceSchema.optional(),
  name: queueNameSchema.optional(),
  onWarning: z
    .custom<(warning: RuntimeWarning) => void>((value) => typeof value === 'function', {
      message: 'a function',
    })
    .optional(),
});

/**
 * A queue of background jobs in Redis that any number of processes share. It connects at its first use, with connections of its
 * own; whoever made it closes it.
 * @throws INVALID_INPUT naming the option or the variable of the environment, and never its value.
 */
export function createRedisQueue(options: RedisQueueOptions = {}): Queue {
  return openRedisQueue(options, 'options');
}

/**
 * The queue of {@link createRedisQueue} as BullMQ knows it, for tools made for that.
 * @throws INVALID_INPUT
 */
export function openRedisBoardQueue(options: RedisQueueOptions): Promise<BoardQueue> {
  const { namespace = NAMESPACE, name = NAME } = parseInput(optionsSchema, options, 'options');
  return openBoardQueue(locateRedis(options, 'options'), {
    namespace,
    name,
    clock: systemClock(),
  });
}

/** Between two warnings of a queue. */
const QUIET_MS = 10_000;

/**
 * As {@link createRedisQueue}, with `field` as what errors call the options.
 * @throws INVALID_INPUT
 */
export function openRedisQueue(options: RedisQueueOptions, field: string): Queue {
  const parsed = parseInput(optionsSchema, options, field);
  const warn = createWarn(parsed.onWarning ?? (() => undefined));
  const clock = systemClock();
  let quietUntilMs = 0;
  const onError = (error: unknown): void => {
    // A server that is away is noticed several times a second.
    if (clock.nowMs() < quietUntilMs) return;
    quietUntilMs = clock.nowMs() + QUIET_MS;
    warn('QUEUE_ERROR', error);
  };
  return new BullQueue({
    server: locateRedis(options, field),
    namespace: parsed.namespace ?? NAMESPACE,
    name: parsed.name ?? NAME,
    clock,
    random: randomFraction,
    retries: RETRIES,
    maxWaiting: MAX_WAITING,
    maxDead: MAX_DEAD,
    lockMs: LOCK_MS,
    stalledCheckMs: STALLED_CHECK_MS,
    callTimeoutMs: CALL_TIMEOUT_MS,
    maxUnanswered: MAX_UNANSWERED,
    onError,
  });
}
