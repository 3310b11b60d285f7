import type { Runtime } from '../runtime/runtime.ts';
import { runAbandonable } from './abandonable.ts';
import { callOptions, parseWait, type WaitOptions } from './wait.ts';

/**
 * Waits until background work is done, or gives up waiting; the work goes on.
 * @throws INVALID_INPUT, CLOSED, ABORTED, DEADLINE_EXCEEDED
 */
export async function flushBackground(runtime: Runtime, options: WaitOptions): Promise<void> {
  const { clock, followUps } = runtime;
  const wait = callOptions(parseWait(options), clock);
  runtime.assertOpen();
  await runAbandonable({ options: wait, clock }, () => followUps.whenIdle());
}
