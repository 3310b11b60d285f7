import type { Command, NewEvent, NewSession } from '../../src/domain/command.ts';
import type { SegmentPolicy } from '../../src/domain/segment.ts';

/** A command of one type. */
export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;

/** What a session without anything special begins with. */
export function aNewSession(options: Partial<NewSession> = {}): NewSession {
  return {
    parentId: null,
    fork: null,
    properties: {},
    systemPrompt: null,
    model: 'small',
    ...options,
  };
}

/** A user message unless said otherwise. */
export function aNewEvent(options: Partial<NewEvent> = {}): NewEvent {
  return {
    id: null,
    message: 'hello',
    source: 'user',
    type: 'message',
    metadata: {},
    parentEventId: undefined,
    taskId: null,
    model: 'small',
    provider: null,
    reportedUsage: null,
    reportedCostPico: null,
    tokenUsage: null,
    ...options,
  };
}

/** A policy that closes nothing unless a limit is given. */
export function aPolicy(options: Partial<SegmentPolicy> = {}): SegmentPolicy {
  return {
    tokenThreshold: 1_000_000,
    maxTurnsPerSegment: 1000,
    carryTokens: 0,
    summaryTokens: 1000,
    requestSummary: false,
    ...options,
  };
}

/** Records an event; `null` as policy keeps one segment. */
export function aRecordCommand(
  event: Partial<NewEvent> = {},
  options: Partial<Omit<CommandOf<'record-event'>, 'type' | 'event'>> = {},
): CommandOf<'record-event'> {
  return {
    type: 'record-event',
    event: aNewEvent(event),
    policy: null,
    create: null,
    idempotencyKey: null,
    ...options,
  };
}
