import type { Clock } from '../domain/clock.ts';
import { onAbort } from '../domain/on-abort.ts';

/** What bounds a call of somebody else's function. */
export interface CallBounds {
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly signal: AbortSignal | undefined;
}

/** What became of a call. */
export type CallOutcome<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly reason: 'timed-out' | 'aborted' };

/**
 * What a function gives, or that time or the caller ended the wait: one that ignores its signal holds nobody up. What the
 * function throws is thrown.
 */
export async function callInTime<Answer>(
  ask: (signal: AbortSignal) => Answer | Promise<Answer>,
  { timeoutMs, clock, signal }: CallBounds,
): Promise<CallOutcome<Answer>> {
  if (signal?.aborted === true) return { kind: 'failure', reason: 'aborted' };
  const call = new AbortController();
  let stop = (): void => undefined;
  const ended = new Promise<CallOutcome<Answer>>((resolve) => {
    const end = (reason: 'timed-out' | 'aborted'): void => {
      call.abort();
      resolve({ kind: 'failure', reason });
    };
    const timer = clock.setTimer(timeoutMs, () => end('timed-out'), { isBackground: true });
    const unwatch = onAbort(signal, () => end('aborted'));
    stop = () => {
      timer.cancel();
      unwatch();
    };
  });
  const answered = async (): Promise<CallOutcome<Answer>> => {
    return { kind: 'answer', answer: await ask(call.signal) };
  };
  try {
    return await Promise.race([ended, answered()]);
  } finally {
    stop();
  }
}
