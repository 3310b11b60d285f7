import type { ErrorClass } from '../procedures/error-class.ts';
import { mayHaveWorked } from './may-have-worked.ts';
import type { ToolFailure } from './tool-failure.ts';

/** When a failed call is made again. */
export interface RetryOptions {
  /** Attempts after the first one. Default 2. */
  readonly maxRetries?: number | undefined;
  /** The first pause in milliseconds; each further one is twice as long. Default 1,000. */
  readonly baseDelayMs?: number | undefined;
  /** The longest pause in milliseconds, before it is spread. Default 60,000. */
  readonly maxDelayMs?: number | undefined;
  /** Whether pauses are spread by half up and down, so that callers do not come back together. Default true. */
  readonly hasJitter?: boolean | undefined;
  /**
   * The classes of failures after which the call is made again. Default for tools that may be repeated: those that pass by
   * themselves; for all others: those that say that nothing was done, by more than their text.
   */
  readonly on?: readonly ErrorClass[] | undefined;
}

/** A policy with everything known. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly hasJitter: boolean;
  readonly on: ReadonlySet<ErrorClass>;
  /** Whether the class of a failure is enough, however it is known. */
  readonly isSure: boolean;
}

/** Failures that pass by themselves. An open breaker stays open for longer than a pause. */
const PASSING: readonly ErrorClass[] = [
  'rate_limit',
  'overloaded',
  'timeout',
  'connection',
  'server_error',
];
/** Failures after which nothing was done, as far as they say. */
const REFUSED: readonly ErrorClass[] = ['rate_limit', 'overloaded'];

/** The policy of a tool. */
export function toRetryPolicy(options: RetryOptions, isRepeatable: boolean): RetryPolicy {
  return {
    maxRetries: options.maxRetries ?? 2,
    baseDelayMs: options.baseDelayMs ?? 1_000,
    maxDelayMs: options.maxDelayMs ?? 60_000,
    hasJitter: options.hasJitter ?? true,
    on: new Set(options.on ?? (isRepeatable ? PASSING : REFUSED)),
    isSure: isRepeatable || options.on !== undefined,
  };
}

/** Whether a call that failed is made again: for a tool that may not be repeated, not where the failure leaves open what was done. */
export function isRetried(
  { on, isSure }: Pick<RetryPolicy, 'on' | 'isSure'>,
  failure: ToolFailure,
): boolean {
  if (!on.has(failure.errorClass)) return false;
  return isSure || (failure.isTold && !mayHaveWorked(failure));
}

/**
 * The pause before a retry, the first one being 0: the base doubled each time up to the maximum, times 0.5 to 1.5 where it is
 * spread; what the tool asks to wait at least, up to the maximum.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  retry: {
    readonly number: number;
    /** From 0 to below 1. */
    readonly random: number;
    readonly failure: Pick<ToolFailure, 'retryAfterMs'>;
  },
): number {
  const grown = Math.min(policy.baseDelayMs * 2 ** retry.number, policy.maxDelayMs);
  const delayMs = policy.hasJitter ? grown * (0.5 + retry.random) : grown;
  return Math.max(delayMs, Math.min(retry.failure.retryAfterMs ?? 0, policy.maxDelayMs));
}
