import type { Clock } from '../domain/clock.ts';
import { SessionManagerError } from '../domain/errors.ts';
import { onAbort } from '../domain/on-abort.ts';
import type { CallOptions } from '../actors/envelope.ts';

/** Calls `giveUp` once the signal is aborted or the deadline passes; the returned function stops watching. */
export function watchWait(
  wait: { readonly options: CallOptions; readonly clock: Clock },
  giveUp: (error: SessionManagerError) => void,
): () => void {
  const { signal, deadlineMs } = wait.options;
  const expire = (): void => giveUp(interrupted('DEADLINE_EXCEEDED', 'The deadline passed'));
  const unwatch = onAbort(signal, () => giveUp(abortedError(signal)));
  const timer =
    deadlineMs === undefined
      ? null
      : wait.clock.setTimer(Math.max(0, deadlineMs - wait.clock.nowMs()), expire);
  return () => {
    unwatch();
    timer?.cancel();
  };
}

/** Resolves once work is done that cannot fail, or once the wait of the call is over, whichever comes first. */
export async function untilDone(
  work: Promise<void>,
  wait: { readonly options: CallOptions; readonly clock: Clock },
): Promise<void> {
  const { signal, deadlineMs } = wait.options;
  if (signal === undefined && deadlineMs === undefined) return work;
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve, reject) => {
    const unwatch = watchWait(wait, () => {
      unwatch();
      resolve();
    });
    work.then(resolve, reject).finally(unwatch);
  });
}

/** What a caller hears whose signal was aborted before anything happened; the signal's reason is the cause. */
export function abortedError(signal: AbortSignal | undefined): SessionManagerError {
  return interrupted('ABORTED', 'The call was aborted', signal?.reason);
}

function interrupted(
  code: 'ABORTED' | 'DEADLINE_EXCEEDED',
  what: string,
  cause?: unknown,
): SessionManagerError {
  return new SessionManagerError(`${what} before anything was recorded`, { code, cause });
}
