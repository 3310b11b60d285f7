import type { Executor } from '../actors/envelope.ts';
import type { ActorLimits } from '../actors/limits.ts';
import { defaultTokenModel, defaultTtlMs } from '../config/environment.ts';
import type { Clock } from '../domain/clock.ts';
import type { PriceBook } from '../domain/price-book.ts';
import { createPriceBook } from '../pricing/genai-price-book.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import type { Store, TimeToLive } from '../store/store.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import { sheddingOf } from './background-limits.ts';
import { ContentArchive } from './content-archive.ts';
import { createWorkers } from './executor.ts';
import { FollowUps } from './follow-ups.ts';
import { ForkLeases } from './fork-leases.ts';
import { GatedExecutor } from './gated-executor.ts';
import { createGatedStore, type GatedStore } from './gated-store.ts';
import { leasingExecutor } from './leasing-executor.ts';
import { type LoopDelay, watchLoopDelay } from './loop-delay.ts';
import { createMemoryStore } from './memory-store.ts';
import { type ParsedRuntimeOptions, parseRuntimeOptions, type RuntimeOptions } from './options.ts';
import { OperationGate } from './operation-gate.ts';
import { openBackgroundQueue } from './queue-options.ts';
import { createRedisStore } from './redis-store.ts';
import { ResidentMemories } from './resident-memories.ts';
import { newUuid, systemClock, randomFraction } from './system.ts';
import { createTokenCounter } from './token-counter.ts';
import { createTranslatingStore } from './translating-store.ts';
import { createWarn, type Warn } from './warnings.ts';
import type { Workers } from './workers.ts';

/** Of the time that closing may take, what is kept for operations to undo what they cannot finish. */
const UNDOING_PART = 1 / 4;

/** Everything that runs, chosen and connected once; sessions of any number share it. */
export interface Runtime {
  /** Answers until the runtime is closed, whoever owns what is behind it. */
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly limits: ActorLimits;
  readonly counter: TokenCounter;
  readonly prices: PriceBook;
  readonly followUps: FollowUps;
  /** Makes origins of forks live as long as those. */
  readonly leases: ForkLeases;
  /** Keeps content that is too large for records; null where there is no place for it. */
  readonly archive: ContentArchive | null;
  /** Where what logs say of tools is kept beside them; null where it would be in the clear, and the logs are not. */
  readonly toolArchive: ContentArchive | null;
  /** How late the event loop of this thread is. */
  readonly loopDelay: LoopDelay;
  /** The memories of sessions that are in this process. */
  readonly memories: ResidentMemories;
  /** Writes better summaries of segments where nobody else is named; null when nobody is. */
  readonly summarize: Summarize | null;
  readonly warn: Warn;
  /** When new sessions expire. */
  readonly timeToLive: TimeToLive;
  /** The model for calls that name none. */
  defaultModel(): string;
  newId(): string;
  /** Moves sessions to so many threads; see {@link Workers.change}. */
  changeWorkers(count: number): Promise<void>;
  /**
   * Runs an operation of several calls as one, which closing waits for.
   * @throws CLOSED when closing has begun.
   */
  operation<T>(run: () => Promise<T>): Promise<T>;
  /** @throws CLOSED once no call is taken any more, which is the case at the latest when closing is done. */
  assertOpen(): void;
  /** Runs a call, alone or in an operation, that has to wait for another one before it reaches its session; closing waits. */
  track<T>(call: () => Promise<T>): Promise<T>;
  /** Takes no more calls, finishes what is under way within `timeoutMs`, and closes what it opened; idempotent. */
  close(params: { readonly timeoutMs: number }): Promise<void>;
}

/**
 * Builds a runtime. A store passed in stays the caller's to close.
 * @throws INVALID_INPUT naming an option.
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const parsed = parseRuntimeOptions(options);
  const clock = systemClock();
  const counter = createTokenCounter({ mode: parsed.tokens });
  const prices = createPriceBook({ overrides: parsed.prices });
  const timeToLive = parsed.timeToLive ?? defaultTimeToLive();
  const { onWarning, queue, summarize } = parsed;
  const background = openBackgroundQueue(queue, { hasSummarizer: summarize !== null, onWarning });
  // Last of what can be refused, since it has something to close.
  const { store, isOwn: isOwnStore } = openStore(parsed);
  const warn = createWarn(onWarning);
  const workers = createWorkers(parsed, { store, clock, counter, prices, timeToLive, warn });
  const operations = new OperationGate();
  const leases = new ForkLeases({ store, executor: workers.executor, clock });
  const inner = leasingExecutor({ inner: workers.executor, leases, clock, warn, operations });
  const executor = new GatedExecutor(inner);
  const gatedStore = createGatedStore(store);
  const archive = parsed.artifacts === null ? null : new ContentArchive(parsed.artifacts);
  const parts = {
    store: gatedStore,
    executor,
    clock,
    limits: parsed.limits,
    counter,
    prices,
    summarize,
    warn,
    timeToLive,
    defaultModel: (): string => parsed.defaultModel ?? defaultTokenModel(),
    archive,
    toolArchive: store.isEncrypted === true ? null : archive,
    loopDelay: watchLoopDelay(),
    memories: new ResidentMemories({ store, counter, clock, archive, limits: parsed.limits }),
  };
  // Work that is under way writes through the executor itself, also when callers are turned away already.
  const followUps = new FollowUps({
    ...parts,
    store,
    executor: inner,
    random: randomFraction,
    background,
    shedding: sheddingOf(parsed.limits, parts.loopDelay),
  });
  let closing: Promise<void> | null = null;
  return {
    ...parts,
    followUps,
    leases,
    newId: newUuid,
    operation: (run) => operations.run(run),
    assertOpen: () => executor.assertOpen(),
    track: (call) => operations.track(call),
    changeWorkers: (count) => workers.change(count),
    close: ({ timeoutMs }) => {
      closing ??= closeParts(
        { ...parts, operations, workers, gatedStore, followUps, store: isOwnStore ? store : null },
        clock.nowMs() + timeoutMs,
      );
      return closing;
    },
  };
}

/** A store that was passed in stays the caller's to close. */
function openStore({ store, onWarning }: ParsedRuntimeOptions): {
  readonly store: Store;
  readonly isOwn: boolean;
} {
  if (store === 'memory') return { store: createMemoryStore(), isOwn: true };
  if (store === 'redis') return { store: createRedisStore({ onWarning }), isOwn: true };
  if ('redis' in store)
    return { store: createRedisStore({ ...store.redis, onWarning }), isOwn: true };
  return { store: createTranslatingStore(store), isOwn: false };
}

function defaultTimeToLive(): TimeToLive {
  return { absoluteMs: null, slidingMs: defaultTtlMs() };
}

async function closeParts(
  parts: {
    readonly operations: OperationGate;
    readonly executor: GatedExecutor;
    readonly workers: Workers;
    readonly gatedStore: GatedStore;
    readonly followUps: FollowUps;
    readonly memories: ResidentMemories;
    readonly loopDelay: LoopDelay;
    readonly clock: Clock;
    readonly store: Store | null;
  },
  deadlineMs: number,
): Promise<void> {
  const { operations, executor, workers, gatedStore, followUps, memories, clock, store } = parts;
  const reservedMs = Math.max(0, deadlineMs - clock.nowMs()) * UNDOING_PART;
  operations.shut();
  // Those under way have calls yet to make, so that single calls of others get in until they are done.
  if (operations.isBusy)
    await until(operations.whenIdle(), { clock, deadlineMs: deadlineMs - reservedMs });
  executor.shut();
  workers.close();
  gatedStore.shut();
  // Those that could not finish undo what they did by halves.
  if (operations.isBusy) await until(operations.whenIdle(), { clock, deadlineMs });
  // What was begun for others is finished where there is time: else they would begin it again.
  await until(followUps.leave(), { clock, deadlineMs: deadlineMs - reservedMs });
  // In order: background work writes through the executor, and the executor through the store.
  await until(followUps.close(), { clock, deadlineMs });
  await executor.close({ deadlineMs });
  memories.close();
  parts.loopDelay.close();
  await store?.close();
}

/** Waits for work, but not beyond the deadline. */
async function until(
  work: Promise<void>,
  limit: { readonly clock: Clock; readonly deadlineMs: number },
): Promise<void> {
  const { clock, deadlineMs } = limit;
  await new Promise<void>((resolve, reject) => {
    const timer = clock.setTimer(Math.max(0, deadlineMs - clock.nowMs()), resolve);
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}
