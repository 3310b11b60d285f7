import type { Clock } from '../domain/clock.ts';
import { PagefoldError, StorageError, type SessionManagerError } from '../domain/errors.ts';
import type { AppendParams, AppendResult, Store } from '../store/store.ts';
import type { ActorLimits } from './limits.ts';

/** What trying again needs. */
interface RetryHost {
  readonly clock: Clock;
  readonly limits: Pick<ActorLimits, 'retryHorizonMs' | 'retryFirstMs' | 'retryMaxMs'>;
  /** A copy of the append may have been sent before by somebody else, and its answer lost. Default false. */
  readonly wasSentBefore?: boolean;
  random(): number;
  count(figure: 'retries'): void;
}

/** What became of an append, and whether an earlier copy of it was lost sight of. */
export interface KnownOutcome {
  readonly result: AppendResult;
  /** An earlier copy was sent and not answered, so that "it is gone" does not mean "it never was". */
  readonly wasDoubtful: boolean;
}

/** Errors that a store did not classify get this many tries: they are rarely a passing fault of the network. */
const UNCLASSIFIED_TRIES = 3;

/**
 * Appends, and asks again with the same write while the outcome is unknown: the store answers a repeated write with what
 * became of the first. Pauses double from `retryFirstMs` to `retryMaxMs`, half of each random.
 * The horizon counts by the clock and by the pauses, whichever says first that it is over: a store forgets writers in its
 * own time, also when the clock here is set back.
 * @throws STORAGE_ERROR when nothing was recorded for certain, UNKNOWN_OUTCOME when the horizon passed without an answer.
 */
export async function appendUntilKnown(
  store: Store,
  append: AppendParams,
  host: RetryHost,
): Promise<KnownOutcome> {
  const { retryHorizonMs } = host.limits;
  const giveUpAtMs = host.clock.nowMs() + retryHorizonMs;
  let pausedMs = 0;
  const firstAttempt = host.wasSentBefore === true ? 2 : 1;
  for (let attempt = firstAttempt; ; attempt += 1) {
    try {
      return { result: await store.append(append), wasDoubtful: attempt > 1 };
    } catch (error) {
      const mayRetry = isWorthAsking(error, attempt);
      // The first answer of a store that says "nothing happened" is final; after a doubtful one it says so of the copy.
      if (!mayRetry && attempt === 1) throw toStorageError(error, store.backend);
      const isOver = pausedMs >= retryHorizonMs || host.clock.nowMs() >= giveUpAtMs;
      if (!mayRetry || isOver) throw unknownOutcome(error, store.backend);
    }
    host.count('retries');
    pausedMs += await pause(host, attempt);
  }
}

function isWorthAsking(error: unknown, attempt: number): boolean {
  if (!PagefoldError.isInstance(error)) return attempt < UNCLASSIFIED_TRIES;
  if (error.code === 'UNKNOWN_OUTCOME') return true;
  // A store that is full, or has too much to do, still finds a copy that it has.
  return attempt > 1 && (error.code === 'STORAGE_ERROR' || error.code === 'OVERLOADED');
}

function toStorageError(error: unknown, backend: string): unknown {
  if (PagefoldError.isInstance(error)) return error;
  return unknownOutcome(error, backend);
}

/** What callers are told when nobody can say whether their commit is recorded. A driver's own text may quote content. */
export function unknownOutcome(cause: unknown, backend: string): SessionManagerError {
  return new StorageError({
    code: 'UNKNOWN_OUTCOME',
    operation: 'append',
    backend,
    message: 'The store did not say whether the write was recorded',
    cause,
  });
}

/** Waits, and returns how long. */
async function pause(host: RetryHost, attempt: number): Promise<number> {
  const { retryFirstMs, retryMaxMs } = host.limits;
  const fullMs = Math.min(retryMaxMs, retryFirstMs * 2 ** Math.min(attempt - 1, 30));
  const delayMs = fullMs / 2 + (host.random() * fullMs) / 2;
  await new Promise<void>((resolve) => host.clock.setTimer(delayMs, resolve));
  return delayMs;
}
