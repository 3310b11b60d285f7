import { workerToken } from '../config/environment.ts';
import type { JobMeter } from '../queue/job-meter.ts';
import type { Queue } from '../queue/queue.ts';
import { openRedisBoardQueue } from '../runtime/redis-queue.ts';
import { createBullBoard } from '../server/operations/bull-board.ts';
import { metricsText } from '../server/operations/metrics-text.ts';
import { BOARD_PATH, serveOperations } from '../server/operations/serve-operations.ts';
import type { Arguments } from './arguments.ts';
import { queueOf } from './redis-options.ts';
import { UsageError } from './usage-error.ts';

/** Options that say what a worker shows of itself, and where. */
export const OPERATIONS_OPTIONS = {
  http: { type: 'string' },
  host: { type: 'string' },
  board: { type: 'boolean' },
} as const;

/** How they are explained. */
export const OPERATIONS_USAGE: string = `  --http PORT         serve figures for Prometheus at /metrics, of any free port for 0
  --board             with --http: Bull Board at ${BOARD_PATH}; needs the packages @bull-board/api and @bull-board/express
  --host HOST         listen there instead of on 127.0.0.1; needs a token in PAGEFOLD_WORKER_TOKEN, which clients send`;

const MAX_PORT = 65_535;
const DEFAULT_QUEUE = 'background';

/** What a worker shows of itself. */
export interface Operations {
  readonly port: number;
  readonly host: string | undefined;
  readonly hasBoard: boolean;
}

/**
 * What the options say that is to be shown; null for nothing.
 * @throws UsageError
 */
export function operationsOf(args: Arguments): Operations | null {
  const text = args.text('http');
  if (text === null) {
    if (args.text('host') !== null) throw new UsageError('--host goes with --http');
    if (args.has('board')) throw new UsageError('--board goes with --http');
    return null;
  }
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > MAX_PORT)
    throw new UsageError(`--http takes a port, not ${text || 'nothing'}`);
  return { port, host: args.text('host') ?? undefined, hasBoard: args.has('board') };
}

/**
 * Serves the figures of a queue, and the board.
 * @throws INVALID_INPUT for a host that others reach without a token; SESSION_MANAGER_ERROR where the board is not installed
 */
export async function serveWorker(
  args: Arguments,
  { port, host, hasBoard }: Operations,
  { queue, meter }: { readonly queue: Queue; readonly meter: JobMeter },
): Promise<AsyncDisposable & { readonly url: string }> {
  const name = args.text('queue') ?? DEFAULT_QUEUE;
  const shown = hasBoard ? await openRedisBoardQueue(queueOf(args)) : null;
  const leave = async (): Promise<void> => shown?.[Symbol.asyncDispose]();
  try {
    const board =
      shown === null ? null : await createBullBoard(shown.queue, { basePath: BOARD_PATH });
    const metrics = async (): Promise<string> => {
      // A queue that does not answer is a figure too.
      const figures = await queue.figures().catch(() => null);
      return metricsText({ name, figures }, meter.figures());
    };
    const server = await serveOperations({ host, port, token: workerToken(), metrics, board });
    const close = async (): Promise<void> => {
      await server.close();
      await leave();
    };
    return { url: server.url, [Symbol.asyncDispose]: close };
  } catch (error) {
    await leave();
    throw error;
  }
}
