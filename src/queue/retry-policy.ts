/** When a job that failed is tried again. */
export interface RetryPolicy {
  /** Tries at most, the first one included. */
  readonly attempts: number;
  /** Pause after the first try; each later one is twice as long. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Part of a pause, 0 to 1, that chance may take off, so that jobs that failed together do not come back together. */
  readonly jitter: number;
}

/**
 * Milliseconds between a failed try and the next one.
 * @param random from 0 to 1.
 */
export function retryPauseMs(
  policy: RetryPolicy,
  failed: { readonly attempt: number; readonly afterMs?: number | undefined },
  random: number,
): number {
  const wholeMs = Math.min(
    policy.firstPauseMs * 2 ** Math.min(failed.attempt - 1, 30),
    policy.longestPauseMs,
  );
  const pauseMs = Math.round(wholeMs * (1 - policy.jitter * random));
  return Math.max(pauseMs, failed.afterMs ?? 0);
}
