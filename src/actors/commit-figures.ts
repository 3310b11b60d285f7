import type { JsonValue } from '../domain/json.ts';
import type { EventFigures, LogEvent } from '../domain/log-event.ts';
import { ownerOf } from '../domain/owner.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { SessionLabels, UsageCounters } from '../store/store.ts';

const NOTHING: UsageCounters = {
  events: 0,
  messages: 0,
  toolCalls: 0,
  unpricedCalls: 0,
  tokens: 0,
  costPico: 0n,
};

/** What events add to the store's counters. */
export function countersOf(events: readonly LogEvent[]): UsageCounters {
  const [first, ...others] = events;
  if (first === undefined) return NOTHING;
  return others.reduce((sum, event) => add(sum, countersOfOne(event)), countersOfOne(first));
}

/** What listings can find a session by: its user and its scalar properties. */
export function labelsOf(state: SessionState): SessionLabels {
  const labels = Object.entries(state.properties).flatMap(([name, value]) => {
    const text = labelText(value);
    return text === null ? [] : [[name, text] as const];
  });
  return {
    userId: ownerOf(state.properties),
    // Assigning one by one would lose a property named `__proto__`.
    properties: Object.fromEntries(labels),
  };
}

function countersOfOne(event: LogEvent): UsageCounters {
  switch (event.type) {
    case 'event-recorded':
      return countersOfEvent(event.event);
    case 'segment-closed':
      return { ...NOTHING, events: 1 };
    case 'event-usage-changed': {
      const before = figures(event.before);
      const after = figures(event.after);
      return {
        ...NOTHING,
        unpricedCalls: after.unpricedCalls - before.unpricedCalls,
        tokens: after.tokens - before.tokens,
        costPico: after.costPico - before.costPico,
      };
    }
    default:
      return NOTHING;
  }
}

function countersOfEvent(event: SessionEvent): UsageCounters {
  const { unpricedCalls, tokens, costPico } = figures(event);
  return {
    events: 1,
    messages: Number(event.type === 'message'),
    toolCalls: Number(event.type === 'tool_call'),
    unpricedCalls,
    tokens,
    costPico,
  };
}

function figures(of: EventFigures): Pick<UsageCounters, 'unpricedCalls' | 'tokens' | 'costPico'> {
  return {
    unpricedCalls: Number(of.billing !== null && of.billing.costPico === null),
    tokens: of.tokenUsage?.totalTokens ?? 0,
    costPico: of.billing?.costPico ? BigInt(of.billing.costPico) : 0n,
  };
}

function add(sum: UsageCounters, more: UsageCounters): UsageCounters {
  return {
    events: sum.events + more.events,
    messages: sum.messages + more.messages,
    toolCalls: sum.toolCalls + more.toolCalls,
    unpricedCalls: sum.unpricedCalls + more.unpricedCalls,
    tokens: sum.tokens + more.tokens,
    costPico: sum.costPico + more.costPico,
  };
}

/** Longest value that is searchable; longer ones are text, not labels. */
const MAX_LABEL_LENGTH = 256;

function labelText(value: JsonValue): string | null {
  if (typeof value === 'object') return null;
  const text = String(value);
  return text.length <= MAX_LABEL_LENGTH ? text : null;
}
