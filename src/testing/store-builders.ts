import type { SessionKey } from '../domain/ids.ts';
import type { AppendParams, TimeToLive, UsageCounters, WriteId } from '../store/store.ts';

/** A time to live that never ends. */
export const FOREVER: TimeToLive = { absoluteMs: null, slidingMs: null };

/** A session key; tenant `acme` and session `support-1` unless told otherwise. */
export function aKey(parts: Partial<SessionKey> = {}): SessionKey {
  return { tenant: 'acme', sessionId: 'support-1', ...parts };
}

/** Counters of one cheap message unless told otherwise. */
export function aCount(parts: Partial<UsageCounters> = {}): UsageCounters {
  return {
    events: 1,
    messages: 1,
    toolCalls: 0,
    unpricedCalls: 0,
    tokens: 10,
    costPico: 5n,
    ...parts,
  };
}

/**
 * An append of one record. With `known` it adds to that session in mode `any`; without, it creates the session with no
 * time to live.
 */
export function anAppend(parts: Partial<AppendParams> = {}): AppendParams {
  const creates = (parts.known ?? null) === null;
  return {
    key: aKey(),
    write: { writer: 'writer-1', operation: 1 },
    known: null,
    mode: creates ? 'expected' : 'any',
    records: ['1{"n":1}'],
    counters: aCount({ events: parts.records?.length ?? 1 }),
    ...(creates ? { timeToLive: FOREVER } : {}),
    ...parts,
  };
}

/** Numbers the writes of one writer. */
export interface SequencedWriter {
  next(): WriteId;
}

/** A writer whose operations are 1, 2, 3... */
export function aWriter(name: string): SequencedWriter {
  let operation = 0;
  return {
    next: () => {
      operation += 1;
      return { writer: name, operation };
    },
  };
}

/** Records that tell where they belong: `1{"n":from}` to `1{"n":from + count - 1}`. */
export function someRecords(count: number, from = 1): readonly string[] {
  return Array.from({ length: count }, (_, index) => `1{"n":${from + index}}`);
}
