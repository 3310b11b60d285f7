import type { CallOptions } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import { abortedError, watchWait } from '../runtime/caller-wait.ts';

/** How long a call of several steps may wait, and how it is called off. */
export interface CallWait {
  readonly options: CallOptions;
  readonly clock: Clock;
}

/** What a call of several steps tells as it goes. */
export interface Steps {
  /**
   * Runs a step that records something: from here on it is for the step to say what became of it.
   * @throws ABORTED, DEADLINE_EXCEEDED when the call was given up before.
   */
  record<T>(step: () => Promise<T>): Promise<T>;
  /** @throws ABORTED, DEADLINE_EXCEEDED when the call was given up. */
  assertWanted(): void;
}

/**
 * Runs a call of several steps that its caller may give up: the caller hears at once that nothing was recorded, unless that is
 * not certain any more, and the steps that are left are not made.
 * @throws ABORTED, DEADLINE_EXCEEDED, and what the call throws.
 */
export async function runAbandonable<T>(
  wait: CallWait,
  call: (steps: Steps) => Promise<T>,
): Promise<T> {
  const { signal, deadlineMs } = wait.options;
  if (signal === undefined && deadlineMs === undefined) return call(PATIENT);
  if (signal?.aborted === true) throw abortedError(signal);
  return new Promise<T>((resolve, reject) => {
    let isRecording = false;
    let reason: Error | null = null;
    const assertWanted = (): void => {
      if (reason !== null) throw reason;
    };
    const unwatch = watchWait(wait, (error) => {
      reason = error;
      if (!isRecording) reject(error);
    });
    const record = async <R>(step: () => Promise<R>): Promise<R> => {
      assertWanted();
      isRecording = true;
      try {
        return await step();
      } catch (error) {
        // Nothing of it is recorded, or the error says that this is not known.
        isRecording = false;
        throw error;
      }
    };
    call({ record, assertWanted }).then(resolve, reject).finally(unwatch);
  });
}

const PATIENT: Steps = { record: (step) => step(), assertWanted: () => undefined };
