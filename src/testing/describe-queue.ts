import { describe, expect, test } from 'vitest';
import { failingCases } from './queue/failing.ts';
import { fairnessCases } from './queue/fairness.ts';
import { type CreateQueue, type QueueCases, withQueue } from './queue/queue-subject.ts';
import { runningCases } from './queue/running.ts';

const TOPICS: Readonly<Record<string, QueueCases>> = {
  running: runningCases,
  failing: failingCases,
  fairness: fairnessCases,
};

/**
 * Runs the whole contract of a queue under vitest, for any implementation. Some cases let time pass: a queue that goes by a
 * virtual clock has `wait` move it, one that goes by the machine's has it wait.
 * @example
 * describeQueue('my queue', async (settings) => ({
 *   queue: await openMyQueue({ ...settings, name: randomUUID() }),
 *   wait: (ms) => setTimeout(ms),
 *   nowMs: () => Date.now(),
 * }));
 */
export function describeQueue(name: string, create: CreateQueue): void {
  describe(`${name}: contract of a queue`, () => {
    describe.each(Object.entries(TOPICS))('%s', (_topic, cases) => {
      test.each(Object.entries(cases))('%s', async (_title, run) => {
        expect.hasAssertions();
        await withQueue(create, run);
      });
    });
  });
}
