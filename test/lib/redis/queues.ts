import { BullQueue, type BullQueueSettings } from '../../../src/queue/bull/bull-queue.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { parseRedisUrl } from '../../../src/store/redis/redis-address.ts';

/** A queue over BullMQ with short pauses; an error that nobody waits for fails the test that meets it. */
export function aBullQueue(
  options: { readonly url: string; readonly namespace: string } & Partial<BullQueueSettings>,
): BullQueue {
  const { url, ...settings } = options;
  return new BullQueue({
    server: { address: parseRedisUrl(url, 'url'), tls: null },
    name: 'work',
    clock: systemClock(),
    random: () => 0,
    retries: { attempts: 3, firstPauseMs: 100, longestPauseMs: 10_000, jitter: 0.5 },
    maxWaiting: 100_000,
    maxDead: 1000,
    lockMs: 10_000,
    stalledCheckMs: 5000,
    callTimeoutMs: 5000,
    maxUnanswered: 10_000,
    onError: (error) => {
      throw error;
    },
    ...settings,
  });
}
