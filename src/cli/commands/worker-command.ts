import { openPagefold } from '../../api/pagefold.ts';
import { JobMeter } from '../../queue/job-meter.ts';
import { withMeter } from '../../queue/metered-queue.ts';
import { createRedisQueue } from '../../runtime/redis-queue.ts';
import { createRedisStore } from '../../runtime/redis-store.ts';
import { systemClock } from '../../runtime/system.ts';
import { type Arguments, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import {
  queueOf,
  DEPLOYMENT_OPTIONS,
  DEPLOYMENT_USAGE,
  QUEUE_OPTIONS,
  QUEUE_USAGE,
  redisOf,
} from '../redis-options.ts';
import { chosenSummarizer, SUMMARIZER_OPTIONS } from '../summarizer-choice.ts';
import { UsageError } from '../usage-error.ts';
import {
  OPERATIONS_OPTIONS,
  OPERATIONS_USAGE,
  operationsOf,
  serveWorker,
} from '../worker-operations.ts';

const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  ...QUEUE_OPTIONS,
  ...SUMMARIZER_OPTIONS,
  ...OPERATIONS_OPTIONS,
  concurrency: { type: 'string' },
  rate: { type: 'string' },
  drain: { type: 'string' },
} as const;

const DEFAULT_CONCURRENCY = 16;
/** As long as orchestrators wait between asking a process to end and killing it, and a little less. */
const DEFAULT_DRAIN_SECONDS = 25;

/** `pagefold worker`: does the background jobs of a deployment until it is told to stop. */
export const workerCommand: Command = {
  name: 'worker',
  summary: 'write summaries for the sessions of a deployment in Redis',
  usage: `Usage: pagefold worker --summarizer openai|anthropic --model NAME [OPTIONS]
       pagefold worker --summarizer FILE [OPTIONS]

Takes jobs out of the queue of a deployment until it gets SIGTERM or Ctrl-C; then it ends what it has begun and leaves the
rest to others. Any number may run. Keys and addresses of models come from OPENAI_API_KEY, OPENAI_BASE_URL,
ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL; FILE is a JavaScript module that exports a function summarize.

${DEPLOYMENT_USAGE}
${QUEUE_USAGE}
  --model NAME        which model of openai or anthropic
  --strategy NAME     what they bring out: basic (default), key_points, topic_based or query_focused
  --concurrency N     jobs at once, ${DEFAULT_CONCURRENCY} without it
  --rate N/SECONDS    jobs that begin in so many seconds, over all workers of the queue; no limit without it
  --drain SECONDS     how long it may take to end what was begun, ${DEFAULT_DRAIN_SECONDS} without it
${OPERATIONS_USAGE}`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    parsed.nothingElse();
    const operations = operationsOf(parsed);
    const rateLimit = rateOf(parsed);
    const summarize = await chosenSummarizer(parsed);
    const concurrency = parsed.count('concurrency') ?? DEFAULT_CONCURRENCY;
    const timeoutMs = (parsed.count('drain') ?? DEFAULT_DRAIN_SECONDS) * 1000;
    const onWarning = ({ code, message }: { readonly code: string; readonly message: string }) =>
      terminal.warn(`pagefold: ${code}: ${message}\n`);
    const meter = new JobMeter();
    const store = createRedisStore({ ...redisOf(parsed), onWarning });
    const redis = createRedisQueue({ ...queueOf(parsed), onWarning });
    const queue = withMeter(redis, { meter, clock: systemClock() });
    try {
      const choice = { queue, concurrency, ...(rateLimit === null ? {} : { rateLimit }) };
      const shown = { queue, meter };
      await using server =
        operations === null ? null : await serveWorker(parsed, operations, shown);
      const pagefold = await openPagefold({ store, queue: choice, summarize, onWarning });
      if (server !== null) terminal.warn(`pagefold: metrics at ${server.url}/metrics\n`);
      terminal.warn('pagefold: working; SIGTERM ends it\n');
      await terminal.untilStopped();
      terminal.warn('pagefold: ending what was begun\n');
      await pagefold.close({ timeoutMs });
    } finally {
      await queue.close();
      await store.close();
    }
  },
};

function rateOf(args: Arguments): { readonly max: number; readonly perMs: number } | null {
  const text = args.text('rate');
  if (text === null) return null;
  const [, max, seconds] = /^(\d{1,9})\/(\d{1,6})$/.exec(text) ?? [];
  const limit = { max: Number(max), perMs: Number(seconds) * 1000 };
  if (limit.max > 0 && limit.perMs > 0) return limit;
  throw new UsageError(`--rate takes jobs and seconds, as 60/1, not ${text || 'nothing'}`);
}
