import type { ConsumeOptions, Queue } from '../../../src/index.ts';
import { openPagefold } from '../../../src/index.ts';
import { seededRandom } from '../../../src/testing/index.ts';
import { aBullQueue } from './queues.ts';
import { aRedisStore } from './stores.ts';

// A process that records conversations or summarises them, badly, until it is killed or has recorded all.

/** What a process is told to do. */
export interface ChaosOrder {
  readonly role: 'record' | 'summarise';
  readonly url: string;
  readonly namespace: string;
  readonly seed: number;
  readonly sessionIds: readonly string[];
}

/** Exchanges of each conversation; all but the last one end as closed segments. */
export const EXCHANGES = 6;

const CHANCES = { dropped: 0.2, modelError: 0.15, badOutput: 0.05, crashAfterApply: 0.1 };

/** Recordings under way at once. */
const AT_ONCE = 10;

/** What the message says that a segment begins with; its summary names it, so that one in the wrong place shows. */
export function questionOf(sessionId: string, exchange: number): string {
  return `${sessionId} asks question number ${exchange} about the wonders of the ancient world`;
}

/** A queue that loses what is offered, and gives jobs out again that were done. */
function unreliable(queue: Queue, random: () => number): Queue {
  return {
    backend: queue.backend,
    isShared: queue.isShared,
    enqueue: (job) =>
      random() < CHANCES.dropped ? Promise.resolve('added' as const) : queue.enqueue(job),
    consume: ({ handle, ...options }: ConsumeOptions) =>
      queue.consume({
        ...options,
        handle: async (job, context) => {
          const outcome = await handle(job, context);
          const isLost = outcome.kind === 'done' && random() < CHANCES.crashAfterApply;
          return isLost ? { kind: 'failed', reason: 'crashed' } : outcome;
        },
      }),
    repeat: (params) => queue.repeat(params),
    pause: () => queue.pause(),
    resume: () => queue.resume(),
    drain: (options) => queue.drain(options),
    cancel: (id) => queue.cancel(id),
    deadJobs: (params) => queue.deadJobs(params),
    revive: (id) => queue.revive(id),
    figures: () => queue.figures(),
    close: () => queue.close(),
  };
}

function badModel(random: () => number): (messages: readonly { content: string }[]) => string {
  return (messages) => {
    const luck = random();
    if (luck < CHANCES.modelError) throw new Error('overloaded');
    if (luck < CHANCES.modelError + CHANCES.badOutput)
      return random() < 0.5 ? '  ' : 'endless '.repeat(500);
    return `About: ${messages[0]?.content}`;
  };
}

async function run(order: ChaosOrder): Promise<void> {
  const { url, namespace, seed, role } = order;
  const random = seededRandom(seed);
  const next = (): number => random.next();
  const queue = unreliable(aBullQueue({ url, namespace, ...FAST }), next);
  const store = aRedisStore({ url, namespace });
  const isRecorder = role === 'record';
  const pagefold = await openPagefold({
    store,
    tokens: 'estimate',
    queue: { queue },
    ...(isRecorder ? {} : { summarize: badModel(next) }),
  });
  process.send?.('ready');
  if (!isRecorder) return;
  const waiting = [...order.sessionIds];
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const session = pagefold.session(id, { infiniteContext: true, maxTurnsPerSegment: 2 });
      for (let exchange = 1; exchange <= EXCHANGES; exchange += 1) {
        // In order: an answer follows its question. Whoever takes over from a killed process says all of it again.
        await session.userSays(questionOf(id, exchange), { idempotencyKey: `q${exchange}` });
        await session.aiResponds('They were seven, and one of them still stands today.', {
          model: 'm',
          idempotencyKey: `a${exchange}`,
        });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await pagefold.close();
  await queue.close();
  await store.close();
  process.send?.('done');
  process.disconnect?.();
}

/** So short that what a killed process had begun is begun again soon. */
export const FAST = {
  retries: { attempts: 5, firstPauseMs: 50, longestPauseMs: 1000, jitter: 0.5 },
  lockMs: 2000,
  stalledCheckMs: 500,
  onError: (): void => undefined,
};

const order = process.argv[2];
if (order?.startsWith('{') === true) await run(JSON.parse(order));
