import type { Executor } from '../actors/envelope.ts';
import { Shard } from '../actors/shard.ts';
import { defaultTokenModel, defaultTtlMs } from '../config/environment.ts';
import type { Clock } from '../domain/clock.ts';
import type { JsonValue } from '../domain/json.ts';
import type { PriceBook } from '../domain/price-book.ts';
import { createPriceBook } from '../pricing/genai-price-book.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import type { Store, TimeToLive } from '../store/store.ts';
import { createTokenCounter, type TokenCounter } from '../tokens/token-counter.ts';
import { FollowUps } from './follow-ups.ts';
import { createMemoryStore } from './memory-store.ts';
import { parseRuntimeOptions, type RuntimeOptions } from './options.ts';
import { newUuid, newWriterId, randomFraction, systemClock } from './system.ts';
import { createWarn, type Warn } from './warnings.ts';

/** Everything that runs, chosen and connected once; sessions of any number share it. */
export interface Runtime {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly counter: TokenCounter;
  readonly prices: PriceBook;
  readonly followUps: FollowUps;
  /** Writes better summaries of segments where nobody else is named; null when nobody is. */
  readonly summarize: Summarize | null;
  readonly warn: Warn;
  /** When new sessions expire. */
  readonly timeToLive: TimeToLive;
  /** The model for calls that name none. */
  defaultModel(): string;
  newId(): string;
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
  // Last of what can be refused, since it has something to close.
  const isOwnStore = parsed.store === 'memory';
  const store = parsed.store === 'memory' ? createMemoryStore() : parsed.store;
  const executor = new Shard({
    store,
    clock,
    limits: parsed.limits,
    writer: newWriterId(),
    timeToLive,
    newId: newUuid,
    random: randomFraction,
    countTokens: (content: JsonValue, model: string) => counter.count(content, model).tokens,
    prices,
  });
  const defaultModel = (): string => parsed.defaultModel ?? defaultTokenModel();
  const parts = {
    store,
    executor,
    clock,
    counter,
    prices,
    summarize: parsed.summarize,
    warn: createWarn(parsed.onWarning),
    timeToLive,
    defaultModel,
  };
  const followUps = new FollowUps(parts);
  let closing: Promise<void> | null = null;
  return {
    ...parts,
    followUps,
    newId: newUuid,
    close: ({ timeoutMs }) => {
      closing ??= closeParts(
        { executor, followUps, store: isOwnStore ? store : null },
        clock.nowMs() + timeoutMs,
      );
      return closing;
    },
  };
}

function defaultTimeToLive(): TimeToLive {
  return { absoluteMs: null, slidingMs: defaultTtlMs() };
}

async function closeParts(
  parts: {
    readonly executor: Executor;
    readonly followUps: FollowUps;
    readonly store: Store | null;
  },
  deadlineMs: number,
): Promise<void> {
  // In order: background work writes through the executor, and the executor through the store.
  await parts.followUps.close();
  await parts.executor.close({ deadlineMs });
  await parts.store?.close();
}
