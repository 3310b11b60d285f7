import type { EventFigures } from '../../src/domain/log-event.ts';
import type { RecordedEvent } from '../../src/domain/recorded-event.ts';
import type { SessionRun } from '../../src/domain/run.ts';
import type { Billing, SessionEvent } from '../../src/domain/session-event.ts';
import type { TokenUsage } from '../../src/domain/token-usage.ts';

/** A user message of five tokens unless said otherwise. */
export function anEvent(options: Partial<SessionEvent> = {}): SessionEvent {
  return {
    id: 'event-1',
    message: 'hello',
    timestampMs: 1_000_000,
    source: 'user',
    type: 'message',
    metadata: {},
    parentEventId: null,
    taskId: null,
    tokenUsage: null,
    contentTokens: 5,
    billing: null,
    ...options,
  };
}

/** An event at position 2 of segment 1 unless said otherwise. */
export function aRecordedEvent(options: Partial<RecordedEvent> = {}): RecordedEvent {
  return { ...anEvent(options), position: 2, segment: 1, ...options };
}

/** Five prompt tokens of the model `small` unless said otherwise; the total is the sum. */
export function aUsage(options: Partial<TokenUsage> = {}): TokenUsage {
  const promptTokens = options.promptTokens ?? 5;
  const completionTokens = options.completionTokens ?? 0;
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    model: 'small',
    estimatedCostUsd: null,
    origin: 'estimated',
    ...options,
  };
}

/** A call of the model `small` that cost 120 pico-dollars. */
export function aBilling(options: Partial<Billing> = {}): Billing {
  return {
    origin: 'estimated',
    model: 'small',
    provider: null,
    usage: { inputTokens: 10, outputTokens: 10 },
    estimate: null,
    costPico: '120',
    ...options,
  };
}

/** The figures that totals are made of. */
export function figures(
  tokenUsage: TokenUsage | null = null,
  billing: Billing | null = null,
): EventFigures {
  return { tokenUsage, billing };
}

/** A pending run. */
export function aRun(options: Partial<SessionRun> = {}): SessionRun {
  return {
    id: 'run-1',
    startedAtMs: 1_000_000,
    endedAtMs: null,
    status: 'pending',
    metadata: {},
    toolCalls: [],
    ...options,
  };
}
