import type { ChatMessage } from './chat-message.ts';

/** Messages that stay together or go together: those from index `from` up to, not including, `to`. */
export interface MessageUnit {
  /** `tools`: an assistant message with its calls' results. `orphan`: a result whose call is not right before it. */
  readonly kind: 'user' | 'system' | 'assistant' | 'tools' | 'orphan';
  readonly from: number;
  readonly to: number;
}

/** A user message and everything until the next one; `user` is null for what stands before the first. */
export interface MessageExchange {
  readonly user: MessageUnit | null;
  /** What follows, in order. */
  readonly units: readonly MessageUnit[];
}

/** Divides messages into units, in order and without a gap. */
export function groupUnits(messages: readonly ChatMessage[]): readonly MessageUnit[] {
  const units: MessageUnit[] = [];
  for (let from = 0; from < messages.length;) {
    const message = messages[from];
    if (message === undefined) break;
    const to = message.role === 'assistant' ? endOfResults(messages, from) : from + 1;
    units.push({ kind: kindOf(message), from, to });
    from = to;
  }
  return units;
}

/** Divides messages into exchanges, in order. */
export function groupExchanges(messages: readonly ChatMessage[]): readonly MessageExchange[] {
  const exchanges: { user: MessageUnit | null; units: MessageUnit[] }[] = [];
  for (const unit of groupUnits(messages)) {
    const latest = exchanges.at(-1);
    if (unit.kind === 'user') exchanges.push({ user: unit, units: [] });
    else if (latest === undefined) exchanges.push({ user: null, units: [unit] });
    else latest.units.push(unit);
  }
  return exchanges;
}

function kindOf(message: ChatMessage): MessageUnit['kind'] {
  if (message.role === 'tool') return 'orphan';
  if (message.role !== 'assistant') return message.role;
  return (message.tool_calls ?? []).length > 0 ? 'tools' : 'assistant';
}

/** Where the results of the calls of the assistant message at `at` end; each call takes one. */
function endOfResults(messages: readonly ChatMessage[], at: number): number {
  const message = messages[at];
  const calls = message?.role === 'assistant' ? (message.tool_calls ?? []) : [];
  if (calls.length === 0) return at + 1;
  const unanswered = new Set(calls.map((call) => call.id));
  let end = at + 1;
  for (; end < messages.length; end += 1) {
    const next = messages[end];
    if (next?.role !== 'tool' || !unanswered.delete(next.tool_call_id)) break;
  }
  return end;
}
