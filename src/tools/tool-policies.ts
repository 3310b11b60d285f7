import {
  BulkheadRejectedError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  type IPolicy,
  noop,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import type { ErrorClass } from '../procedures/error-class.ts';
import { isRetried, type RetryPolicy, retryDelayMs } from './retry-policy.ts';
import type { ToolDefinition } from './tool-definition.ts';
import { failureOf } from './tool-failure.ts';
import { onAbort } from '../domain/on-abort.ts';

/** Whether calls of a tool are let through: `closed` is the ordinary state. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Runs a task as soon as it may; it rejects when too many wait, and when the signal is aborted before the task began. */
type Turns = <Value>(task: () => Promise<Value>, signal: AbortSignal) => Promise<Value>;

/** How calls of one tool are limited, repeated and turned away. */
export interface ToolPolicies {
  /** Around all attempts of a call: the time that they have together, the wait for their turn included. */
  readonly whole: IPolicy;
  /** Turns when too many run: held for as long as the tool is at work, whether anybody still waits for it or not. */
  readonly turns: Turns;
  /** Repeats, and what each attempt goes through: the breaker, then the time that it has. */
  readonly attempts: IPolicy;
  breakerState(): BreakerState;
}

/** Longest delay of a timer of Node. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_TOTAL_MS = 120_000;
const DEFAULT_CONCURRENT = 16;
const DEFAULT_WAITING = 256;
const DEFAULT_FAILURES = 5;
const DEFAULT_OPEN_MS = 60_000;
/** Failures that say something about the tool's health, and not about the call. */
const UNHEALTHY: ReadonlySet<ErrorClass> = new Set([
  'timeout',
  'connection',
  'server_error',
  'overloaded',
  'execution',
]);

/** The policies of a tool; their state is that of whoever holds them. */
export function createToolPolicies(
  definition: ToolDefinition,
  parts: { readonly retry: RetryPolicy; readonly random: () => number },
): ToolPolicies {
  const breaker = createBreaker(definition.breaker ?? {});
  const { timeoutMs = DEFAULT_TIMEOUT_MS, totalTimeoutMs = DEFAULT_TOTAL_MS } = definition;
  const { maxConcurrent = DEFAULT_CONCURRENT, maxWaiting = DEFAULT_WAITING } = definition;
  return {
    whole: limitOf(totalTimeoutMs),
    turns: createTurns(maxConcurrent, maxWaiting),
    attempts: wrap(createRetry(parts), breaker ?? noop, limitOf(timeoutMs)),
    breakerState: () => stateOf(breaker),
  };
}

/** Not the bulkhead of cockatiel: there, callers that gave up keep their places among those that wait. */
function createTurns(maxConcurrent: number, maxWaiting: number): Turns {
  let running = 0;
  /** The longest first. */
  const waiting = new Set<() => void>();
  const endTurn = (): void => {
    const [begin] = waiting;
    if (begin === undefined) running -= 1;
    else begin();
  };
  return async (task, signal) => {
    if (signal.aborted) throw new TaskCancelledError();
    if (running < maxConcurrent) running += 1;
    else if (waiting.size < maxWaiting) await turnAfter(waiting, signal);
    else throw new BulkheadRejectedError(maxConcurrent, maxWaiting);
    try {
      if (signal.aborted) throw new TaskCancelledError();
      return await task();
    } finally {
      endTurn();
    }
  };
}

function turnAfter(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      waiting.delete(begin);
      unwatch();
      resolve();
    };
    const unwatch = onAbort(signal, () => {
      waiting.delete(begin);
      reject(new TaskCancelledError());
    });
    waiting.add(begin);
  });
}

function createRetry({
  retry: policy,
  random,
}: {
  readonly retry: RetryPolicy;
  readonly random: () => number;
}): IPolicy {
  const passing = handleWhen((error) => isRetried(policy, failureOf(error)));
  const backoff = new DelegateBackoff<{ readonly attempt: number; readonly result: unknown }>(
    ({ attempt, result }) => {
      const failure = failureOf(errorIn(result));
      return retryDelayMs(policy, { number: attempt - 1, random: random(), failure });
    },
  );
  return retry(passing, { maxAttempts: policy.maxRetries, backoff });
}

function createBreaker(
  options: NonNullable<ToolDefinition['breaker']>,
): CircuitBreakerPolicy | null {
  if (options === false) return null;
  const { failures = DEFAULT_FAILURES, openMs = DEFAULT_OPEN_MS } = options;
  return circuitBreaker(
    handleWhen((error) => UNHEALTHY.has(failureOf(error).errorClass)),
    { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failures) },
  );
}

function limitOf(durationMs: number): IPolicy {
  // Also without a limit: this is what answers at once when the caller gives up.
  const boundMs = Math.min(durationMs, MAX_TIMER_MS);
  return timeout(boundMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
}

function stateOf(breaker: CircuitBreakerPolicy | null): BreakerState {
  if (breaker?.state === CircuitState.Open) return 'open';
  return breaker?.state === CircuitState.HalfOpen ? 'half-open' : 'closed';
}

function errorIn(result: unknown): unknown {
  return typeof result === 'object' && result !== null ? Reflect.get(result, 'error') : undefined;
}
